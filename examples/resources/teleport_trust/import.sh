# The id is made of two keys of the provider's `clusters`: <root>/<leaf>.
terraform import teleport_trust.leaf root/leaf
