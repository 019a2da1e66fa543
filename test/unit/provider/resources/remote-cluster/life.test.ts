import assert from "node:assert/strict";
import { test } from "node:test";

import { RemoteClusterV3 } from "../../../../../provider/cluster";
import { relation } from "../../../../../provider/framework";
import { remoteCluster } from "../../../../../provider/resources/remote-cluster";
import { maxSettles } from "../../../../../provider/resources/remote-cluster/next";
import { MiniTerraform } from "../../../../support/mini-terraform";
import { Killed } from "../../../../support/trust/fake-cluster";
import { Federation } from "../../../../support/trust/federation";

const resource = relation(remoteCluster);
const labels = (of: Record<string, string>) => new Map(Object.entries(of));
const plain = { cluster: "root", name: "leaf.lab", labels: labels({ env: "demo" }), description: "The leaf" };

function setUp(joined: Record<string, string> | "not joined" = { team: "a" }) {
  const federation = new Federation();
  const { root } = federation;
  if (joined !== "not joined") root.register("leaf.lab", "1", joined);
  const found = () => root.remoteClusters.get("leaf.lab");
  return {
    federation,
    root,
    terraform: new MiniTerraform(resource, () => federation.context),
    labels: () => found()?.metadata?.labels,
    description: () => found()?.metadata?.description,
    put: (change: Partial<RemoteClusterV3["metadata"] & object>) => {
      const before = found();
      root.remoteClusters.set(
        "leaf.lab",
        RemoteClusterV3.fromPartial({ ...before, metadata: { ...before?.metadata, ...change } }),
      );
    },
  };
}

test("own labels and the description are set in one write; others' labels stay, and outlive the resource's own", async () => {
  const leaf = setUp();
  assert.deepEqual(await leaf.terraform.apply(plain), { action: "create", problems: [] });
  assert.deepEqual(leaf.federation.writes, ["root: update remote cluster"]);
  assert.deepEqual([leaf.labels(), leaf.description()], [{ team: "a", env: "demo" }, "The leaf"]);
  assert.equal(leaf.terraform.state?.id, "root.lab/leaf.lab");
  assert(await leaf.terraform.isSettled(plain));

  const changed = { ...plain, labels: labels({ tier: "1" }), description: null };
  assert.equal((await leaf.terraform.apply(changed)).action, "update");
  assert.deepEqual([leaf.labels(), leaf.description()], [{ team: "a", tier: "1" }, ""]);
  assert(await leaf.terraform.isSettled(changed));
});

test("what others change of own labels is seen and corrected; what they add is not looked at", async () => {
  const leaf = setUp();
  await leaf.terraform.apply(plain);
  leaf.put({ labels: { env: "prod", other: "x" }, description: "Somebody's" });
  await leaf.terraform.refresh();
  assert.deepEqual(
    [leaf.terraform.state?.labels, leaf.terraform.state?.description],
    [labels({ env: "prod" }), "Somebody's"],
  );
  await leaf.terraform.apply(plain);
  assert.deepEqual([leaf.labels(), leaf.description()], [{ env: "demo", other: "x" }, "The leaf"]);
});

test("a create waits until the leaf has joined, labels it, then waits until it is online", async () => {
  const leaf = setUp("not joined");
  let looks = 0;
  leaf.root.before = (call) => {
    if (call !== "get remote cluster") return;
    looks++;
    if (looks === 6) leaf.root.register("leaf.lab", "1");
    const found = leaf.root.remoteClusters.get("leaf.lab");
    if (looks === 14 && found?.status) found.status.connection = "online";
  };
  const online = { ...plain, wait_for: "online" };
  assert.deepEqual((await leaf.terraform.apply(online)).problems, []);
  assert(looks >= 14);
  assert.deepEqual(leaf.labels(), { env: "demo" });
  assert(await leaf.terraform.isSettled(online));
});

