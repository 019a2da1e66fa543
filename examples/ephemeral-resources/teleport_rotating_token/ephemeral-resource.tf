resource "teleport_rotating_token" "partner" {
  cluster      = "root"
  name         = "partner"
  ttl          = "72h"
  rotate_after = "24h"
  overlap      = "24h"
}

# Fails where less than `overlap` is left, and asks for an apply.
ephemeral "teleport_rotating_token" "partner" {
  cluster    = teleport_rotating_token.partner.cluster
  name       = teleport_rotating_token.partner.name
  generation = teleport_rotating_token.partner.generation
  overlap    = teleport_rotating_token.partner.overlap
}
