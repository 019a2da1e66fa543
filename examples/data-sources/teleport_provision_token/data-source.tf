resource "teleport_provision_token" "ci" {
  cluster  = "root"
  version  = "v2"
  metadata = { name = "github-deploy" }
  spec = {
    roles       = ["Bot"]
    bot_name    = "deploy"
    join_method = "github"
    github      = { allow = [{ repository = "example/deploy" }] }
  }
}

# Tokens of a join method such as `github` have names that are no secrets. Here another part of the configuration asks who may join.
data "teleport_provision_token" "ci" {
  cluster  = "root"
  metadata = { name = teleport_provision_token.ci.metadata.name }

  depends_on = [teleport_provision_token.ci]
}

output "repositories" {
  value = data.teleport_provision_token.ci.spec.github.allow[*].repository
}
