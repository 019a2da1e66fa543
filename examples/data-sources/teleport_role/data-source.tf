# A role that somebody else looks after, read as a pattern for one of our own.
data "teleport_role" "access" {
  cluster  = "leaf"
  metadata = { name = "access" }
}

resource "teleport_role" "visitors" {
  cluster  = "leaf"
  version  = data.teleport_role.access.version
  metadata = { name = "visitors" }
  spec = {
    allow = {
      logins      = ["visitor"]
      node_labels = data.teleport_role.access.spec.allow.node_labels
    }
  }
}
