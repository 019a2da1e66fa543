# The id is a key of the provider's `clusters` and the name of the leaf: <cluster>/<name>. Without a key: the default connection.
terraform import teleport_remote_cluster.leaf root/leafcluster.example.com
