// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is Go's template syntax
import { readVectors } from "./vectors";

/** A row of a role map, as every side takes it. */
export interface Mapping {
  readonly remote: string;
  readonly local: string[];
}

/** A role map that is applied to a user's roles. */
export interface MappedRow {
  /** Number in the table of the reference, and what it is about. */
  readonly name: string;
  readonly map: readonly Mapping[];
  readonly roles: readonly string[];
  readonly result: readonly string[];
}

/** A role map that is refused. */
export interface RefusedRow {
  readonly name: string;
  readonly map: readonly Mapping[];
  /** The server's words. */
  readonly message: string;
}

/** `a -> x, y; b -> z` as rows. */
export function rows(text: string): Mapping[] {
  if (text === "") return [];
  return text.split("; ").map((row) => {
    const [remote = "", local = ""] = row.split(" -> ");
    return { remote, local: local === "(none)" ? [] : local.split(", ") };
  });
}

type Line = readonly [name: string, map: string, roles: readonly string[], result: readonly string[]];

const mapped: readonly Line[] = [
  ["1: an empty map", "", [], []],
  ["2: a user without roles fits *", "* -> local-devs, local-admins", [], ["local-devs", "local-admins"]],
  ["3: a name", "remote-devs -> local-devs", ["remote-devs"], ["local-devs"]],
  [
    "4: two names",
    "remote-devs -> local-devs; remote-logs -> local-logs",
    ["remote-devs", "remote-logs"],
    ["local-devs", "local-logs"],
  ],
  ["5: a name and *", "remote-devs -> local-devs; * -> local-logs", ["remote-devs"], ["local-devs", "local-logs"]],
  ["6: what * matched", "remote-* -> local-$1", ["remote-devs"], ["local-devs"]],
  ["7: a regular expression", "^(.*)$ -> $1", ["remote-devs"], ["remote-devs"]],
  ["8: never the implicit role", "^(.*)$ -> $1", ["remote-devs", "default-implicit-role"], ["remote-devs"]],
  ["9: only what fits", "^(remote-.*)$ -> $1", ["remote-devs", "something-else"], ["remote-devs"]],
  ["10: a group that is not there", "^(remote-.*)$ -> $1, remote-$2, $2", ["remote-devs"], ["remote-devs", "remote-"]],
  ["11: \\A", "^(remote-.*)$ -> $1; ^\\Aremote-.*$ -> test", ["remote-devs"], ["remote-devs", "test"]],
  ["12: groups in groups", "^(remote-(.*))$ -> $1, $2", ["remote-devs"], ["remote-devs", "devs"]],
  ["15: a bar is a bar in a glob", "test|staging -> ok", ["test|staging"], ["ok"]],
  ["15: and does not divide it", "test|staging -> ok", ["test"], []],
  ["16: a bar divides a regular expression", "^test|staging$ -> ok", ["staging"], ["ok"]],
  ["16: and each anchor binds to one side", "^test|staging$ -> ok", ["test-foo"], ["ok-foo"]],
  ["18: a glob is anchored", "test-* -> ok", ["foo-test"], []],
  ["19: at both ends", "env-*-staging -> x-$1", ["env-app-staging", "pre-env-app-staging"], ["x-app"]],
  ["20: classes and counts", "^env-[a-zA-Z0-9]{3,12}-staging$ -> ok", ["env-app-staging", "env-~-staging"], ["ok"]],
  ["21: case matters", "access -> access", ["Access"], []],
  ["22: the first * is greedy", "*-* -> $2-$1", ["a-b-c"], ["c-a-b"]],
  ["23: $1_admin names another group", "remote-* -> $1_admin", ["remote-db"], []],
  ["24: braces end a name", "remote-* -> ${1}_admin", ["remote-db"], ["db_admin"]],
  ["25: so does a dash", "remote-* -> $1-admin", ["remote-db"], ["db-admin"]],
  ["26: an empty result falls away", "* -> $1", [], []],
  ["27: the whole match", "* -> $0-l", ["a", "b"], ["a-l", "b-l"]],
  ["28: no duplicates", "a -> x; b -> x", ["a", "b"], ["x"]],
  ["29: no duplicates by a repeated role", "a -> x, y", ["a", "a"], ["x", "y"]],
  ["30: a dot is a dot in a glob", "a.b -> x", ["axb"], []],
  ["31: and anything in a regular expression", "^a.b$ -> x", ["axb"], ["x"]],
];

/** The table of the reference about role maps: what Teleport's own tests and its algorithm give. */
export const mappedRows: readonly MappedRow[] = mapped.map(([name, map, roles, result]) => ({
  name,
  map: rows(map),
  roles,
  result,
}));

const refused: readonly (readonly [name: string, map: string, message: string])[] = [
  ["13: a name twice", "remote-devs -> x; remote-devs -> x", "remote role 'remote-devs' match is already specified"],
  ["14: * twice", "* -> x; * -> x", "remote role '*' match is already specified"],
  [
    "17: look-ahead",
    "^env-(?!prod)$ -> x",
    "failed to parse 'remote' parameter for role_map: error parsing regexp: invalid or unsupported Perl syntax: `(?!`",
  ],
  ["32: * as a local role", "* -> *", "wildcard value is not supported for 'local' property of 'role_map' entry"],
  ["33: no remote", " -> x", "missing 'remote' parameter for role_map"],
  ["34: no local", "a -> (none)", "missing 'local' parameter for 'role_map'"],
  ["35: an empty local", "a -> ", "missing 'local' property of 'role_map' entry"],
  [
    "36: a class without end",
    "^[$ -> x",
    "failed to parse 'remote' parameter for role_map: error parsing regexp: missing closing ]: `[$`",
  ],
];

/** The rows of that table which are refused. */
export const refusedRows: readonly RefusedRow[] = refused.map(([name, map, message]) => ({
  name,
  map: rows(map),
  message,
}));

interface Vector {
  readonly kind: string;
  readonly remote?: string;
  readonly local: string;
  readonly role?: string;
  readonly result?: string | null;
  readonly error?: string;
}

/** Single rows as Go's regexp decides them, without those that are no text, or that the rules of role maps forbid anyhow. */
function vectors(): (Vector & { readonly remote: string; readonly role: string })[] {
  const all = readVectors<{ role_map: Vector[] }>("go-regexp").role_map;
  return all.flatMap((vector) => {
    const { remote = "", local, role = "" } = vector;
    return remote === "" || local === "" || local === "*" || role === "" ? [] : [{ ...vector, remote, role }];
  });
}

function nameOf({ kind, remote, local, role }: Vector): string {
  return `${kind}: ${JSON.stringify([remote, local, role])}`;
}

/** Rows that Go's regexp decides. Its vectors know no rules of roles, such as that an empty result falls away. */
export function mappedVectors(): MappedRow[] {
  const valid = vectors().filter(({ error }) => error === undefined);
  return valid.map((vector) => ({
    name: nameOf(vector),
    map: [{ remote: vector.remote, local: [vector.local] }],
    roles: [vector.role],
    result: vector.result ? [vector.result] : [],
  }));
}

/** Rows whose pattern Go's regexp refuses. */
export function refusedVectors(): RefusedRow[] {
  return vectors().flatMap((vector) => {
    if (vector.error === undefined) return [];
    const map = [{ remote: vector.remote, local: [vector.local] }];
    return [{ name: nameOf(vector), map, message: `failed to parse 'remote' parameter for role_map: ${vector.error}` }];
  });
}
