// The data sources by real terraform: what a root says of itself and of its leaves, before and after they join, and while a link is down.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Acceptance, guideTrust } from "../support/acceptance";
import { editRemoteCluster } from "../support/outside";
import { applyEmpty, applySettled, assertEmptyPlan, deeds } from "../support/plans";

async function outputs(acceptance: Acceptance): Promise<Record<string, unknown>> {
  const { stdout } = await acceptance.run(["output", "-json"]);
  const values = JSON.parse(stdout) as Record<string, { readonly value: unknown }>;
  return Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
}

test("teleport_cluster tells name, version, addresses and pins, so that a leaf can be joined by them", async () => {
  await using acceptance = await Acceptance.start({ root: { teleportVersion: "17.4.2" } });
  const { root } = acceptance.lab;
  await applyEmpty(
    acceptance,
    `data "teleport_cluster" "root" { cluster = "root" }
     output "root" { value = data.teleport_cluster.root }`,
  );
  assert.deepEqual((await outputs(acceptance)).root, {
    cluster: "root",
    id: "root.lab",
    name: "root.lab",
    version: "17.4.2",
    edition: "oss",
    web_proxy_addr: root.addresses.proxy,
    ssh_proxy_addr: root.addresses.proxy,
    tunnel_addr: root.addresses.proxy,
    tls_routing: true,
    ca_pins: root.caPins,
  });
});

test("teleport_remote_clusters lists the leaves with labels, description and status, and shows what comes and goes", async () => {
  await using acceptance = await Acceptance.start({ leaves: [{ name: "b.lab" }, { name: "a.lab" }] });
  const { root } = acceptance.lab;
  const list = `data "teleport_remote_clusters" "all" {
    cluster    = "root"
    depends_on = [teleport_trust.leaf]
  }
  output "leaves" {
    value = [for leaf in data.teleport_remote_clusters.all.remote_clusters : merge(leaf, { last_heartbeat = leaf.last_heartbeat != null })]
  }
  output "id" { value = data.teleport_remote_clusters.all.id }\n`;
  const each = `resource "teleport_trust" "leaf" {
    for_each = { leaf1 = { name = "b" }, leaf2 = { name = "a", tier = "1" } }
    root     = "root"
    leaf     = each.key
    role_map = [{ remote = "access", local = ["access"] }]
    labels   = each.value
  }\n`;
  await applySettled(acceptance, each + list);
  const leaf = (name: string, labels: Record<string, string>) => ({
    name: `${name}.lab`,
    labels,
    description: "",
    status: "online",
    last_heartbeat: true,
  });
  const expected = [leaf("a", { name: "a", tier: "1" }), leaf("b", { name: "b" })];
  assert.deepEqual(await outputs(acceptance), { leaves: expected, id: "root.lab" });

  await editRemoteCluster(root, "a.lab", { labels: { owner: "noc" }, description: "Rack 4" });
  acceptance.lab.leaf("b.lab").link("tunnel").cut();
  await root.offline("b.lab");
  await acceptance.applied();
  assert.deepEqual((await outputs(acceptance)).leaves, [
    { ...leaf("a", { name: "a", tier: "1", owner: "noc" }), description: "Rack 4" },
    { ...leaf("b", { name: "b" }), status: "offline" },
  ]);
  await assertEmptyPlan(acceptance);
});

test("a data source that waits for what the same apply makes is read in apply", async () => {
  await using acceptance = await Acceptance.start();
  acceptance.configure(`${guideTrust}
    data "teleport_remote_clusters" "all" { cluster = split("/", teleport_trust.leaf.id)[0] == "root.lab" ? "root" : "none" }
    output "names" { value = data.teleport_remote_clusters.all.remote_clusters[*].name }`);
  assert.deepEqual(await deeds(acceptance), {
    "teleport_trust.leaf": "create",
    "data.teleport_remote_clusters.all": "read",
  });
  await acceptance.applied();
  await assertEmptyPlan(acceptance);
  assert.deepEqual((await outputs(acceptance)).names, ["leaf.lab"]);
});
