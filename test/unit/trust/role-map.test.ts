// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is Go's template syntax
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";

import {
  containsExpansion,
  explainRoles,
  isSameRoleMap,
  literalLocalRoles,
  mapRoles,
  type RoleMapping,
  validateRoleMap,
} from "../../../trust";
import { mappedRows, mappedVectors, refusedRows, refusedVectors, rows } from "../../support/role-map-table";

for (const { name, map, roles, result } of [...mappedRows, ...mappedVectors()]) {
  test(`maps roles as the server does, ${name}`, () => assert.deepEqual(mapRoles(map, roles), result));
}

test("maps roles as the server does, 38: the legacy form is one row that fits everybody", () => {
  assert.deepEqual(mapRoles([{ remote: "*", local: ["admin"] }], ["anything"]), ["admin"]);
});

for (const { name, map } of [...refusedRows, ...refusedVectors()]) {
  test(`refuses what the server refuses, ${name}`, () => assert.equal(validateRoleMap(map).length, 1));
}

test("a user whose only role is the implicit one holds nothing", () => {
  assert.deepEqual(mapRoles(rows("* -> x"), ["default-implicit-role"]), []);
});

test("says which row and which root role gave a leaf role first", () => {
  assert.deepEqual(explainRoles(rows("a -> x; * -> x, y"), ["b", "a"]), [
    { role: "x", row: 0, remoteRole: "a" },
    { role: "y", row: 1, remoteRole: "b" },
  ]);
});

// Numbers of the table of teleport-api §5.7, then what it leaves out.
const refused: readonly (readonly [
  string,
  RoleMapping[],
  readonly (readonly [string, readonly (string | number)[]])[],
])[] = [
  [
    "13: a row twice",
    rows("remote-devs -> x; remote-devs -> x"),
    [['row 2 of the role map repeats `remote` "remote-devs" of row 1', [1, "remote"]]],
  ],
  ["14: * twice", rows("* -> x; * -> x"), [['row 2 of the role map repeats `remote` "*" of row 1', [1, "remote"]]]],
  [
    "17: look-ahead",
    rows("^env-(?!prod)$ -> x"),
    [
      [
        '`remote` "^env-(?!prod)$" is not a regular expression: error parsing regexp: invalid or unsupported Perl syntax: `(?!`',
        [0, "remote"],
      ],
    ],
  ],
  [
    "32: * in local",
    rows("* -> *"),
    [['row 1 of the role map has "*" in `local`, which is no pattern there', [0, "local", 0]]],
  ],
  [
    "33: an empty remote",
    [{ remote: "", local: ["x"] }],
    [["row 1 of the role map has an empty `remote`", [0, "remote"]]],
  ],
  [
    "34: no local role",
    [{ remote: "a", local: [] }],
    [["row 1 of the role map has no roles in `local`", [0, "local"]]],
  ],
  [
    "35: an empty local role",
    [{ remote: "a", local: ["x", ""] }],
    [["row 1 of the role map has an empty role in `local`", [0, "local", 1]]],
  ],
  [
    "36: a class without end",
    rows("^[$ -> x"),
    [['`remote` "^[$" is not a regular expression: error parsing regexp: missing closing ]: `[$`', [0, "remote"]]],
  ],
  ["an empty map", [], [["the role map is empty", []]]],
  [
    "several faults at once",
    [
      { remote: "", local: [""] },
      { remote: "a", local: ["*"] },
      { remote: "a", local: ["x"] },
    ],
    [
      ["row 1 of the role map has an empty `remote`", [0, "remote"]],
      ["row 1 of the role map has an empty role in `local`", [0, "local", 0]],
      ['row 2 of the role map has "*" in `local`, which is no pattern there', [1, "local", 0]],
      ['row 3 of the role map repeats `remote` "a" of row 2', [2, "remote"]],
    ],
  ],
];

for (const [name, map, expected] of refused) {
  test(`refuses a role map as the server does, ${name}`, () => {
    assert.deepEqual(
      validateRoleMap(map).map(({ what, where }) => [what, where]),
      expected,
    );
  });
}

test("a map that passes never fails when it is applied", () => {
  const remote = fc.oneof(
    fc.constantFrom("*", "a-*", "^a$", "^(", "^(x)$", "^[$", "access", ""),
    fc.string({ unit: fc.constantFrom("^", "$", "*", "(", ")", "a", "|", "[", "\\"), maxLength: 6 }),
  );
  const local = fc.array(fc.constantFrom("x", "$1", "${1}", "$", "*", ""), { maxLength: 2 });
  fc.assert(
    fc.property(
      fc.array(fc.record({ remote, local }), { maxLength: 3 }),
      fc.array(fc.constantFrom("a", "a-b", "")),
      (map, roles) => {
        fc.pre(validateRoleMap(map).length === 0);
        const mapped = mapRoles(map, roles);
        assert.equal(new Set(mapped).size, mapped.length);
        assert(!mapped.includes(""));
      },
    ),
  );
});

test("applying a map with a bad pattern names the row", () => {
  assert.throws(() => mapRoles(rows("a -> x; ^($ -> y"), ["a"]), {
    code: "TRUST_ROLE_MAP_PATTERN",
    where: [1, "remote"],
  });
});

test("knows which local roles must exist on the leaf", () => {
  assert(containsExpansion("local-$1") && containsExpansion("${1}") && containsExpansion("${name}-x"));
  assert(!containsExpansion("a$") && !containsExpansion("$") && !containsExpansion("${}"));
  assert.deepEqual(literalLocalRoles(rows("a -> x, y; b -> x, z-$1")), ["x", "y"]);
});

test("two maps are the same when rows and their order are", () => {
  assert(isSameRoleMap(rows("a -> x, y"), rows("a -> x, y")));
  assert(!isSameRoleMap(rows("a -> x, y"), rows("a -> y, x")));
  assert(!isSameRoleMap(rows("a -> x; b -> y"), rows("b -> y; a -> x")));
});
