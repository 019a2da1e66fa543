terraform {
  required_version = ">= 1.11"

  required_providers {
    teleport = {
      # With its host: nobody has published the provider, and a short name would be asked of a public registry.
      source  = "registry.terraform.io/teleport-trust/teleport"
      version = "~> 0.1"
    }
  }
}
