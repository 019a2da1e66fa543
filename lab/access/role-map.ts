import { badParameter, isTrace } from "../trace-error";
import type { GoRegexp } from "./go-regexp";
import { compileMatcher } from "./go-regexp";

/** One row of a role map. */
export interface RoleMapRow {
  readonly remote: string;
  readonly local: readonly string[];
}

/** Which of two releases' ways a mapping is made in. */
export interface MapRolesOptions {
  /** Since Teleport 16 a local role is named once; before, as often as rows lead to it. */
  readonly withoutDuplicates: boolean;
}

/** The role that every user has without being given it; no row maps it. */
export const implicitRole = "default-implicit-role";

interface CompiledRow {
  readonly remote: GoRegexp;
  readonly local: readonly string[];
}

/**
 * Checks a role map row by row; the first fault is told.
 *
 * @throws TraceError bad_parameter in the server's words
 */
export function validateRoleMap(rows: readonly RoleMapRow[]): void {
  compileRows(rows);
}

/**
 * The local roles of somebody who has `remoteRoles` in a trusted cluster.
 *
 * Rows come first, then remote roles, then the locals of the row. Somebody without any role counts as having one with
 * an empty name, so that `*` still fits. No match is an empty list.
 *
 * @throws TraceError bad_parameter when the map itself is wrong
 */
export function mapRoles(
  rows: readonly RoleMapRow[],
  remoteRoles: readonly string[],
  options: MapRolesOptions,
): string[] {
  const roles = remoteRoles.length === 0 ? [""] : remoteRoles;
  const mapped: string[] = [];
  for (const { remote, local } of compileRows(rows)) {
    for (const role of roles) {
      if (role === implicitRole || !remote.matches(role)) continue;
      for (const target of local) {
        const name = remote.replaceAll(role, target);
        if (name !== "" && !(options.withoutDuplicates && mapped.includes(name))) mapped.push(name);
      }
    }
  }
  return mapped;
}

/** The rows by which an authority maps: its role map, or for the older list of roles one row that fits everybody. */
export function combinedMapping(roles: readonly string[], roleMap: readonly RoleMapRow[]): readonly RoleMapRow[] {
  return roles.length > 0 ? [{ remote: "*", local: roles }] : roleMap;
}

/** Whether a local role is put together from what the remote role matched, so that it need not exist by this name. */
export function containsExpansion(local: string): boolean {
  return /\$(\d+|\{[^}]+\})/.test(local);
}

function compileRows(rows: readonly RoleMapRow[]): CompiledRow[] {
  const seen = new Set<string>();
  return rows.map(({ remote, local }) => {
    if (remote === "") throw badParameter("missing 'remote' parameter for role_map");
    const compiled = compileRemote(remote);
    if (local.length === 0) throw badParameter("missing 'local' parameter for 'role_map'");
    for (const name of local) assertLocal(name);
    if (seen.has(remote)) throw badParameter(`remote role '${remote}' match is already specified`);
    seen.add(remote);
    return { remote: compiled, local };
  });
}

function compileRemote(remote: string): GoRegexp {
  try {
    return compileMatcher(remote);
  } catch (error) {
    if (!isTrace(error)) throw error;
    throw badParameter(`failed to parse 'remote' parameter for role_map: ${error.message}`);
  }
}

function assertLocal(name: string): void {
  if (name === "") throw badParameter("missing 'local' property of 'role_map' entry");
  if (name === "*") throw badParameter("wildcard value is not supported for 'local' property of 'role_map' entry");
}
