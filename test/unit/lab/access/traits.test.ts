import assert from "node:assert/strict";
import { test } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";

import { applyTraits, applyTraitsToSelector, normalizeRole } from "../../../../lab/access";
import { type RoleSpecV6Schema, type RoleV6, RoleV6Schema } from "../../../../lab/gen/teleport/types/role_pb";
import { LabelValuesSchema } from "../../../../lab/gen/teleport/wrappers/wrappers_pb";
import { isTrace } from "../../../../lab/trace-error";
import { versionRules } from "../../../../lab/versions";

const traits = {
  logins: ["alice", "root"],
  team: ["x"],
  groups: ["team-a", "team-b", "other"],
  email: ["alice@example.com", "Bob <bob@example.org>"],
  mixed: ["alice@example.com", "nobody"],
  "https://example.com/claims/env": ["dev"],
  empty: [],
};

const texts: readonly (readonly [name: string, text: string, values: readonly string[]])[] = [
  ["a text without template is itself", "ubuntu", ["ubuntu"]],
  ["single brackets are nothing special", "{internal.logins}", ["{internal.logins}"]],
  ["each value of the trait is one", "{{internal.logins}}", ["alice", "root"]],
  ["space around the name does not count", "{{ internal.logins }}", ["alice", "root"]],
  ["what stands around stays", "dev-{{external.team}}-1", ["dev-x-1"]],
  ["white space at both ends goes", " {{external.team}} ", ["x"]],
  ["a name may be quoted", '{{external["https://example.com/claims/env"]}}', ["dev"]],
  ["`internal` takes Teleport's own traits only", "{{internal.team}}", []],
  ["`external` takes Teleport's own, too", "{{external.logins}}", ["alice", "root"]],
  ["a trait that the caller lacks gives nothing", "{{external.none}}", []],
  ["a trait without values gives nothing", "{{external.empty}}", []],
  ["the property of every object is no trait", "{{external.constructor}}", []],
  ["the local part of addresses", "{{email.local(external.email)}}", ["alice", "bob"]],
  ["one value that is no address spoils them all", "{{email.local(external.mixed)}}", []],
  [
    "values that match are replaced, the others left out",
    '{{regexp.replace(external.groups, "^team-(.*)$", "$1")}}',
    ["a", "b"],
  ],
  ["functions nest", '{{regexp.replace(email.local(external.email), "^(.).*$", "$1")}}', ["a", "b"]],
  ["a text in the template is itself", '{{"root"}}', ["root"]],
];

for (const [name, text, values] of texts) {
  test(`of a role's texts: ${name}`, () => assert.deepEqual(applyTraits(text, traits), values));
}

test("keys and values of a selector take traits in", () => {
  const selector = { env: ["{{external.team}}", "y"], "{{external.team}}": ["z"], none: ["{{external.none}}"] };
  assert.deepEqual(applyTraitsToSelector(selector, traits), { env: ["x", "y"], x: ["z"], none: [] });
});

const rules = versionRules("17");

function role(spec: MessageInitShape<typeof RoleSpecV6Schema>): RoleV6 {
  return create(RoleV6Schema, { version: "v7", metadata: { name: "r" }, spec });
}

const unparsable: readonly (readonly [text: string, reason: RegExp])[] = [
  ["{{internal.logins", /is using template brackets/],
  ["{{internal.logins}}{{external.team}}", /is using template brackets/],
  ["{{}}", /parse/],
  ["{{logins}}", /"logins" is not a variable/],
  ["{{user.name}}", /"user.name" is not a variable/],
  ["{{external.a.b}}", /"external.a.b" is not a variable/],
  ["{{external.a-b}}", /parse/],
  ["{{external.a == external.b}}", /does not evaluate to a string/],
  ['{{regexp.match("x")}}', /the functions are/],
  ["{{email.local()}}", /the functions are/],
  ["{{regexp.replace(external.a, external.b, external.c)}}", /are texts/],
  ['{{regexp.replace(external.a, "(", "x")}}', /missing closing \)/],
];

for (const [text, reason] of unparsable) {
  test(`a role with ${text} is not stored`, () => {
    assert.throws(
      () => normalizeRole(role({ allow: { logins: [text] } }), rules),
      (error) =>
        isTrace(error, "bad_parameter") &&
        /^parsing allow.logins expression: /.test(error.message) &&
        reason.test(error.message),
    );
  });
}

test("a faulty template in the labels that a role denies is found, too", () => {
  const labels = create(LabelValuesSchema, { values: { env: { values: ["{{external.env"] } } });
  const faulty = role({ deny: { nodeLabels: labels } });
  assert.throws(() => normalizeRole(faulty, rules), { message: /^parsing deny.labels expression: / });
});
