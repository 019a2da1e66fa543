locals {
  bot = provider::teleport::identity(file("root.pem"))
}

output "applied_by" {
  value = "${local.bot.user} of ${local.bot.cluster} with ${join(", ", local.bot.roles)}, until ${local.bot.expires}"
}
