# Step 6, as far as it can be asked without being the user: each plan and apply asks the leaf, and warns when the way in is not there.

# Not nested in the check block: Terraform reads nested data anew in every run, so that no plan would ever be empty.
data "teleport_role_mapping" "users" {
  cluster = "leaf"
  root    = split("/", teleport_trust.leaf.id)[0]
  roles   = [local.root_role]
}

data "teleport_nodes" "leaf" {
  cluster = "leaf"

  depends_on = [teleport_trust.leaf]
}

check "access" {
  assert {
    condition     = data.teleport_role_mapping.users.enabled && contains(data.teleport_role_mapping.users.logins, local.login)
    error_message = "Users of the root with ${local.root_role} cannot log in as ${local.login}: on the leaf they hold ${jsonencode(data.teleport_role_mapping.users.local_roles)}, which allow ${jsonencode(data.teleport_role_mapping.users.logins)}."
  }

  assert {
    condition     = contains(data.teleport_nodes.leaf.nodes[*].hostname, var.node)
    error_message = "The leaf has no server ${var.node} that the applying bot sees; it sees ${jsonencode(data.teleport_nodes.leaf.nodes[*].hostname)}."
  }
}
