// `teleport_rotating_token` and its ephemeral twin by real terraform, as a scheduled pipeline runs them, with the clock moved.
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Lab } from "../../lab";
import { Acceptance } from "../support/acceptance";
import { botOf, labClients, trustedCluster } from "../support/lab-clients";
import { outside } from "../support/outside";
import { applySettled, assertEmptyPlan, assertRefused, assertSays, changesOf, deeds } from "../support/plans";

const hour = 3_600_000;

const rotating = (change = "") => `
resource "teleport_rotating_token" "partner" {
  cluster      = "root"
  name         = "partner"
  ttl          = "6h"
  rotate_after = "2h"
  overlap      = "1h"
${change}
}
`;

/** Hands each generation over to a secret store, which is a file here. */
const handOver = `
ephemeral "teleport_rotating_token" "partner" {
  cluster    = teleport_rotating_token.partner.cluster
  name       = teleport_rotating_token.partner.name
  generation = teleport_rotating_token.partner.generation
  overlap    = teleport_rotating_token.partner.overlap
}

resource "terraform_data" "handed_over" {
  triggers_replace = teleport_rotating_token.partner.generation

  provisioner "local-exec" {
    command     = "umask 077 && printenv INVITATION > partner.token"
    environment = { INVITATION = ephemeral.teleport_rotating_token.partner.token }
  }
}
`;

const address = "teleport_rotating_token.partner";

/** The tokens that the root accepts now, the newest last. */
function accepted({ lab }: Acceptance): string[] {
  return lab.root.storage.list("token").map(({ metadata }) => metadata?.name ?? "");
}

const handedOver = ({ terraform }: Acceptance) => terraform.read("partner.token").trim();

test("a pipeline rotates on time, late and after missed runs; each value is handed over, and the one before is accepted meanwhile", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  await applySettled(acceptance, `${rotating()}${handOver}`);
  const first = handedOver(acceptance);
  assert.deepEqual(accepted(acceptance), [first]);

  await acceptance.moveClock(1.9 * hour);
  await assertEmptyPlan(acceptance);
  await acceptance.moveClock(0.2 * hour);
  const { plan, run } = await acceptance.planned();
  assertSays(run, 'Warning: the rotating token "partner" gets a new generation: generation 1 is due since');
  assertSays(run, "it is older than 2h0m0s");
  assertSays(run, "the next rotation is due at");
  const { generation, pending } = changesOf(plan, address);
  assert.deepEqual(generation, [1, "(unknown)"]);
  assert.match(String(pending?.[0]), /^rotation: generation 1 is due since .*: it is older than 2h0m0s$/);
  assert.deepEqual(await deeds(acceptance), {
    [address]: "update",
    "terraform_data.handed_over": "delete then create",
  });
  await acceptance.applied();
  const second = handedOver(acceptance);
  assert.notEqual(second, first);
  assert.deepEqual(accepted(acceptance), [first, second]);
  await assertEmptyPlan(acceptance);

  await acceptance.moveClock(1.1 * hour);
  assert.deepEqual(accepted(acceptance), [second], "the overlap ended by itself, no run was needed");
  await assertEmptyPlan(acceptance);

  await acceptance.moveClock(500 * hour);
  assert.deepEqual(accepted(acceptance), []);
  assertSays(await acceptance.applied(), "gets a new generation: generation 2 expired at");
  assert.deepEqual(accepted(acceptance), [handedOver(acceptance)]);
  assert.match(handedOver(acceptance), /^tt-[0-9a-f]{8}-3-/);
  await assertEmptyPlan(acceptance);
  await acceptance.destroyed();
  assert.deepEqual(accepted(acceptance), []);
});

/** Lets the leaf join as its owner does who was handed an invitation. */
async function join(lab: Lab, invitation: string): Promise<void> {
  const clients = labClients(lab.leaf(), { tls: botOf(lab.leaf()) });
  try {
    await clients.trust.upsertTrustedCluster({ trustedCluster: trustedCluster(lab.root, invitation) });
  } finally {
    clients.close();
  }
}

