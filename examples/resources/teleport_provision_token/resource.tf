# A CI pipeline joins by what GitHub says of it: the name of such a token is no secret.
resource "teleport_provision_token" "ci" {
  cluster = "root"
  version = "v2"
  metadata = {
    name = "github-deploy"
  }
  spec = {
    roles       = ["Bot"]
    bot_name    = "deploy"
    join_method = "github"
    github = {
      allow = [{ repository = "example/deploy", environment = "production" }]
    }
  }
}

# A token that is itself the secret: drawn by the provider, good for one hour.
resource "teleport_provision_token" "nodes" {
  cluster  = "root"
  version  = "v2"
  ttl      = "1h"
  metadata = {}
  spec = {
    roles = ["Node"]
  }
}
