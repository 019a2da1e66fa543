# Made when Terraform opens it (in plan too), prolonged while the run lasts, removed at its end.
ephemeral "teleport_provision_token" "invitation" {
  cluster = "root"
  ttl     = "5m"
  roles   = ["Trusted_cluster"]
}
