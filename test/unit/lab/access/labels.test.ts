import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";

import type { LabelSelector, TraitValues } from "../../../../lab/access";
import { checkAccessToNode, checkAccessToRemoteCluster, matchesLabels } from "../../../../lab/access";
import { RoleV6Schema } from "../../../../lab/gen/teleport/types/role_pb";
import { isTrace } from "../../../../lab/trace-error";

const selectors: readonly (readonly [
  name: string,
  selector: LabelSelector,
  labels: Record<string, string>,
  fits: boolean,
])[] = [
  ["nothing selected", {}, { env: "prod" }, false],
  ["everything, without labels", { "*": ["*"] }, {}, true],
  ["everything, with labels", { "*": ["*"] }, { env: "prod" }, true],
  ["a key with a value", { env: ["prod"] }, { env: "prod" }, true],
  ["a key with another value", { env: ["prod"] }, { env: "dev" }, false],
  ["a key that is not there", { env: ["prod"] }, { team: "x" }, false],
  ["one of several values", { env: ["dev", "prod"] }, { env: "prod" }, true],
  ["all keys are needed", { env: ["prod"], team: ["x"] }, { env: "prod" }, false],
  ["any value of a key", { env: ["*"] }, { env: "prod" }, true],
  ["any value of a key that is not there", { env: ["*"] }, {}, false],
  ["a glob", { env: ["pr*"] }, { env: "prod" }, true],
  ["a regular expression", { env: ["^(dev|prod)$"] }, { env: "prod" }, true],
  ["a regular expression that does not fit", { env: ["^(dev|prod)$"] }, { env: "products" }, false],
];

for (const [name, selector, labels, fits] of selectors) {
  test(`a selector fits labels: ${name}`, () => assert.equal(matchesLabels(selector, labels), fits));
}

interface RoleSketch {
  readonly allow?: LabelSelector;
  readonly allowExpression?: string;
  readonly deny?: LabelSelector;
  readonly denyExpression?: string;
}

function viewer(sketches: readonly RoleSketch[], traits: TraitValues = {}) {
  const definitions = sketches.map(({ allow, allowExpression = "", deny, denyExpression = "" }) =>
    create(RoleV6Schema, {
      spec: {
        allow: { clusterLabels: lists(allow), clusterLabelsExpression: allowExpression },
        deny: { clusterLabels: lists(deny), clusterLabelsExpression: denyExpression },
      },
    }),
  );
  return { user: "alice", definitions, traits };
}

function lists(selector: LabelSelector = {}) {
  return {
    values: Object.fromEntries(Object.entries(selector).map(([name, values]) => [name, { values: [...values] }])),
  };
}

const plain: RoleSketch = {};
const views: readonly (readonly [
  name: string,
  roles: readonly RoleSketch[],
  labels: Record<string, string>,
  seen: boolean,
])[] = [
  ["nobody without roles", [], {}, false],
  ["an unlabelled leaf, by roles that say nothing of clusters", [plain], {}, true],
  ["a labelled leaf is hidden from roles that say nothing of clusters", [plain], { env: "prod" }, false],
  ["a labelled leaf, by its label", [{ allow: { env: ["prod"] } }], { env: "prod" }, true],
  ["not by another label", [{ allow: { env: ["dev"] } }], { env: "prod" }, false],
  ["an unlabelled leaf is hidden once a role asks for labels", [{ allow: { env: ["prod"] } }], {}, false],
  ["everything, by *", [{ allow: { "*": ["*"] } }], {}, true],
  ["one role of two is enough", [plain, { allow: { env: ["prod"] } }], { env: "prod" }, true],
  ["a deny wins", [{ allow: { "*": ["*"] } }, { deny: { env: ["prod"] } }], { env: "prod" }, false],
  [
    "a deny that does not fit hides nothing",
    [{ allow: { "*": ["*"] }, deny: { env: ["dev"] } }],
    { env: "prod" },
    true,
  ],
  ["a deny alone hides even what has no labels", [{ deny: { env: ["dev"] } }], {}, false],
  ["an expression that holds", [{ allowExpression: 'labels["env"] == "prod"' }], { env: "prod" }, true],
  ["an expression that does not", [{ allowExpression: 'labels["env"] == "prod"' }], { env: "dev" }, false],
  ["a label that is not there is empty", [{ allowExpression: 'labels["env"] == ""' }], {}, true],
  [
    "selector and expression must both fit",
    [{ allow: { env: ["prod"] }, allowExpression: 'labels["team"] == "x"' }],
    { env: "prod", team: "y" },
    false,
  ],
  [
    "either form of a deny is enough",
    [{ allow: { "*": ["*"] }, deny: { a: ["b"] }, denyExpression: 'labels["env"] == "prod"' }],
    { env: "prod" },
    false,
  ],
  [
    "a trait in an expression",
    [{ allowExpression: 'contains(user.spec.traits["envs"], labels["env"]) && !(labels["env"] == "dev")' }],
    { env: "prod" },
    true,
  ],
  ["a trait in a selector", [{ allow: { env: ["{{external.envs}}"] } }], { env: "prod" }, true],
  ["contains_any", [{ allowExpression: 'contains_any(set("a", "prod"), labels["env"])' }], { env: "prod" }, true],
  ["regexp.match", [{ allowExpression: 'regexp.match(labels["env"], "pr*")' }], { env: "prod" }, true],
];

for (const [name, roles, labels, seen] of views) {
  test(`sees a leaf: ${name}`, () => {
    const check = () => checkAccessToRemoteCluster(viewer(roles, { envs: ["prod", "dev"] }), labels);
    if (seen) assert.doesNotThrow(check);
    else
      assert.throws(check, (error) => isTrace(error, "access_denied") && error.message === "access to cluster denied");
  });
}

const unclear: readonly (readonly [expression: string, message: string])[] = [
  ['labels["env"] = "x"', 'failed to parse expression "labels["env"] = "x"" at position 13'],
  ['labels["env"] ==', 'failed to parse expression "labels["env"] ==": unexpected end'],
  ['nothing.known == "x"', 'unknown identifier: "nothing.known"'],
  ['newer(labels["env"])', "unsupported function: newer"],
  ['labels["env"]', "expression does not evaluate to a boolean"],
  ["(".repeat(100_000), "failed to parse expression: it has more than 1000 parts"],
];

for (const [expression, message] of unclear) {
  test(`an expression that the lab cannot decide is refused, not guessed: ${expression.slice(0, 30)}`, () => {
    assert.throws(
      () => checkAccessToRemoteCluster(viewer([{ allowExpression: expression }]), { env: "x" }),
      (error) => isTrace(error, "bad_parameter") && error.message === message,
    );
  });
}

test("sees a node only by a role that allows its labels", () => {
  const roles = (allow: LabelSelector, deny: LabelSelector = {}) => ({
    user: "alice",
    traits: {},
    definitions: [
      create(RoleV6Schema, { spec: { allow: { nodeLabels: lists(allow) }, deny: { nodeLabels: lists(deny) } } }),
    ],
  });
  assert.doesNotThrow(() => checkAccessToNode(roles({ "*": ["*"] }), {}));
  assert.throws(() => checkAccessToNode(roles({}), {}), /access to node denied/);
  assert.throws(() => checkAccessToNode(roles({ "*": ["*"] }, { env: ["prod"] }), { env: "prod" }), /denied/);
});
