resource "teleport_trust" "leaf" {
  root     = "root"
  leaf     = "leaf"
  role_map = [{ remote = "access", local = ["access"] }]
}

# The trust as the leaf has it: which roles of the root are mapped to which of its own.
data "teleport_trusted_cluster" "root" {
  cluster  = "leaf"
  metadata = { name = "rootcluster.example.com" }

  depends_on = [teleport_trust.leaf]
}

output "role_map" {
  value = data.teleport_trusted_cluster.root.spec.role_map
}
