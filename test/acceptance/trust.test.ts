// `teleport_trust` by real terraform: both sides, tunnel and labels, through every kind of change.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Acceptance } from "../support/acceptance";
import { editRemoteCluster, editTrustedCluster, leftovers, outside } from "../support/outside";
import {
  applyEmpty,
  applySettled,
  assertEmptyPlan,
  assertSays,
  assertSettled,
  changesOf,
  deeds,
  deedsOf,
} from "../support/plans";
import { assertErrors } from "../support/refusals";

const address = "teleport_trust.leaf";

/** A trust between `root` and `leaf`; what is given comes after, or in place of, the role map. */
function trust(more = "", roleMap = '[{ remote = "access", local = ["access"] }]'): string {
  return `resource "teleport_trust" "leaf" {
    root     = "root"
    leaf     = "leaf"
    role_map = ${roleMap}
    ${more}
  }\n`;
}

function labelsOf({ lab }: Acceptance): Readonly<Record<string, string>> | undefined {
  return lab.root.storage.get("remote_cluster", "leaf.lab")?.metadata?.labels;
}

function specOf({ lab }: Acceptance) {
  return lab.leaf().storage.get("trusted_cluster", "root.lab")?.spec;
}

test("a trust is made, changed in every way, corrected, imported and ended", async () => {
  await using acceptance = await Acceptance.start();
  const { root } = acceptance.lab;
  await applySettled(acceptance, trust('labels = { env = "demo", tier = "1" }'));
  assert.deepEqual(labelsOf(acceptance), { env: "demo", tier: "1" });
  assert.deepEqual(root.dump().tokens, []);
  const revision = specOf(acceptance)?.token;

  const several = trust(
    `labels = { env = "prod", team = "a" }
     enabled = true
     wait_for = "registered"
     token_ttl = "10m"
     timeouts = { create = "1m", update = "90s", delete = "1m" }`,
    '[{ remote = "^dev-(.*)$", local = ["$1"] }, { remote = "*", local = ["access", "auditor"] }]',
  );
  acceptance.configure(several);
  assert.deepEqual(await deeds(acceptance), { [address]: "update" });
  await applyEmpty(acceptance);
  assert.deepEqual(labelsOf(acceptance), { env: "prod", team: "a" });
  assert.equal(specOf(acceptance)?.token, revision, "the leaf did not join again");

  // Others' labels and their description are theirs; what they change of ours is seen and taken back.
  const others = { owner: "noc", env: "stolen" };
  await editRemoteCluster(root, "leaf.lab", { labels: others, description: "Rack 4" });
  await editTrustedCluster(acceptance.lab.leaf(), "root.lab", ({ spec }) => spec?.roleMap.pop());
  const { plan } = await acceptance.planned();
  assert.deepEqual(deedsOf(plan), { [address]: "update" });
  assert.deepEqual(Object.keys(changesOf(plan, address)).sort(), ["labels", "role_map"]);
  assert.equal(plan.resource_drift?.[0]?.address, address);
  await applyEmpty(acceptance);
  assert.deepEqual(labelsOf(acceptance), { owner: "noc", env: "prod", team: "a" });
  assert.equal(root.storage.get("remote_cluster", "leaf.lab")?.metadata?.description, "Rack 4");

  await acceptance.destroyed();
  assert.deepEqual(leftovers(acceptance.lab), []);
});

test("a trust is imported by command and by block, with an empty plan after it, and others' labels are released, not deleted", async () => {
  await using acceptance = await Acceptance.start();
  await acceptance.configure(trust('labels = { env = "demo" }')).applied();
  await acceptance.run(["state", "rm", address]);
  const imported = await acceptance.run(["import", "-no-color", address, "root/leaf"]);
  assert.equal(imported.code, 0, imported.output);
  await assertSettled(acceptance);

  await acceptance.run(["state", "rm", address]);
  await editRemoteCluster(acceptance.lab.root, "leaf.lab", { labels: { owner: "noc" } });
  const block = `import {\n to = ${address}\n id = "root/leaf"\n}\n`;
  acceptance.configure(block + trust('labels = { env = "demo" }'));
  const { plan } = await acceptance.planned();
  assert.deepEqual(changesOf(plan, address), { labels: [{ env: "demo", owner: "noc" }, { env: "demo" }] });
  await applyEmpty(acceptance);
  assert.deepEqual(labelsOf(acceptance), { env: "demo", owner: "noc" });
  await acceptance.destroyed();
  assert.deepEqual(leftovers(acceptance.lab), []);
});

