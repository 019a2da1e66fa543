# By the hash of its name, as the data source teleport_provision_tokens shows it; <cluster> is a key of the provider's clusters.
terraform import teleport_provision_token.ci root/sha256:d0f511afd3be4c3feba3a4d4288090c7a20cbd21b21da8c74557c970bcdfa0bf
