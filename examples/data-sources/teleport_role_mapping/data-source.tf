resource "teleport_trust" "leaf" {
  root     = "root"
  leaf     = "leaf"
  role_map = [{ remote = "access", local = ["access"] }]
}

# What somebody with the root's role access becomes on the leaf.
data "teleport_role_mapping" "access" {
  cluster = "leaf"
  root    = "rootcluster.example.com"
  roles   = ["access"]

  depends_on = [teleport_trust.leaf]
}

output "leaf_logins" {
  value = data.teleport_role_mapping.access.logins
}
