resource "teleport_role" "visitor" {
  cluster = "leaf"
  version = "v7"
  metadata = {
    name = "visitor"
  }
  spec = {
    allow = {
      logins      = ["visitor"]
      node_labels = { "*" = ["*"] }
    }
  }
}

resource "teleport_trust" "leaf" {
  root = "root"
  leaf = "leaf"

  role_map = [
    { remote = "access", local = [teleport_role.visitor.id] },
  ]

  labels = {
    env = "demo"
  }
}
