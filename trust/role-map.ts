import { compileExpression, type Expression, expressionProblem } from "./expression";
import { Problem } from "./problem";

/** One row of a role map: root roles that match `remote` hold the `local` roles on the leaf. */
export interface RoleMapping {
  /** A literal, a glob (`*`) or a regular expression (`^…$`). */
  readonly remote: string;
  /** Leaf roles; `$1`, `${1}`, `${name}` stand for what `remote` captured. */
  readonly local: readonly string[];
}

/** A leaf role that a root user holds, and the row and root role that gave it first. */
export interface MappedRole {
  readonly role: string;
  /** Index of the row in the role map. */
  readonly row: number;
  /** The root role that matched; empty for a user without roles. */
  readonly remoteRole: string;
}

/** Every user has it in both clusters; it is never mapped. */
const implicitRole = "default-implicit-role";

/**
 * Whether a local role has an expansion in it (`$1`, `${1}`, `${name}`), so that its name is known only when somebody
 * signs in. The server does not check that such a role exists.
 *
 * Source: teleport-api §5.2.
 */
export function containsExpansion(local: string): boolean {
  return /\$(\d+|\{[^}]+\})/.test(local);
}

/** The leaf roles that the map names literally, without duplicates: each must exist before the map is written. */
export function literalLocalRoles(map: readonly RoleMapping[]): string[] {
  return [...new Set(map.flatMap((row) => row.local).filter((local) => !containsExpansion(local)))];
}

/** Whether two maps are the same to the server: same rows in the same order. */
export function isSameRoleMap(a: readonly RoleMapping[], b: readonly RoleMapping[]): boolean {
  const key = (map: readonly RoleMapping[]) => JSON.stringify(map.map(({ remote, local }) => [remote, [...local]]));
  return key(a) === key(b);
}

function compiled(mapping: RoleMapping, row: number): Expression {
  try {
    return compileExpression(mapping.remote);
  } catch (error) {
    throw error instanceof Problem ? patternProblem(error, row) : error;
  }
}

function patternProblem(cause: Problem, row: number): Problem {
  return new Problem("TRUST_ROLE_MAP_PATTERN", `\`remote\` ${cause.what}`, [row, "remote"], cause.next, { cause });
}

/**
 * Names the leaf roles that a user with these root roles holds in the leaf, each with the row that gave it.
 *
 * Rows are tried in order and all that match apply; the answer has no duplicates and keeps the order of first
 * appearance. No match is an empty array, and that user is refused. The map is not validated otherwise.
 *
 * Source: teleport-api §5.3 (`MapRoles` of Teleport 16 and later; older ones repeat duplicates, which changes nothing).
 *
 * @param roles root role names, in the order of the user's certificate
 * @throws Problem TRUST_ROLE_MAP_PATTERN when a `remote` is not a valid pattern
 */
export function explainRoles(map: readonly RoleMapping[], roles: readonly string[]): MappedRole[] {
  // A user without roles counts as one with the role "", so `*` still matches.
  const remoteRoles = roles.length === 0 ? [""] : roles.filter((role) => role !== implicitRole);
  const found = new Map<string, MappedRole>();
  for (const [row, mapping] of map.entries()) {
    const remote = compiled(mapping, row);
    for (const remoteRole of remoteRoles) {
      for (const local of mapping.local) {
        const role = remote.replace(remoteRole, local);
        if (role !== undefined && role !== "" && !found.has(role)) found.set(role, { role, row, remoteRole });
      }
    }
  }
  return [...found.values()];
}

/**
 * Names the leaf roles that a user with these root roles holds in the leaf; {@link explainRoles} without the reasons.
 *
 * @throws Problem TRUST_ROLE_MAP_PATTERN when a `remote` is not a valid pattern
 */
export function mapRoles(map: readonly RoleMapping[], roles: readonly string[]): string[] {
  return explainRoles(map, roles).map(({ role }) => role);
}

function remoteProblems({ remote }: RoleMapping, row: number): Problem[] {
  const invalid = expressionProblem(remote);
  if (invalid !== undefined) return [patternProblem(invalid, row)];
  if (remote !== "") return [];
  return [
    new Problem(
      "TRUST_ROLE_MAP",
      `row ${row + 1} of the role map has an empty \`remote\``,
      [row, "remote"],
      'Name a root role, such as "access", or a pattern, such as "dev-*".',
    ),
  ];
}

function localRoleProblem(local: string, row: number, at: number): Problem | undefined {
  const where = [row, "local", at];
  if (local === "") {
    return new Problem(
      "TRUST_ROLE_MAP",
      `row ${row + 1} of the role map has an empty role in \`local\``,
      where,
      "Name a role of the leaf, or remove the entry.",
    );
  }
  if (local !== "*") return undefined;
  return new Problem(
    "TRUST_ROLE_MAP",
    `row ${row + 1} of the role map has "*" in \`local\`, which is no pattern there`,
    where,
    'Name the roles of the leaf one by one; to keep the root role\'s name, map remote "*" to local "$1".',
  );
}

function localProblems({ local }: RoleMapping, row: number): Problem[] {
  if (local.length > 0) return local.flatMap((role, at) => localRoleProblem(role, row, at) ?? []);
  return [
    new Problem(
      "TRUST_ROLE_MAP",
      `row ${row + 1} of the role map has no roles in \`local\``,
      [row, "local"],
      "Name at least one role of the leaf, or remove the row.",
    ),
  ];
}

function duplicateProblems(map: readonly RoleMapping[]): Problem[] {
  const firstRows = new Map<string, number>();
  return map.flatMap(({ remote }, row) => {
    const first = firstRows.get(remote);
    if (first === undefined) firstRows.set(remote, row);
    if (first === undefined || remote === "") return [];
    return new Problem(
      "TRUST_ROLE_MAP",
      `row ${row + 1} of the role map repeats \`remote\` ${JSON.stringify(remote)} of row ${first + 1}`,
      [row, "remote"],
      `Put all \`local\` roles of ${JSON.stringify(remote)} into one row.`,
    );
  });
}

/**
 * Finds everything in a role map that the leaf would refuse, except local roles that do not exist there.
 *
 * The server stops at the first fault, this does not. Paths begin inside the map: `[row, "remote"]`,
 * `[row, "local", index]`; codes are TRUST_ROLE_MAP and TRUST_ROLE_MAP_PATTERN.
 *
 * Source: teleport-api §5.2.
 */
export function validateRoleMap(map: readonly RoleMapping[]): Problem[] {
  if (map.length === 0) {
    return [
      new Problem(
        "TRUST_ROLE_MAP",
        "the role map is empty",
        [],
        'Map at least one root role, such as { remote = "access", local = ["access"] }.',
      ),
    ];
  }
  const rows = map.flatMap((mapping, row) => [...remoteProblems(mapping, row), ...localProblems(mapping, row)]);
  return [...rows, ...duplicateProblems(map)];
}
