// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is Go's template syntax
import assert from "node:assert/strict";
import { test } from "node:test";

import { combinedMapping, containsExpansion, mapRoles, validateRoleMap } from "../../../../lab/access";
import { isTrace } from "../../../../lab/trace-error";
import { mappedRows, mappedVectors, refusedRows, refusedVectors, rows } from "../../../support/role-map-table";

const newer = { withoutDuplicates: true };
const older = { withoutDuplicates: false };

for (const { name, map, roles, result } of mappedRows) {
  test(`maps roles, row ${name}`, () => assert.deepEqual(mapRoles(map, roles, newer), result));
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

for (const { name, map, message } of refusedRows) {
  test(`refuses a role map, row ${name}`, () => {
    assert.throws(
      () => validateRoleMap(map),
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

test("maps single roles as Go's regexp does, in every row of its vectors", () => {
  const vectors = mappedVectors();
  assert.ok(vectors.length > 200);
  for (const { name, map, roles, result } of vectors) assert.deepEqual(mapRoles(map, roles, newer), result, name);
});

test("refuses the patterns that Go's regexp refuses, in its words", () => {
  const vectors = refusedVectors();
  assert.ok(vectors.length > 10);
  for (const { name, map, message } of vectors) {
    assert.throws(
      () => validateRoleMap(map),
      (error) => isTrace(error, "bad_parameter") && error.message === message,
      name,
    );
  }
});
