import { create } from "@bufbuild/protobuf";

import type { RoleMapRow } from "../access";
import { combinedMapping, containsExpansion, validateRoleMap } from "../access";
import type { RoleMapping, TrustedClusterSpecV2, TrustedClusterV2 } from "../gen/teleport/types/trusted_cluster_pb";
import { TrustedClusterSpecV2Schema } from "../gen/teleport/types/trusted_cluster_pb";
import { badParameter, notFound } from "../trace-error";
import type { AuthContext } from "./context";
import { normalizeLabels } from "./metadata";

/**
 * Makes of a trusted cluster what the leaf works with: refuses what it would refuse, fills in what it would fill in.
 * Changes `cluster`.
 *
 * @throws TraceError bad_parameter in the server's words; not_found for a local role that this cluster lacks
 */
export function normalizeTrustedCluster(cluster: TrustedClusterV2, context: AuthContext): TrustedClusterSpecV2 {
  cluster.kind = "trusted_cluster";
  cluster.version = "v2";
  normalizeLabels(cluster);
  cluster.spec ??= create(TrustedClusterSpecV2Schema);
  const { spec } = cluster;
  if (spec.roles.length > 0 && spec.roleMap.length > 0) {
    throw badParameter("should set either 'roles' or 'role_map', not both");
  }
  if (spec.tunnelAddr === "") spec.tunnelAddr = spec.webProxyAddr;
  const rows = combinedMapping(spec.roles, spec.roleMap);
  validateRoleMap(rows);
  if (rows.length === 0) throw badParameter("missing 'role_map' parameter");
  assertLocalRolesExist(rows, context);
  return spec;
}

function assertLocalRolesExist(rows: readonly RoleMapRow[], { storage }: AuthContext): void {
  for (const { remote, local } of rows) {
    for (const name of local) {
      if (containsExpansion(name) || storage.get("role", name) !== undefined) continue;
      throw notFound(`a role "${name}" referenced in a mapping ${remote}:[${local.join(" ")}] is not defined`);
    }
  }
}

/**
 * Refuses a change of what a trust keeps for life.
 *
 * @throws TraceError bad_parameter for the first field that differs, in the server's order and spelling
 */
export function assertUnchanged(existing: TrustedClusterSpecV2, given: TrustedClusterSpecV2): void {
  const fields: readonly [string, boolean][] = [
    ["token", existing.token === given.token],
    ["web_proxy_address", existing.webProxyAddr === given.webProxyAddr],
    ["tunnel_addr", existing.tunnelAddr === given.tunnelAddr],
    ["roles", sameTexts(existing.roles, given.roles)],
  ];
  const changed = fields.find(([, same]) => !same)?.[0];
  if (changed === undefined) return;
  throw badParameter(
    `can not update ${changed} for existing leaf cluster, delete and re-create this leaf cluster with updated ${changed}`,
  );
}

/** Whether two role maps say the same, row by row. */
export function sameRoleMap(left: readonly RoleMapping[], right: readonly RoleMapping[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ remote, local }, index) => {
      const other = right[index];
      return remote === other?.remote && sameTexts(local, other.local);
    })
  );
}

function sameTexts(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, index) => text === right[index]);
}
