# One block serves both clusters, and a resource says which one it means. The identities are those of bots: clusters ask people
# for a second factor before each change.
provider "teleport" {
  clusters = {
    root = {
      addr               = var.root_addr
      identity_file_path = var.root_identity_file
    }
    leaf = {
      addr               = var.leaf_addr
      identity_file_path = var.leaf_identity_file
    }
  }
}

locals {
  login = "visitor"

  # The root role whose holders get in. The guide maps `access`, which many people have; a role for this alone is the better choice.
  root_role = "access"

  # Of the leaf, on the root. A labelled leaf is seen only by roles that allow its labels.
  labels = { env = "demo" }
}

# Step 1 of the guide: what users of the root may do on the leaf.
resource "teleport_role" "visitor" {
  cluster  = "leaf"
  version  = "v7"
  metadata = { name = "visitor" }

  spec = {
    allow = {
      logins      = [local.login]
      node_labels = { "*" = ["*"] }
    }
    options = {
      # 3 is the API's number for `keep`: Teleport makes the login as a user of the server at the first session, and leaves it there. In place of
      # the guide's `useradd` on each server.
      create_host_user_mode = 3
    }
  }
}

# Step 3: the trust itself, on both clusters. Its invitation token lives for seconds and is stored nowhere.
resource "teleport_trust" "leaf" {
  root = "root"
  leaf = "leaf"

  role_map = [
    # The role by its resource, so that it is there before the leaf is to map to it.
    { remote = local.root_role, local = [teleport_role.visitor.id] },
  ]

  # Step 5. Labels filter what people see; they keep nobody out. The role map does.
  labels = local.labels
}

resource "teleport_role" "demo_cluster_access" {
  cluster  = "root"
  version  = "v7"
  metadata = { name = "demo-cluster-access" }

  spec = {
    allow = {
      cluster_labels = { for key, value in local.labels : key => [value] }
    }
  }
}

# Step 2, and the rest of step 5: the user may say `visitor`, and sees the leaf. Only these two are ours: whatever else the user has stays.
# It counts from the user's next sign-in on.
resource "teleport_user_grant" "user" {
  cluster = "root"
  user    = var.user
  roles   = [teleport_role.demo_cluster_access.id]
  traits  = { logins = [local.login] }
}
