data "teleport_nodes" "demo" {
  cluster = "leaf"
  labels  = { env = "demo" }
}

output "demo_nodes" {
  value = data.teleport_nodes.demo.nodes[*].hostname
}
