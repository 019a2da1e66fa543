resource "teleport_trust" "leaf" {
  root     = "root"
  leaf     = "leaf"
  role_map = [{ remote = "access", local = ["access"] }]
}

data "teleport_remote_cluster" "leaf" {
  cluster = "root"
  name    = "leafcluster.example.com"

  depends_on = [teleport_trust.leaf]
}

output "leaf_labels" {
  value = data.teleport_remote_cluster.leaf.labels
}
