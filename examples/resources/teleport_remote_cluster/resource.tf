# Whoever runs the leaf joins it by their own means, here in the same configuration.
ephemeral "teleport_provision_token" "invitation" {
  cluster = "root"
  ttl     = "5m"
  roles   = ["Trusted_cluster"]
}

data "teleport_cluster" "root" {
  cluster = "root"
}

resource "teleport_trusted_cluster" "root" {
  cluster = "leaf"
  version = "v2"
  metadata = {
    name = data.teleport_cluster.root.name
  }
  spec = {
    enabled        = true
    token_wo       = ephemeral.teleport_provision_token.invitation.token
    web_proxy_addr = data.teleport_cluster.root.web_proxy_addr
    tunnel_addr    = data.teleport_cluster.root.tunnel_addr
    role_map       = [{ remote = "access", local = ["access"] }]
  }
}

# The root's side of it: waits until the leaf has joined, then labels it. A destroy removes it from the root.
resource "teleport_remote_cluster" "leaf" {
  cluster     = "root"
  name        = "leafcluster.example.com"
  description = "Demo cluster of the platform team"
  labels      = { env = "demo" }
  wait_for    = "registered"

  depends_on = [teleport_trusted_cluster.root]
}
