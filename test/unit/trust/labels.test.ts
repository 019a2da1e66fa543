import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";

import {
  type LabelSelector,
  seesEveryRemoteCluster,
  seesRemoteCluster,
  selectorContains,
  selects,
  validateLabelKeys,
  validateSelector,
} from "../../../trust";

const anything: LabelSelector = { "*": ["*"] };

const cases: readonly (readonly [string, LabelSelector, Record<string, string>, boolean])[] = [
  ["an empty selector reaches nothing", {}, {}, false],
  ["* reaches what has no labels", anything, {}, true],
  ["* with a further key still reaches everything", { ...anything, env: ["prod"] }, {}, true],
  ["one value of several suffices", { env: ["dev", "prod"] }, { env: "prod" }, true],
  ["every key must match", { env: ["prod"], team: ["a"] }, { env: "prod" }, false],
  ["a key with * needs the key", { env: ["*"] }, { team: "a" }, false],
  ["a key with * takes any value", { env: ["*"] }, { env: "" }, true],
  ["a glob", { env: ["pr*"] }, { env: "prod" }, true],
  ["a glob is anchored", { env: ["pr*"] }, { env: "xprod" }, false],
  ["a regular expression", { env: ["^(dev|prod)$"] }, { env: "prod" }, true],
  ["no values", { env: [] }, { env: "prod" }, false],
  ["a label called like a member of every object", { constructor: ["x"] }, {}, false],
];

for (const [name, selector, labels, expected] of cases) {
  test(`selects: ${name}`, () => assert.equal(selects(selector, labels), expected));
}

test("an unlabelled cluster is seen by all, until a role mentions cluster labels", () => {
  const silent = { allow: {}, deny: {} };
  assert(seesRemoteCluster([silent], {}));
  assert(!seesRemoteCluster([silent], { env: "prod" }));
  assert(!seesRemoteCluster([], {}));
  assert(!seesRemoteCluster([silent, { allow: { env: ["prod"] }, deny: {} }], {}));
});

test("denials come first", () => {
  const roles = [
    { allow: anything, deny: {} },
    { allow: {}, deny: { env: ["prod"] } },
  ];
  assert(!seesRemoteCluster(roles, { env: "prod" }));
  assert(seesRemoteCluster(roles, { env: "dev" }));
  assert(!seesEveryRemoteCluster(roles));
  assert(seesEveryRemoteCluster(roles.slice(0, 1)));
  assert(!seesEveryRemoteCluster([{ allow: { env: ["*"] }, deny: {} }]));
});

const value = fc.constantFrom("a", "ab", "b", "*", "a*", "^a|b$");
const selector = fc.dictionary(fc.constantFrom("x", "y", "*"), fc.array(value, { maxLength: 2 }), { maxKeys: 2 });
const labels = fc.dictionary(fc.constantFrom("x", "y", "z"), fc.constantFrom("a", "ab", "b", ""), { maxKeys: 3 });

const role = fc.record({
  allow: fc.oneof(selector, fc.constant(anything)),
  deny: fc.oneof(selector, fc.constant({})),
});

test("who sees every cluster sees each", () => {
  fc.assert(
    fc.property(fc.array(role, { maxLength: 3 }), labels, (roles, of) => {
      if (seesEveryRemoteCluster(roles)) assert(seesRemoteCluster(roles, of));
    }),
    { numRuns: 1000 },
  );
});

test("a selector that contains another reaches all that the other reaches", () => {
  fc.assert(
    fc.property(selector, selector, labels, (wide, narrow, of) => {
      if (selectorContains(wide, narrow) && selects(narrow, of)) assert(selects(wide, of));
    }),
    { numRuns: 2000 },
  );
});

test("contains: what is proven and what is not", () => {
  assert(selectorContains({ env: ["*"] }, { env: ["prod"], team: ["a"] }));
  assert(selectorContains({ env: ["pr*", "dev"] }, { env: ["prod", "dev"] }));
  assert(selectorContains({}, {}));
  assert(!selectorContains({ env: ["prod"] }, anything));
  assert(selectorContains({ env: ["prod"] }, {}));
  assert(!selectorContains({ env: ["p*"] }, { env: ["pr*"] }), "a pattern in a pattern is not decided");
});

test("a bad regular expression in a selector is found with its path", () => {
  const [problem, ...rest] = validateSelector({ env: ["prod", "^($"], team: ["*"] });
  assert.deepEqual(problem?.where, ["env", 1]);
  assert.equal(problem?.code, "TRUST_REGEXP");
  assert.equal(rest.length, 0);
});

test("a key that no cluster takes for a label is found with its path", () => {
  assert.deepEqual(validateLabelKeys(["env", "ok/1.2:*_-", "teleport.dev/origin"]), []);
  assert.deepEqual(
    validateLabelKeys(["", " \t", "env name", "a=b", "größe"]).map(({ what, where }) => [what, where]),
    [
      ["a label has no key", [""]],
      ["a label has no key", [" \t"]],
      ['"env name" is not the key of a label', ["env name"]],
      ['"a=b" is not the key of a label', ["a=b"]],
      ['"größe" is not the key of a label', ["größe"]],
    ],
  );
});
