import { combinedMapping, implicitRole, mapRoles } from "../access";
import type { RoleV6 } from "../gen/teleport/types/role_pb";
import { authorityKey } from "../storage";
import { accessDenied, notFound } from "../trace-error";
import type { RoleHolder, Traits } from "./caller";
import type { AuthContext } from "./context";

/** How a leaf calls a user of a root: `remote-<user>-<cluster>`. */
export function remoteUserName(user: string, cluster: string): string {
  return `remote-${user}-${cluster}`;
}

/**
 * What this cluster's role map, which stands at the other cluster's user authority, makes of that cluster's roles.
 *
 * @param who the user, as the texts name it
 * @throws TraceError access_denied when nothing comes out of it, the map is wrong, or the cluster is not trusted
 */
export function mapRemoteRoles(
  cluster: string,
  remoteRoles: readonly string[],
  who: string,
  { storage, rules }: Pick<AuthContext, "storage" | "rules">,
): string[] {
  const authority = storage.get("cert_authority", authorityKey("user", cluster));
  if (authority?.spec === undefined) throw accessDenied("access denied: invalid client certificate");
  const rows = combinedMapping(authority.spec.roles, authority.spec.roleMap);
  let mapped: string[];
  try {
    mapped = mapRoles(rows, remoteRoles, { withoutDuplicates: rules.mapRolesWithoutDuplicates });
  } catch (error) {
    throw accessDenied(`failed to map roles for ${who}: ${(error as Error).message}`);
  }
  if (mapped.length === 0) throw accessDenied(`no roles mapped for ${who}`);
  return mapped;
}

/** Roles by name with what they mean now. @throws TraceError not_found for a role that is gone */
export function holder(roles: readonly string[], traits: Traits, context: Pick<AuthContext, "storage">): RoleHolder {
  const names = roles.filter((name) => name !== implicitRole);
  return { roles: names, traits, definitions: names.map((name) => definitionOf(name, context)) };
}

function definitionOf(name: string, { storage }: Pick<AuthContext, "storage">): RoleV6 {
  const role = storage.get("role", name);
  if (role === undefined) throw notFound(`role ${name} is not found`);
  return role;
}