test("a disabled trust has no tunnel, an enabled one has it back, and somebody else's disabling is corrected", async () => {
  await using acceptance = await Acceptance.start();
  const { root } = acceptance.lab;
  await acceptance.configure(trust()).applied();
  await applyEmpty(acceptance, trust("enabled = false"));
  await root.offline("leaf.lab");
  await applyEmpty(acceptance, trust("enabled = true"));
  await root.online("leaf.lab");
  await editTrustedCluster(acceptance.lab.leaf(), "root.lab", ({ spec }) => {
    if (spec) spec.enabled = false;
  });
  const { plan } = await acceptance.planned();
  assert.deepEqual(changesOf(plan, address), { enabled: [false, true] });
  await applyEmpty(acceptance);
  assert.equal(acceptance.lab.issuedTokens.length, 1, "nothing of this needed a second token");
});

test("addresses that are given are used, and another one joins anew in place, with a warning", async () => {
  await using acceptance = await Acceptance.start();
  const { proxy, tunnel } = acceptance.lab.root.addresses;
  await applyEmpty(acceptance, trust(`web_proxy_addr = "${proxy}"`));
  assert.equal(specOf(acceptance)?.webProxyAddr, proxy);
  const other = `localhost:${proxy.split(":")[1]}`;
  acceptance.configure(trust(`web_proxy_addr = "${other}"\n tunnel_addr = "${tunnel}"`));
  const { run, plan } = await acceptance.planned();
  assert.deepEqual(deedsOf(plan), { [address]: "update" });
  assertSays(run, "a change of `web_proxy_addr` makes the leaf join anew: its tunnel is down meanwhile");
  await applyEmpty(acceptance);
  assert.equal(specOf(acceptance)?.webProxyAddr, other);
  assert.equal(specOf(acceptance)?.tunnelAddr, tunnel);
  assert.equal(acceptance.lab.issuedTokens.length, 2);
  // What is no longer said stays as it is: the leaf has joined by it.
  await applyEmpty(acceptance, trust());
});

test("a half trust is repaired in place, whichever side is missing, and the plan names it", async () => {
  await using acceptance = await Acceptance.start();
  const { root } = acceptance.lab;
  const leaf = acceptance.lab.leaf();
  await acceptance.configure(trust('labels = { env = "demo" }')).applied();
  await editRemoteCluster(root, "leaf.lab", { labels: { owner: "noc" } });
  const missing = {
    'the trusted cluster "root.lab" on the leaf leaf.lab': () =>
      outside(leaf, ({ auth }) => auth.deleteTrustedCluster({ name: "root.lab" })),
    'the remote cluster "leaf.lab" on the root root.lab': () =>
      outside(root, ({ presence }) => presence.deleteRemoteCluster({ name: "leaf.lab" })),
  };
  for (const [side, remove] of Object.entries(missing)) {
    const owned = labelsOf(acceptance);
    await remove();
    const { run, plan } = await acceptance.planned();
    assert.deepEqual(deedsOf(plan), { [address]: "update" });
    assert.deepEqual(changesOf(plan, address).joined, [false, true]);
    assertSays(run, `${side} is missing: nobody can reach the leaf through the root until this is applied`);
    assertSays(run, "labels that others put on the leaf are kept. [TRUST_HALF]");
    await applyEmpty(acceptance);
    if (side.startsWith("the trusted")) assert.deepEqual(labelsOf(acceptance), owned, "others' labels are put back");
  }
  await outside(leaf, ({ auth }) => auth.deleteTrustedCluster({ name: "root.lab" }));
  await outside(root, ({ presence }) => presence.deleteRemoteCluster({ name: "leaf.lab" }));
  assert.deepEqual(
    await deeds(acceptance),
    { [address]: "create" },
    "a trust of which nothing is left has left the state",
  );
  await applyEmpty(acceptance);
});

