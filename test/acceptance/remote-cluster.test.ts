// `teleport_remote_cluster` by real terraform: own labels of a leaf that joined by other means. Hidden is not gone.
import assert from "node:assert/strict";
import { test } from "node:test";

import { create } from "@bufbuild/protobuf";

import { StringValuesSchema } from "../../lab/gen/teleport/wrappers/wrappers_pb";
import { Acceptance } from "../support/acceptance";
import { joinLab } from "../support/lab-clients";
import { editRemoteCluster, editRole, outside } from "../support/outside";
import { applySettled, assertEmptyPlan, assertRefused, assertSays, assertSettled, changesOf } from "../support/plans";

const leafOf = (arguments_: string) => `
resource "teleport_remote_cluster" "leaf" {
  cluster = "root"
  name    = "leaf.lab"
${arguments_}
}
`;

async function joined(): Promise<Acceptance> {
  const acceptance = await Acceptance.start();
  await joinLab(acceptance.lab.root, acceptance.lab.leaf(), "invitation");
  return acceptance;
}

function seen({ lab }: Acceptance) {
  const { metadata } = lab.root.storage.get("remote_cluster", "leaf.lab") ?? {};
  return { labels: { ...metadata?.labels }, description: metadata?.description };
}

test("a leaf is labelled and described, corrected, imported and released, kept, and at last removed", async () => {
  await using acceptance = await joined();
  const { root } = acceptance.lab;
  await editRemoteCluster(root, "leaf.lab", { labels: { owner: "network" } });
  await applySettled(
    acceptance,
    leafOf(`  labels      = { env = "demo" }\n  description = "Demo"\n  wait_for    = "online"`),
  );
  assert.deepEqual(seen(acceptance), { labels: { owner: "network", env: "demo" }, description: "Demo" });

  const changed = leafOf(`  labels      = { env = "prod", tier = "1" }`);
  await applySettled(acceptance, changed);
  assert.deepEqual(seen(acceptance), { labels: { owner: "network", env: "prod", tier: "1" }, description: "" });

  await editRemoteCluster(root, "leaf.lab", { labels: { env: "lost", other: "x" } });
  const { plan } = await acceptance.planned();
  const change = changesOf(plan, "teleport_remote_cluster.leaf");
  assert.deepEqual(change, {
    labels: [
      { env: "lost", tier: "1" },
      { env: "prod", tier: "1" },
    ],
  });
  await acceptance.applied();

  assert.equal((await acceptance.run(["state", "rm", "teleport_remote_cluster.leaf"])).code, 0);
  const imported = await acceptance.run(["import", "-no-color", "teleport_remote_cluster.leaf", "root/leaf.lab"]);
  assert.equal(imported.code, 0, imported.output);
  await acceptance.applied();
  await assertSettled(acceptance);
  const all = { owner: "network", env: "prod", tier: "1", other: "x" };
  assert.deepEqual(seen(acceptance).labels, all, "what the configuration does not name was released, not removed");

  await applySettled(acceptance, leafOf(`  labels = { env = "prod" }\n  keep_on_destroy = true`));
  assertSays(
    await acceptance.destroyed(),
    'Warning: the leaf "leaf.lab" stays on root.lab as it is, as `keep_on_destroy` asks for',
  );
  assert.deepEqual(seen(acceptance).labels, { owner: "network", env: "prod", other: "x" });

  await applySettled(acceptance, leafOf(`  labels = { env = "prod" }`));
  await acceptance.destroyed();
  assert.deepEqual(root.dump().remote_clusters, []);
});

test("a create waits until somebody lets the leaf join, and labels it then", async () => {
  await using acceptance = await Acceptance.start();
  const { lab } = acceptance;
  acceptance.configure(leafOf(`  labels = { env = "demo" }`));
  const { run } = await acceptance.planned();
  assert.doesNotMatch(run.output, /Warning/, "a leaf that is still to join is no reason to worry");
  const method = "/teleport.presence.v1.PresenceService/GetRemoteCluster";
  // One look at plan, one at the beginning of the apply; the third is the first of the wait.
  const waiting = lab.calls.holdAnswerOf(3, { user: "bot", method });
  const applying = acceptance.applied();
  await Promise.race([waiting.reached, applying]);
  await joinLab(lab.root, lab.leaf(), "invitation");
  waiting.release();
  await applying;
  assert.deepEqual(seen(acceptance).labels, { env: "demo" });
  await assertEmptyPlan(acceptance);
});

test("a leaf that does not join in time is an error, and nothing is stored", async () => {
  await using acceptance = await Acceptance.start();
  acceptance.configure(leafOf(`  timeouts = { create = "2s" }`));
  assertRefused(
    await acceptance.apply(),
    'Error: no leaf "leaf.lab" has joined root.lab after 2s',
    "This resource labels a leaf that joins by other means: create its trusted cluster first (`teleport_trust` does both), or give it more time in `timeouts`. [REMOTE_CLUSTER_NOT_REGISTERED]",
  );
  acceptance.configure("");
  await assertEmptyPlan(acceptance);
});

test("a labelled leaf and an identity without cluster_labels: plan, apply and destroy say hidden, and never gone", async () => {
  await using acceptance = await joined();
  const { root } = acceptance.lab;
  const configuration = leafOf(`  labels = { env = "demo" }`);
  await applySettled(acceptance, configuration);
  const state = acceptance.terraform.read("terraform.tfstate");
  await editRole(root, "teleport-trust-iac", ({ spec }) => {
    assert(spec?.allow?.clusterLabels);
    spec.allow.clusterLabels.values = {};
  });
  for (const run of [await acceptance.plan(), await acceptance.apply(), await acceptance.destroy()]) {
    assertRefused(
      run,
      'or does not exist: with the roles "teleport-trust-iac" it cannot tell, and the label env=demo would hide it from them',
      "Give one of its roles `cluster_labels: {'*': '*'}` under `allow`, and no role of it any `cluster_labels` under `deny`. [TRUST_NOT_VISIBLE]",
    );
  }
  assert.equal(acceptance.terraform.read("terraform.tfstate"), state, "the state is kept");
  assert.deepEqual(seen(acceptance).labels, { env: "demo" });

  // The same for a leaf that has no label yet: the identity would be the first to lose sight of it.
  await editRole(root, "teleport-trust-iac", ({ spec }) => {
    assert(spec?.allow?.clusterLabels);
    spec.allow.clusterLabels.values = { env: create(StringValuesSchema, { values: ["demo"] }) };
  });
  acceptance.configure(leafOf(`  labels = { env = "prod" }`));
  assertSays(await acceptance.plan(), "would lose sight of the leaf leaf.lab once it carries env=prod yet");
  assertRefused(await acceptance.apply(), "would lose sight of the leaf leaf.lab once it carries env=prod");
  assert.deepEqual(seen(acceptance).labels, { env: "demo" });
});

test("a leaf that somebody removed is planned anew, and the create says what it waits for", async () => {
  await using acceptance = await joined();
  await applySettled(acceptance, leafOf(`  labels   = { env = "demo" }\n  wait_for = "none"`));
  await outside(acceptance.lab.root, ({ presence }) => presence.deleteRemoteCluster({ name: "leaf.lab" }));
  assertRefused(await acceptance.apply(), 'Error: no leaf "leaf.lab" has joined root.lab');
  await acceptance.destroyed();
});
