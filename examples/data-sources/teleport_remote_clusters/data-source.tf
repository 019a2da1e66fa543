data "teleport_remote_clusters" "leaves" {
  cluster = "root"
}

output "offline" {
  value = [for leaf in data.teleport_remote_clusters.leaves.remote_clusters : leaf.name if leaf.status != "online"]
}
