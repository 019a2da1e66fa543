# What an agent that joins is told to expect.
output "ca_pin" {
  value = provider::teleport::ca_pin(file("host-ca.pem"))
}
