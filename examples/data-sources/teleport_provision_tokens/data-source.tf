data "teleport_provision_tokens" "root" {
  cluster = "root"
}

# Tokens that let clusters join and never end.
output "endless_invitations" {
  value = [
    for token in data.teleport_provision_tokens.root.provision_tokens : token.id
    if token.expires == null && contains(token.roles, "Trusted_cluster")
  ]
}