test("renaming keys of `clusters`, the resource or its module changes nothing on the clusters", async () => {
  await using acceptance = await Acceptance.start();
  const { root } = acceptance.lab;
  const leaf = acceptance.lab.leaf();
  await acceptance.configure(trust('labels = { env = "demo" }')).applied();
  const seen = () => JSON.stringify([leaf.dump().trusted_clusters, labelsOf(acceptance), acceptance.lab.issuedTokens]);
  const before = seen();
  const renamed = trust('labels = { env = "demo" }').replace('"root"', '"hq"').replace('"leaf"\n', '"branch"\n');
  const clusters = [
    { key: "hq", cluster: root },
    { key: "branch", cluster: leaf },
  ];
  acceptance.configure(renamed, clusters);
  const { plan } = await acceptance.planned();
  assert.deepEqual(changesOf(plan, address), { root: ["root", "hq"], leaf: ["leaf", "branch"] });
  await acceptance.applied();
  await assertEmptyPlan(acceptance);
  const moved = `moved {\n from = ${address}\n to = module.trusts.teleport_trust.branch\n}\n`;
  const required =
    'terraform {\n required_providers {\n teleport = { source = "registry.terraform.io/teleport-trust/teleport" }\n }\n}\n';
  acceptance.terraform.write({ "trusts/main.tf": required + renamed.replace('"leaf" {', '"branch" {') });
  acceptance.configure(`module "trusts" { source = "./trusts" }\n${moved}`, clusters);
  assert.equal((await acceptance.run(["init", "-no-color"])).code, 0);
  assert.deepEqual(await deeds(acceptance), {});
  await acceptance.applied();
  await assertEmptyPlan(acceptance);
  assert.equal(seen(), before);
});

test("another real leaf under the same key is another trust: the plan replaces while both can be told apart", async () => {
  await using acceptance = await Acceptance.start({ leaves: [{ name: "one.lab" }, { name: "two.lab" }] });
  const [one, two] = acceptance.lab.leaves;
  assert(one && two);
  const clusters = (leaf: typeof one) => [
    { key: "root", cluster: acceptance.lab.root },
    { key: "leaf", cluster: leaf },
  ];
  await acceptance.configure(trust('wait_for = "registered"'), clusters(one)).applied();
  acceptance.configure(trust('wait_for = "registered"'), clusters(two));
  const refused = await acceptance.apply();
  assert.equal(refused.code, 1, refused.output);
  assertSays(refused, 'is the cluster "two.lab", but this trust is about "one.lab"');
  acceptance.configure(trust('wait_for = "registered"').replace('"leaf"\n', '"other"\n'), [
    ...clusters(one),
    { key: "other", cluster: two },
  ]);
  assert.deepEqual(await deeds(acceptance), { [address]: "delete then create" });
  await applyEmpty(acceptance);
  assert.deepEqual(one.dump().trusted_clusters, []);
  assert.equal(two.dump().trusted_clusters.length, 1);
});

for (const waitFor of ["registered", "none"]) {
  test(`with wait_for = "${waitFor}" a leaf whose tunnel cannot be built is joined all the same`, async () => {
    await using acceptance = await Acceptance.start();
    acceptance.lab.leaf().link("tunnel").cut();
    await applySettled(acceptance, trust(`wait_for = "${waitFor}"`));
    const found = acceptance.lab.root.storage.get("remote_cluster", "leaf.lab");
    assert.notEqual(found?.status?.connection, "online");
  });
}

test("a leaf that does not come online in time is an error that says how to go on, and the next apply goes on", async () => {
  await using acceptance = await Acceptance.start();
  const tunnel = acceptance.lab.leaf().link("tunnel");
  tunnel.cut();
  acceptance.configure(trust('timeouts = { create = "3s" }'));
  const failed = await acceptance.apply();
  assert.equal(failed.code, 1, failed.output);
  assertSays(failed, "the leaf leaf.lab joined root.lab, but is not online there after");
  assertSays(failed, "`terraform untaint 'ADDRESS'`, ADDRESS as shown above");
  tunnel.restore();
  assert.equal((await acceptance.run(["untaint", address])).code, 0);
  await applyEmpty(acceptance);
  assert.equal(acceptance.lab.issuedTokens.length, 1);
});

test("a label without a key is refused before anything is asked", async () => {
  await using acceptance = await Acceptance.start();
  acceptance.configure(trust('labels = { "" = "demo" }'));
  const detail = 'At labels[""]. Give it a key, such as `env`, or remove it. [TRUST_LABELS]';
  assertErrors(await acceptance.plan(), { summary: "a label has no key", with: address, detail });
  assert.deepEqual(acceptance.lab.calls.calls, []);
});
