locals {
  role_map = [
    { remote = "access", local = ["visitor"] },
    { remote = "dev-*", local = ["dev", "$1"] },
  ]
}

# Refuses the plan when the role map would let somebody in who must stay outside.
resource "terraform_data" "auditors_stay_outside" {
  lifecycle {
    precondition {
      condition     = length(provider::teleport::map_roles(local.role_map, ["auditor"])) == 0
      error_message = "Auditors of the root must not reach this leaf."
    }
  }
}
