resource "teleport_trust" "leaf" {
  root = "root"
  leaf = "leaf"

  role_map = [
    { remote = "access", local = ["access"] },
    # The bot that applies comes in, too: by it the way is tried.
    { remote = "teleport-trust-iac", local = ["access"] },
  ]
}

# Through the root's proxy and the tunnel: what does this identity really reach?
data "teleport_leaf_access" "bot" {
  cluster = "root"
  leaf    = "leafcluster.example.com"

  depends_on = [teleport_trust.leaf]

  lifecycle {
    postcondition {
      condition     = contains(self.roles, "access")
      error_message = "The leaf lets the bot in, but without the role access."
    }
  }
}

output "reached" {
  value = data.teleport_leaf_access.bot.nodes[*].hostname
}
