// What an import finds of a token's rules: `ttl`, `rotate_after`, `overlap`, labels and expiry, and what the first plan after it does.
import assert from "node:assert/strict";
import { test } from "node:test";

import { tokenId } from "../../trust";
import { Acceptance } from "../support/acceptance";
import { outside } from "../support/outside";
import { applySettled, assertEmptyPlan, assertSettled, changesOf, deeds, deedsOf } from "../support/plans";

const hour = 3_600_000;

async function importAs(acceptance: Acceptance, address: string, id: string): Promise<void> {
  await acceptance.run(["state", "rm", address]);
  const run = await acceptance.run(["import", "-no-color", "-input=false", address, id]);
  assert.equal(run.code, 0, run.output);
}

/** The writing calls that the root has answered. */
function writes({ lab }: Acceptance): string[] {
  const reading = /(Get|List|Ping)/;
  return lab.calls.calls.map(({ method }) => method.split("/").at(-1) ?? "").filter((name) => !reading.test(name));
}

const rotating = (terms: string) => `
resource "teleport_rotating_token" "it" {
  cluster = "root"
  name    = "partner"
  ${terms}
}
`;
const rotatingAddress = "teleport_rotating_token.it";

test("an import of a rotating token finds its rules and labels: the plan is empty, whatever they are", async () => {
  const rules = [
    "",
    'ttl = "6h"\n rotate_after = "2h"\n overlap = "1h"',
    'ttl = "360m"\n rotate_after = "2h0m0s"\n overlap = "3600s"\n labels = { env = "demo", team = "a b" }',
  ];
  for (const terms of rules) {
    await using acceptance = await Acceptance.start({ leaves: [] });
    await applySettled(acceptance, rotating(terms));
    await importAs(acceptance, rotatingAddress, "root/partner");
    await assertEmptyPlan(acceptance);
    await assertSettled(acceptance);
  }
});

test("an import while two generations live takes the newest one's rules, and the older one goes when its time is over", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const old = 'ttl = "6h"\n rotate_after = "2h"\n overlap = "1h"\n labels = { env = "old" }';
  await applySettled(acceptance, rotating(old));
  await acceptance.moveClock(3.1 * hour);
  const rules = 'ttl = "9h"\n rotate_after = "3h"\n overlap = "2h"\n labels = { env = "new" }';
  acceptance.configure(rotating(rules));
  await acceptance.applied();
  assert.equal(acceptance.lab.root.storage.list("token").length, 2);
  await importAs(acceptance, rotatingAddress, "root/partner");
  await assertEmptyPlan(acceptance);
  assert.equal(acceptance.lab.root.storage.list("token").length, 2);
});

test("rules that changed since the newest generation are the configuration's after an import: one change, which rotates nothing", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  await applySettled(acceptance, rotating('ttl = "6h"\n rotate_after = "2h"\n overlap = "1h"'));
  await applySettled(acceptance, rotating('ttl = "9h"\n rotate_after = "3h"\n overlap = "1h"'));
  await importAs(acceptance, rotatingAddress, "root/partner");
  const { plan } = await acceptance.planned();
  const { ttl, rotate_after, generation, ...rest } = changesOf(plan, rotatingAddress);
  assert.deepEqual([ttl, rotate_after, generation], [["6h", "9h"], ["2h", "3h"], undefined]);
  assert.deepEqual(Object.keys(rest).sort(), ["expires", "rotates"]);
  const before = acceptance.lab.root.storage.list("token").map(({ metadata }) => metadata?.name);
  await acceptance.applied();
  assert.deepEqual(
    acceptance.lab.root.storage.list("token").map(({ metadata }) => metadata?.name),
    before,
  );
  await assertSettled(acceptance);
});

const token = (body: string, name = "t0p-s3cret") => `
resource "teleport_provision_token" "it" {
  cluster  = "root"
  version  = "v2"
  metadata = { name = "${name}" ${body.startsWith(",") ? body : ""} }
  spec     = { roles = ["Node"] }
  ${body.startsWith(",") ? "" : body}
}
`;
const tokenAddress = "teleport_provision_token.it";
const importId = `root/${tokenId("t0p-s3cret")}`;

test("an import of a token with a `ttl` keeps its end: the plan adds the `ttl` alone, and applying it calls nothing", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  await applySettled(acceptance, token('ttl = "2h"'));
  await acceptance.moveClock(hour);
  await importAs(acceptance, tokenAddress, importId);
  const { plan } = await acceptance.planned();
  assert.deepEqual(deedsOf(plan), { [tokenAddress]: "update" });
  assert.deepEqual(changesOf(plan, tokenAddress), { ttl: [null, "2h"] });
  const before = writes(acceptance);
  await acceptance.applied();
  assert.deepEqual(writes(acceptance), before, "the `ttl` is the state's affair");
  await assertSettled(acceptance);
  // From then on it counts as ever: another one counts from its apply.
  acceptance.configure(token('ttl = "3h"'));
  assert.deepEqual(await deeds(acceptance), { [tokenAddress]: "update" });
  await acceptance.applied();
  await assertSettled(acceptance);
});

test("an import finds a token's expiry and labels, but not those of the cluster: the plan is empty", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const end = new Date(Date.now() + 9 * hour).toISOString().replace(/\.\d+Z$/, "Z");
  for (const body of ["", `, expires = "${end}", labels = { env = "demo", team = "a b" }, description = "For nodes"`]) {
    await applySettled(acceptance, token(body));
    await outside(acceptance.lab.root, async ({ auth }) => {
      const [found] = acceptance.lab.root.storage.list("token");
      assert.ok(found?.metadata);
      found.metadata.labels["teleport.internal/made-by"] = "cluster";
      await auth.upsertTokenV2({ token: { case: "v2", value: found } });
    });
    await importAs(acceptance, tokenAddress, importId);
    await assertEmptyPlan(acceptance);
    await assertSettled(acceptance);
  }
});

test("an empty map in the configuration is one change after an import, since Terraform lets no plan have null there; applying it calls nothing", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  await applySettled(acceptance, token(", labels = {}") + rotating("labels = {}"));
  await importAs(acceptance, tokenAddress, importId);
  await importAs(acceptance, rotatingAddress, "root/partner");
  const { plan } = await acceptance.planned();
  assert.deepEqual(changesOf(plan, rotatingAddress), { labels: [null, {}] });
  assert.deepEqual(Object.keys(changesOf(plan, tokenAddress)), ["metadata"]);
  const before = writes(acceptance);
  await acceptance.applied();
  assert.deepEqual(writes(acceptance), before);
  await assertSettled(acceptance);
});

test("an import of a token that ends, under a configuration by which it never does, plans its end away and says so in the plan", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  await applySettled(acceptance, token('ttl = "2h"'));
  await importAs(acceptance, tokenAddress, importId);
  acceptance.configure(token(""));
  const { plan } = await acceptance.planned();
  assert.deepEqual(Object.keys(changesOf(plan, tokenAddress)), ["metadata"]);
  await acceptance.applied();
  assert.equal(acceptance.lab.root.storage.list("token")[0]?.metadata?.expires, undefined);
  await assertSettled(acceptance);
});