test("a leaf that never joins is told when the time is over, and nothing is stored", async () => {
  const leaf = setUp("not joined");
  assert.deepEqual((await leaf.terraform.apply(plain)).problems, [
    'error REMOTE_CLUSTER_NOT_REGISTERED no leaf "leaf.lab" has joined root.lab after 5m0s',
  ]);
  assert.equal(leaf.terraform.state, null);
  assert.deepEqual((await leaf.terraform.apply({ ...plain, wait_for: "none" })).problems, [
    'error REMOTE_CLUSTER_NOT_REGISTERED no leaf "leaf.lab" has joined root.lab',
  ]);
  assert.deepEqual(leaf.federation.writes, []);
});

test("a leaf that stays offline is told, labelled, and not stored: a tainted state would be destroyed first", async () => {
  const leaf = setUp();
  const { problems } = await leaf.terraform.apply({ ...plain, wait_for: "online" });
  assert.deepEqual(problems, [
    'error REMOTE_CLUSTER_NOT_ONLINE the leaf "leaf.lab" is not online on root.lab after 5m0s',
  ]);
  assert.equal(leaf.terraform.state, null);
  assert.deepEqual(leaf.labels(), { team: "a", env: "demo" });
});

test("a labelled leaf and an identity without cluster_labels: hidden is never gone", async () => {
  const leaf = setUp();
  await leaf.terraform.apply(plain);
  const { state } = leaf.terraform;
  leaf.root.identityRoles = [{ allow: {}, deny: {} }];
  const hidden =
    'the remote cluster "leaf.lab" is hidden from the identity for cluster "root" (root.lab:443), or does not exist: with the roles "terraform" it cannot tell, and the label env=demo would hide it from them';
  const says = ({ code, what }: { code: string; what: string }) => code === "TRUST_NOT_VISIBLE" && what === hidden;
  await assert.rejects(leaf.terraform.refresh(), says);
  assert.equal(leaf.terraform.state, state, "the state is kept");
  assert(state);
  const problems = await resource.delete({ prior: state }, leaf.federation.context);
  assert.deepEqual(
    problems?.map(({ what }) => what),
    [hidden],
  );
  const fresh = new MiniTerraform(resource, () => leaf.federation.context);
  assert.deepEqual((await fresh.apply(plain)).problems, [`error TRUST_NOT_VISIBLE ${hidden}`]);
  assert(leaf.root.remoteClusters.has("leaf.lab"));
});

test("labels that would hide the leaf from the identity are refused before they are set", async () => {
  const leaf = setUp({});
  leaf.root.identityRoles = [{ allow: {}, deny: {} }];
  assert.deepEqual((await leaf.terraform.apply(plain)).problems, [
    'error TRUST_LABELS_HIDE the identity for cluster "root" (root.lab:443) would lose sight of the leaf leaf.lab once it carries env=demo',
  ]);
  assert.deepEqual(leaf.federation.writes, []);
});

test("a leaf that is gone leaves the state; a destroy of it succeeds", async () => {
  const leaf = setUp();
  await leaf.terraform.apply(plain);
  const { state } = leaf.terraform;
  leaf.root.remoteClusters.clear();
  await leaf.terraform.refresh();
  assert.equal(leaf.terraform.state, null);
  assert(state);
  assert.deepEqual(await resource.delete({ prior: state }, leaf.federation.context), []);
});

test("a destroy removes the leaf from the root, or leaves it as it is", async () => {
  const leaf = setUp();
  await leaf.terraform.apply(plain);
  assert.deepEqual(await leaf.terraform.destroy(), []);
  assert.equal(leaf.root.remoteClusters.size, 0);
  const kept = setUp();
  await kept.terraform.apply({ ...plain, keep_on_destroy: true });
  kept.federation.calls.length = 0;
  assert.deepEqual(await kept.terraform.destroy(), [
    'warning REMOTE_CLUSTER_LEFT the leaf "leaf.lab" stays on root.lab as it is, as `keep_on_destroy` asks for',
  ]);
  assert.deepEqual(kept.labels(), { team: "a", env: "demo" });
  assert.deepEqual(kept.federation.writes, []);
});

