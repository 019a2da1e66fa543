# The id is a key of the provider's `clusters` and the token's name: <cluster>/<name>. Without a key: the default connection.
terraform import teleport_rotating_token.partner root/partner
