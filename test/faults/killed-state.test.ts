// What terraform keeps of a trust whose provider was killed, and what the next plan and apply say of it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Acceptance } from "../support/acceptance";
import { cutShort, killProvider } from "../support/cut-short";
import { assertEmptyPlan, assertSays, deedsOf } from "../support/plans";
import { assertFailed } from "../support/refusals";

const address = "teleport_trust.leaf";

function trust(more = ""): string {
  const roleMap = 'role_map = [{ remote = "access", local = ["access"] }]';
  return `resource "teleport_trust" "leaf" {\n  root = "root"\n  leaf = "leaf"\n  ${roleMap}\n  ${more}\n}\n`;
}

async function resources({ terraform }: Acceptance) {
  return (await terraform.state()).values?.root_module.resources ?? [];
}

test("a create that was killed after it joined is in no state: plan and apply say that they take it over", async () => {
  await using acceptance = await Acceptance.start();
  acceptance.configure(trust());
  const join = { method: "/teleport.trust.v1.TrustService/UpsertTrustedCluster" };
  assertFailed(await cutShort(acceptance, join, killProvider));
  assert.deepEqual(await resources(acceptance), []);
  assert.equal(acceptance.lab.leaf().dump().trusted_clusters.length, 1);
  assert.equal(acceptance.lab.root.dump().tokens.length, 1, "what was killed could not remove its token");

  const { run, plan } = await acceptance.planned();
  assert.deepEqual(deedsOf(plan), { [address]: "create" });
  const continued = "leaf.lab already trusts root.lab, by the mark of this very trust: it is taken over, not made";
  assertSays(run, continued);
  assertSays(await acceptance.applied(), continued);
  await assertEmptyPlan(acceptance);
  assert.deepEqual(acceptance.lab.root.dump().tokens, []);
  assert.equal(acceptance.lab.issuedTokens.length, 1, "the leaf did not join again");
});

test("an update that was killed keeps the state of before, not tainted, and the next plan is what is left to do", async () => {
  await using acceptance = await Acceptance.start();
  await acceptance.configure(trust('labels = { env = "demo" }')).applied();
  acceptance.configure(trust('labels = { env = "prod" }\n enabled = false'));
  const disable = { method: "/teleport.trust.v1.TrustService/UpdateTrustedCluster" };
  assertFailed(await cutShort(acceptance, disable, killProvider));
  const [resource, ...others] = await resources(acceptance);
  assert.deepEqual(others, []);
  assert.equal((resource as { readonly tainted?: boolean } | undefined)?.tainted, undefined);
  assert.deepEqual([resource?.values.enabled, resource?.values.labels], [true, { env: "demo" }]);

  const { plan } = await acceptance.planned();
  assert.deepEqual(deedsOf(plan), { [address]: "update" });
  await acceptance.applied();
  await assertEmptyPlan(acceptance);
});

test("a destroy that was killed keeps the state, and the next one ends it", async () => {
  await using acceptance = await Acceptance.start();
  await acceptance.configure(trust()).applied();
  acceptance.configure("");
  const remove = { method: "/proto.AuthService/DeleteTrustedCluster" };
  assertFailed(await cutShort(acceptance, remove, killProvider));
  assert.equal((await resources(acceptance)).length, 1);
  await acceptance.applied();
  assert.deepEqual(await resources(acceptance), []);
  assert.deepEqual(acceptance.lab.root.dump().remote_clusters, []);
});
