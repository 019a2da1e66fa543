/**
 * The traits that Teleport itself defines, and the only ones that `{{internal.…}}` in a role takes.
 *
 * Source: Teleport's Access Controls Reference, role templates; `constants.go` of its API.
 */
export const internalTraits = [
  "logins",
  "windows_logins",
  "kubernetes_groups",
  "kubernetes_users",
  "db_names",
  "db_users",
  "db_roles",
  "aws_role_arns",
  "azure_identities",
  "gcp_service_accounts",
  "jwt",
  "github_orgs",
] as const;

/** One of them. */
export type InternalTrait = (typeof internalTraits)[number];
