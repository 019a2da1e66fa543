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

function rows(text: string): RoleMapping[] {
  return text.split("; ").map((row) => {
    const [remote = "", local = ""] = row.split(" -> ");
    return { remote, local: local.split(", ") };
  });
}

// The table of teleport-api §5.7: number, map, roles of the certificate, result.
const cases: readonly (readonly [string, RoleMapping[], readonly string[], readonly string[]])[] = [
  ["1: an empty map gives nothing", [], [], []],
  ["2: * matches a user without roles", rows("* -> local-devs, local-admins"), [], ["local-devs", "local-admins"]],
  ["3: a literal", rows("remote-devs -> local-devs"), ["remote-devs"], ["local-devs"]],
  [
    "4: two literals",
    rows("remote-devs -> local-devs; remote-logs -> local-logs"),
    ["remote-devs", "remote-logs"],
    ["local-devs", "local-logs"],
  ],
  [
    "5: a literal and *",
    rows("remote-devs -> local-devs; * -> local-logs"),
    ["remote-devs"],
    ["local-devs", "local-logs"],
  ],
  ["6: a glob with its capture", rows("remote-* -> local-$1"), ["remote-devs"], ["local-devs"]],
  ["7: a regular expression", rows("^(.*)$ -> $1"), ["remote-devs"], ["remote-devs"]],
  [
    "8: the implicit role is never mapped",
    rows("^(.*)$ -> $1"),
    ["remote-devs", "default-implicit-role"],
    ["remote-devs"],
  ],
  ["9: what does not match", rows("^(remote-.*)$ -> $1"), ["remote-devs", "something-else"], ["remote-devs"]],
  [
    "10: a group that does not exist is empty, an empty role is dropped",
    rows("^(remote-.*)$ -> $1, remote-$2, $2"),
    ["remote-devs"],
    ["remote-devs", "remote-"],
  ],
  ["11: \\A after ^", rows("^(remote-.*)$ -> $1; ^\\Aremote-.*$ -> test"), ["remote-devs"], ["remote-devs", "test"]],
  ["12: nested groups", rows("^(remote-(.*))$ -> $1, $2"), ["remote-devs"], ["remote-devs", "devs"]],
  ["15: | is literal without ^ and $", rows("test|staging -> ok"), ["test|staging"], ["ok"]],
  ["15: and so does not match a part", rows("test|staging -> ok"), ["test"], []],
  ["16: an alternation", rows("^test|staging$ -> ok"), ["staging"], ["ok"]],
  ["18: a glob is anchored", rows("test-* -> ok"), ["foo-test"], []],
  ["19: a glob in the middle", rows("env-*-staging -> x-$1"), ["env-app-staging", "pre-env-app-staging"], ["x-app"]],
  [
    "20: a class with a count",
    rows("^env-[a-zA-Z0-9]{3,12}-staging$ -> ok"),
    ["env-app-staging", "env-~-staging"],
    ["ok"],
  ],
  ["21: case counts", rows("access -> access"), ["Access"], []],
  ["22: the first * is greedy", rows("*-* -> $2-$1"), ["a-b-c"], ["c-a-b"]],
  ["23: $1_admin names another group", rows("remote-* -> $1_admin"), ["remote-db"], []],
  ["24: ${1}_admin", rows("remote-* -> ${1}_admin"), ["remote-db"], ["db_admin"]],
  ["25: $1-admin", rows("remote-* -> $1-admin"), ["remote-db"], ["db-admin"]],
  ["26: an empty expansion is dropped", rows("* -> $1"), [], []],
  ["27: $0 is the whole", rows("* -> $0-l"), ["a", "b"], ["a-l", "b-l"]],
  ["28: no duplicates over rows", rows("a -> x; b -> x"), ["a", "b"], ["x"]],
  ["29: no duplicates over roles", rows("a -> x, y"), ["a", "a"], ["x", "y"]],
  ["30: a dot is literal", rows("a.b -> x"), ["axb"], []],
  ["31: unless in a regular expression", rows("^a.b$ -> x"), ["axb"], ["x"]],
  ["38: the legacy form", [{ remote: "*", local: ["admin"] }], ["anything"], ["admin"]],
];

for (const [name, map, roles, expected] of cases) {
  test(`maps roles as the server does, ${name}`, () => assert.deepEqual(mapRoles(map, roles), expected));
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