test("an import takes all labels; those that the configuration does not name are released, not removed", async () => {
  const leaf = setUp({ team: "a", env: "demo" });
  leaf.put({ description: "By hand" });
  await leaf.terraform.import("root/leaf.lab");
  const { labels: all, description, wait_for, keep_on_destroy } = leaf.terraform.state ?? {};
  assert.deepEqual(
    [all, description, wait_for, keep_on_destroy],
    [labels({ env: "demo", team: "a" }), "By hand", "registered", false],
  );
  const whole = { ...plain, labels: labels({ team: "a", env: "demo" }), description: "By hand" };
  assert(await leaf.terraform.isSettled(whole));
  const less = { ...plain, labels: labels({ env: "demo" }), description: null };
  assert.equal((await leaf.terraform.apply(less)).action, "update");
  assert.deepEqual(leaf.federation.writes, []);
  assert.deepEqual([leaf.labels(), leaf.description()], [{ team: "a", env: "demo" }, "By hand"]);
  assert(await leaf.terraform.isSettled(less));
  await leaf.terraform.apply({ ...plain, labels: null, description: null });
  assert.deepEqual(leaf.labels(), { team: "a" }, "after the first apply, own labels that go are removed");
});

for (const id of ["", "/leaf", "root/", "a/b/c"]) {
  test(`${JSON.stringify(id)} is no import id`, async () => {
    await assert.rejects(setUp().terraform.import(id), ({ code, what }: { code: string; what: string }) => {
      return code === "RELATION_IMPORT_ID" && what === `${JSON.stringify(id)} is no import id of a remote cluster`;
    });
  });
}

test("two resources of one process that label one leaf do not lose each other's labels", async () => {
  const leaf = setUp({});
  const { context } = leaf.federation;
  const keys = Array.from({ length: 8 }, (_, i) => `k${i}`);
  const applies = keys.map((key) =>
    new MiniTerraform(resource, () => context).apply({ ...plain, labels: labels({ [key]: "1" }) }),
  );
  await Promise.all(applies);
  assert.deepEqual(Object.keys(leaf.labels() ?? {}).toSorted(), keys);
});

test("a root that never shows what it answered with success is reported", async () => {
  const leaf = setUp();
  const stale = leaf.root.remoteClusters.get("leaf.lab") as RemoteClusterV3;
  leaf.root.after = (call) => {
    if (call === "update remote cluster") leaf.root.remoteClusters.set("leaf.lab", stale);
  };
  const { problems } = await leaf.terraform.apply(plain);
  assert.deepEqual(problems, [
    'error REMOTE_CLUSTER_NOT_SETTLED root.lab does not show the effect of a step on "leaf.lab" that it answered with success: set labels and description of the remote cluster',
  ]);
  assert.equal(leaf.federation.writes.length, 1);
  assert(maxSettles > 0);
});

test("a call that was killed anywhere is continued by the next one", async () => {
  for (const what of ["create", "update", "destroy"] as const) {
    for (let killAt = 1; ; killAt++) {
      const leaf = setUp();
      if (what !== "create") await leaf.terraform.apply(plain);
      let calls = 0;
      leaf.root.after = () => {
        if (++calls === killAt) throw new Killed();
      };
      const wanted = what === "create" ? plain : { ...plain, labels: labels({ tier: "1" }) };
      const before = leaf.terraform.state;
      const work = () => (what === "destroy" ? leaf.terraform.destroy() : leaf.terraform.apply(wanted));
      await work().catch((error: unknown) => assert(error instanceof Killed));
      leaf.root.after = () => {};
      if (calls < killAt) break;
      leaf.terraform.state = before;
      if (what === "destroy") {
        await leaf.terraform.destroy();
        assert.equal(leaf.root.remoteClusters.size, 0, `destroy, killed after call ${killAt}`);
      } else {
        await leaf.terraform.apply(wanted);
        assert(await leaf.terraform.isSettled(wanted), `${what}, killed after call ${killAt}`);
        assert.equal(leaf.labels()?.team, "a");
      }
    }
  }
});
