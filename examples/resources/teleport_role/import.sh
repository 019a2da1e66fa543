# <cluster>/<name>, where <cluster> is a key of the provider's `clusters`; the bare name for the default connection.
terraform import teleport_role.demo_cluster_access root/demo-cluster-access
