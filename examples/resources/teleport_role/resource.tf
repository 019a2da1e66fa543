# Lets its holders see the leaf clusters that carry the label env=demo.
resource "teleport_role" "demo_cluster_access" {
  cluster = "root"
  version = "v7"
  metadata = {
    name        = "demo-cluster-access"
    description = "Sees the demo leaves"
  }
  spec = {
    allow = {
      cluster_labels = { env = ["demo"] }
    }
    options = {
      max_session_ttl = "8h"
    }
  }
}
