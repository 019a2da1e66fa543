# <cluster>/<name>: the key of the leaf in `clusters`, and the name of the root cluster.
terraform import teleport_trusted_cluster.root leaf/rootcluster.example.com
