data "teleport_trusted_clusters" "leaf" {
  cluster = "leaf"
}

output "roots" {
  value = { for root in data.teleport_trusted_clusters.leaf.trusted_clusters : root.name => root.role_map }
}
