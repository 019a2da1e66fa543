import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";

import type { Verb } from "../../../../lab/access";
import { assertAllowed, isAllowed } from "../../../../lab/access";
import { RoleV6Schema } from "../../../../lab/gen/teleport/types/role_pb";
import { isTrace } from "../../../../lab/trace-error";

interface RuleSketch {
  readonly resources: string[];
  readonly verbs: string[];
  readonly where?: string;
}

function subject(allow: RuleSketch[], deny: RuleSketch[] = []) {
  const rules = (sketches: RuleSketch[]) => sketches.map((sketch) => ({ where: "", ...sketch }));
  const role = create(RoleV6Schema, { spec: { allow: { rules: rules(allow) }, deny: { rules: rules(deny) } } });
  return { user: "alice", roles: ["r"], traits: { team: ["x"] }, definitions: [role] };
}

const verbs: readonly Verb[] = ["create", "read", "list", "update", "delete"];
const kinds = ["trusted_cluster", "remote_cluster", "token", "role", "user", "cert_authority"];

test("each verb on each kind needs its own rule", () => {
  const implicit = new Set(["remote_cluster read", "remote_cluster list", "cert_authority list"]);
  for (const kind of kinds) {
    for (const verb of verbs) {
      const own = subject([{ resources: [kind], verbs: [verb] }]);
      assert.ok(isAllowed(own, kind, verb), `${verb} on ${kind} by its own rule`);
      for (const [otherKind, otherVerb] of [
        [kinds[(kinds.indexOf(kind) + 1) % kinds.length] as string, verb],
        [kind, verbs[(verbs.indexOf(verb) + 1) % verbs.length] as Verb],
      ] as const) {
        const allowed = implicit.has(`${otherKind} ${otherVerb}`);
        assert.equal(
          isAllowed(own, otherKind, otherVerb),
          allowed,
          `${otherVerb} on ${otherKind} by ${verb} on ${kind}`,
        );
      }
      assert.ok(isAllowed(subject([{ resources: ["*"], verbs: ["*"] }]), kind, verb), "by wildcards");
      const denied = subject([{ resources: ["*"], verbs: ["*"] }], [{ resources: [kind], verbs: [verb] }]);
      assert.ok(!isAllowed(denied, kind, verb), `${verb} on ${kind} denied`);
    }
  }
});

test("read covers readnosecrets, and not the other way round", () => {
  assert.ok(isAllowed(subject([{ resources: ["token"], verbs: ["read"] }]), "token", "readnosecrets"));
  assert.ok(!isAllowed(subject([{ resources: ["token"], verbs: ["readnosecrets"] }]), "token", "read"));
});

test("a refusal names the first verb that is missing, in the server's words", () => {
  assert.throws(
    () =>
      assertAllowed(subject([{ resources: ["trusted_cluster"], verbs: ["create"] }]), "trusted_cluster", [
        "create",
        "update",
      ]),
    (error) =>
      isTrace(error, "access_denied") &&
      error.message === 'access denied to perform action "update" on "trusted_cluster"',
  );
});

test("a rule with a condition holds only where its condition does", () => {
  const rule = { resources: ["role"], verbs: ["update"], where: 'has_prefix(resource.metadata.name, "dev-")' };
  assert.ok(isAllowed(subject([rule]), "role", "update", { name: "dev-1", labels: {} }));
  assert.ok(!isAllowed(subject([rule]), "role", "update", { name: "prod-1", labels: {} }));
  const byTrait = { ...rule, where: 'contains(user.spec.traits["team"], resource.metadata.labels["team"])' };
  assert.ok(isAllowed(subject([byTrait]), "role", "update", { name: "a", labels: { team: "x" } }));
  assert.ok(!isAllowed(subject([byTrait]), "role", "update", { name: "a", labels: { team: "y" } }));
});
