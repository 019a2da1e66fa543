data "teleport_cluster" "root" {
  cluster = "root"
}

output "root_version" {
  value = data.teleport_cluster.root.version
}
