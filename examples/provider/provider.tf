terraform {
  required_version = ">= 1.11"
  required_providers {
    teleport = {
      source  = "registry.terraform.io/teleport-trust/teleport"
      version = "~> 0.1"
    }
  }
}

# One block serves all clusters. A resource says which one it means: cluster = "leaf".
provider "teleport" {
  clusters = {
    root = {
      addr               = "rootcluster.example.com:443"
      identity_file_path = "root.pem"
    }
    leaf = {
      addr               = "leafcluster.example.com:443"
      identity_file_path = "leaf.pem"
    }
  }
}
