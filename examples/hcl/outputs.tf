output "leaf" {
  description = "The leaf, as the root's users name it."
  value       = local.leaf_name
}

output "roles_on_leaf" {
  description = "What users of the root hold on the leaf, as the leaf maps it now."
  value       = data.teleport_role_mapping.users.local_roles
}

output "log_in" {
  description = "Step 6 of the guide, for the user."
  value       = "tsh login --proxy=${var.root_addr} --user=${var.user} && tsh ssh --cluster=${local.leaf_name} ${local.login}@${var.node}"
}

locals {
  # The trust's id is <root>/<leaf>, by the clusters' real names.
  leaf_name = split("/", teleport_trust.leaf.id)[1]
}
