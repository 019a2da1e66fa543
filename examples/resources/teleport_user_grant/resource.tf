# A role for what the leaf's users may see on the root.
resource "teleport_role" "demo_access" {
  cluster = "root"
  version = "v7"
  metadata = {
    name = "demo-cluster-access"
  }
  spec = {
    allow = {
      cluster_labels = { env = ["demo"] }
    }
  }
}

# Alice exists; she keeps all that she has, and gets this as well. She must sign in again before it counts.
resource "teleport_user_grant" "alice" {
  cluster = "root"
  user    = "alice"
  roles   = [teleport_role.demo_access.id]
  traits  = { logins = ["visitor"] }
}
