/** Roles that a provision token can give, as clusters store them (Teleport 14 to 18). A newer cluster may know more. */
export const systemRoles: readonly string[] = [
  "App",
  "Auth",
  "Bot",
  "Db",
  "Discovery",
  "Kube",
  "MDM",
  "Node",
  "Okta",
  "Proxy",
  "RemoteProxy",
  "Signup",
  "Trusted_cluster",
  "WindowsDesktop",
];

function folded(role: string): string {
  return role.trim().toLowerCase().replaceAll("_", "");
}

/**
 * Whether two texts name the same system role: a cluster stores `trusted_cluster` as `Trusted_cluster`.
 *
 * Source: teleport-api §4.11. Clusters take a second spelling of three roles only; here an underscore never counts.
 */
export function isSameSystemRole(left: string, right: string): boolean {
  return folded(left) === folded(right);
}

/** Whether a text names one of {@link systemRoles}. */
export function isKnownSystemRole(role: string): boolean {
  return systemRoles.some((known) => isSameSystemRole(known, role));
}
