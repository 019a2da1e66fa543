# The root hands out a token that lives for this run only; it is in no plan and no state.
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
    role_map = [
      { remote = "access", local = ["access"] },
    ]
  }
}
