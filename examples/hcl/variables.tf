# Each can be given by the environment, such as TF_VAR_root_addr.

variable "root_addr" {
  description = "host:port of the root's Proxy Service."
  type        = string
  default     = "rootcluster.example.com:443"
}

variable "root_identity_file" {
  description = "Identity file of the bot that applies on the root."
  type        = string
  default     = "root.pem"
}

variable "leaf_addr" {
  description = "host:port of the leaf's Proxy Service."
  type        = string
  default     = "leafcluster.example.com:443"
}

variable "leaf_identity_file" {
  description = "Identity file of the bot that applies on the leaf."
  type        = string
  default     = "leaf.pem"
}

variable "user" {
  description = "A local user of the root, who is to reach the leaf. Users of single sign-on get roles and logins from their connector."
  type        = string
  default     = "myuser"
}

variable "node" {
  description = "Host name of a server of the leaf that users of the root shall reach."
  type        = string
  default     = "ip-172-3-2-205"
}
