// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is Go's template syntax
import assert from "node:assert/strict";
import { test } from "node:test";

import type { RoleMapRow } from "../../../../lab/access";
import { combinedMapping, containsExpansion, mapRoles, validateRoleMap } from "../../../../lab/access";
import { isTrace } from "../../../../lab/trace-error";
import { readVectors } from "../../../support/vectors";

/** `a -> x, y; b -> z` as rows. */
function rows(text: string): RoleMapRow[] {
  if (text === "") return [];
  return text.split("; ").map((row) => {
    const [remote = "", local = ""] = row.split(" -> ");
    return { remote, local: local === "(none)" ? [] : local.split(", ") };
  });
}

const newer = { withoutDuplicates: true };
const older = { withoutDuplicates: false };

const mapped: readonly (readonly [name: string, map: string, roles: readonly string[], result: readonly string[]])[] = [
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

for (const [name, map, roles, result] of mapped) {
  test(`maps roles, row ${name}`, () => assert.deepEqual(mapRoles(rows(map), roles, newer), result));
}

test("maps roles, row 28 in older releases: duplicates stay", () => {
  assert.deepEqual(mapRoles(rows("a -> x; b -> x"), ["a", "b"], older), ["x", "x"]);
});

test("maps roles, row 29 in older releases: duplicates stay", () => {
  assert.deepEqual(mapRoles(rows("a -> x, y"), ["a", "a"], older), ["x", "y", "x", "y"]);
});

test("maps roles, row 38: the older list of roles fits everybody", () => {
  assert.deepEqual(mapRoles(combinedMapping(["admin"], []), ["anything"], newer), ["admin"]);
});

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

for (const [name, map, message] of refused) {
  test(`refuses a role map, row ${name}`, () => {
    assert.throws(
      () => validateRoleMap(rows(map)),
      (error) => isTrace(error, "bad_parameter") && error.message === message,
    );
  });
}

test("a local role with a reference is put together, one without is a name", () => {
  const expanded = ["$1", "local-$1", "${1}", "${name}-x"].filter(containsExpansion);
  const plain = ["access", "$", "$$", "a$b", "${}"].filter((local) => !containsExpansion(local));
  assert.deepEqual(expanded, ["$1", "local-$1", "${1}", "${name}-x"]);
  assert.deepEqual(plain, ["access", "$", "$$", "a$b", "${}"]);
});

interface RoleMapVector {
  readonly kind: string;
  readonly remote?: string;
  readonly local: string;
  readonly role: string;
  readonly result?: string | null;
  readonly error?: string;
  readonly since?: string;
}

test("maps single roles as Go's regexp does, in every row of its vectors", () => {
  const { role_map: vectors } = readVectors<{ role_map: RoleMapVector[] }>("go-regexp");
  assert.ok(vectors.length > 250);
  const wrong = vectors.filter((vector) => vector.remote !== undefined && !fits(vector));
  assert.deepEqual(wrong, []);
});

/** Whether we answer as Go does. The vectors know no rules for roles, such as that an empty result falls away. */
function fits({ remote = "", local, role, result, error }: RoleMapVector): boolean {
  if (remote === "" || local === "" || local === "*" || role === "") return true;
  const expected = result === null || result === "" || result === undefined ? [] : [result];
  try {
    return JSON.stringify(mapRoles([{ remote, local: [local] }], [role], newer)) === JSON.stringify(expected);
  } catch (thrown) {
    return isTrace(thrown) && thrown.message === `failed to parse 'remote' parameter for role_map: ${error}`;
  }
}
