# An invitation for a leaf that somebody else runs. Each run after a day makes the next value; the one before is accepted
# for a day more, and two missed runs do no harm.
resource "teleport_rotating_token" "partner" {
  cluster      = "root"
  name         = "partner"
  ttl          = "72h"
  rotate_after = "24h"
  overlap      = "24h"
}

# The value is read when it is handed over, after the rotation: a plan that rotates does not know the generation yet.
ephemeral "teleport_rotating_token" "partner" {
  cluster    = teleport_rotating_token.partner.cluster
  name       = teleport_rotating_token.partner.name
  generation = teleport_rotating_token.partner.generation
  overlap    = teleport_rotating_token.partner.overlap
}

# Runs once for each generation. The value comes in the environment, where other users of the machine cannot read it;
# write your secret store's command here, one that prints no value: of a command that fails, terraform shows the output.
resource "terraform_data" "handed_over" {
  triggers_replace = teleport_rotating_token.partner.generation

  provisioner "local-exec" {
    command     = "umask 077 && printenv INVITATION > partner.token"
    environment = { INVITATION = ephemeral.teleport_rotating_token.partner.token }
  }
}