test("a leaf joins with the value that it was handed, also the one before, within the overlap and not later", async () => {
  await using acceptance = await Acceptance.start();
  const { lab } = acceptance;
  const { root } = lab;
  await applySettled(acceptance, `${rotating('  labels       = { partner = "acme" }')}${handOver}`);
  const first = handedOver(acceptance);
  await acceptance.moveClock(2.5 * hour);
  await acceptance.applied();
  assert.notEqual(handedOver(acceptance), first);
  await join(lab, first);
  assert.deepEqual({ ...root.storage.get("remote_cluster", "leaf.lab")?.metadata?.labels }, { partner: "acme" });

  await outside(lab.leaf(), ({ auth }) => auth.deleteTrustedCluster({ name: root.name }));
  await outside(root, ({ presence }) => presence.deleteRemoteCluster({ name: "leaf.lab" }));
  await acceptance.moveClock(1.1 * hour);
  await assert.rejects(join(lab, first), /the cluster token has been rejected/, "its overlap is over");
  await join(lab, handedOver(acceptance));
});

test("in many steps of the clock the plan is empty until each date, and each run after a date makes one generation", async () => {
  await using acceptance = await Acceptance.start({ leaves: [], withoutAuthorities: ["db"] });
  await acceptance.configure(rotating()).applied();
  for (let generation = 1; generation <= 4; generation++) {
    for (const step of [0.1, 0.95, 0.94]) {
      await acceptance.moveClock(step * hour);
      await assertEmptyPlan(acceptance);
      assert.equal(accepted(acceptance).length, generation > 1 && step === 0.1 ? 2 : 1);
    }
    await acceptance.moveClock(0.02 * hour);
    const { plan } = await acceptance.planned();
    assert.deepEqual(changesOf(plan, address).generation, [generation, "(unknown)"]);
    await acceptance.applied();
    assert.equal(accepted(acceptance).length, 2);
  }
});

test("a value that ends before the overlap is not handed out; a plan without refresh says what to do", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  await applySettled(acceptance, `${rotating()}${handOver}`);
  await acceptance.moveClock(5.5 * hour);
  assertRefused(
    await acceptance.plan({}).then(() => acceptance.run(["plan", "-no-color", "-input=false", "-refresh=false"])),
    'Error: generation 1 of the rotating token "partner"',
    "with less than 1h0m0s left",
    "Apply first, with a refresh: that makes a new generation.",
    "[ROTATION_APPLY_FIRST]",
  );
  assertSays(await acceptance.applied(), "generation 1 is due since");
  await assertEmptyPlan(acceptance);
});

test("arguments that cannot hold are refused at validate; an import finds the token by its prefix, and its rules", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  acceptance.configure(rotating().replace('"6h"', '"2h"'));
  assertRefused(
    await acceptance.run(["validate", "-no-color"]),
    "Error: a generation that lives for 2h0m0s cannot be rotated after 2h0m0s and accepted for 1h0m0s more",
    "Give it at least 3h0m0s; more lets runs be missed. [ROTATION_ARGUMENT]",
  );
  await applySettled(acceptance, rotating());
  assert.equal((await acceptance.run(["state", "rm", address])).code, 0);
  const imported = await acceptance.run(["import", "-no-color", address, "root/partner"]);
  assert.equal(imported.code, 0, imported.output);
  await assertEmptyPlan(acceptance);
  acceptance.configure(rotating().replace('"2h"', '"90m"'));
  const { plan } = await acceptance.planned();
  assert.deepEqual(changesOf(plan, address).generation, [1, "(unknown)"], "stricter rules may rotate");
  await acceptance.applied();
  await assertEmptyPlan(acceptance);
  assert.equal(accepted(acceptance).length, 1, "but here they did not");
  assertRefused(
    await acceptance.run(["import", "-no-color", address, "a/b/c"]),
    'Error: "a/b/c" is no import id of a rotating token',
    "Write `<cluster>/<name>`, the cluster as a key of the provider's `clusters`, such as `root/leaf`; or `<name>` alone for the default connection. [RELATION_IMPORT_ID]",
  );
  await acceptance.destroyed();
});
