import { Token } from "cdktf";

import { mapRoles, validateRoleMap } from "../trust";
import type { IRole } from "./role";
import { literal } from "./text";

/** Root roles on the left, leaf roles on the right. */
export interface RoleMapping {
  /** A root role: its name, a pattern with `*`, or a regular expression (RE2) from `^` to `$`. */
  readonly remote: string;
  /** Roles of the leaf, by name (may use `$1`, `${1}` …) or as constructs. */
  readonly local: readonly (string | IRole)[];
}

/** One half of a row: `RoleMap.from("access")`, waiting for its leaf roles. */
export interface RoleMapRow {
  /** The leaf roles that the row gives. */
  to(...local: readonly (string | IRole)[]): RoleMap;
}

/**
 * Which leaf roles the users of the root get. Rows are tried in order and all that match apply; a user whom no row matches is
 * refused.
 *
 * Cannot be changed: each call answers a new role map.
 */
export class RoleMap {
  private constructor(
    /** The rows, in order. */
    readonly rows: readonly RoleMapping[],
  ) {}

  /** Begins a role map: `RoleMap.from("access").to("visitor")`. */
  static from(remote: string): RoleMapRow {
    return new RoleMap([]).from(remote);
  }

  /**
   * A role map from data.
   *
   * @throws Problem with every fault of the rows: TRUST_ROLE_MAP, TRUST_ROLE_MAP_PATTERN
   */
  static of(rows: readonly RoleMapping[]): RoleMap {
    return new RoleMap(checked(rows));
  }

  /**
   * Adds a row.
   *
   * @throws Problem (from `to`) when the row, or the row together with those before, is not valid
   */
  from(remote: string): RoleMapRow {
    return { to: (...local) => RoleMap.of([...this.rows, { remote, local }]) };
  }

  /**
   * The leaf roles of a user who has these root roles, as the leaf would decide it.
   *
   * @throws Error when a row holds a value that is known only to Terraform
   */
  resolve(roles: readonly string[]): string[] {
    const unknown = this.rows.find((row) => !isKnown(row));
    if (unknown)
      throw new Error(`The row "${unknown.remote}" of the role map holds a value that is known only at apply.`);
    return mapRoles(this.rows.map(named), roles);
  }

  /** The root roles that rows name as they are, without patterns. */
  get exactRoles(): string[] {
    return this.rows.map(({ remote }) => remote).filter((remote) => !/\*|^\^.*\$$/.test(remote));
  }

  /** The rows as the provider takes them: roles that this program makes are references, so that they are made first. */
  toRows(): { remote: string; local: string[] }[] {
    return this.rows.map(({ remote, local }) => ({
      remote: literal(remote),
      local: local.map((role) => (typeof role === "string" ? literal(role) : role.roleId)),
    }));
  }
}

function named({ remote, local }: RoleMapping): { remote: string; local: string[] } {
  return { remote, local: local.map((role) => (typeof role === "string" ? role : role.roleName)) };
}

function isKnown(row: RoleMapping): boolean {
  return ![row.remote, ...named(row).local].some((text) => Token.isUnresolved(text));
}

function checked(rows: readonly RoleMapping[]): readonly RoleMapping[] {
  const problems = validateRoleMap(rows.filter(isKnown).map(named));
  if (problems.length === 1) throw problems[0];
  if (problems.length > 1) throw new AggregateError(problems, problems.map(({ message }) => message).join("\n"));
  return rows.map(({ remote, local }) => ({ remote, local: [...local] }));
}
