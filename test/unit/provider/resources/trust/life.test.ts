import assert from "node:assert/strict";
import { test } from "node:test";
import { TrustedClusterV2 } from "../../../../../provider/cluster";
import { newObject, type ObjectValue, Unknown } from "../../../../../provider/framework";
import { Problem } from "../../../../../trust";
import { Killed } from "../../../../support/trust/fake-cluster";
import { config, Federation, planned, resource } from "../../../../support/trust/federation";

function rows(remote: string, ...local: string[]) {
  return [Object.assign(newObject(), { remote, local })];
}

async function read(federation: Federation, state: ObjectValue) {
  const outcome = await resource.read({ state: { value: () => state, pick: () => state } }, federation.context);
  assert("state" in outcome);
  return outcome;
}

async function update(federation: Federation, prior: ObjectValue, change: Record<string, unknown>) {
  const request = { prior, planned: { ...prior, ...change, joined: true } as ObjectValue, config: config(change) };
  return resource.update(request, federation.context);
}

test("a create makes a token, joins, removes the token, labels the leaf and waits until it is online", async () => {
  const federation = new Federation();
  const state = await federation.create({ web_proxy_addr: Unknown, tunnel_addr: Unknown, id: Unknown });
  assert.deepEqual(federation.writes, [
    "root: create token",
    "leaf: upsert trusted cluster",
    "root: delete token",
    "root: update remote cluster",
  ]);
  federation.assertJoined();
  assert.deepEqual(
    { ...state },
    {
      id: "root.lab/leaf.lab",
      root: "root",
      leaf: "leaf",
      role_map: rows("access", "visitor"),
      enabled: true,
      labels: new Map([["env", "demo"]]),
      web_proxy_addr: "root.lab:443",
      tunnel_addr: "root.lab:3024",
      token_ttl: "5m",
      wait_for: "online",
      timeouts: null,
      joined: true,
    },
  );
  assert.equal(federation.root.remoteClusters.get("leaf.lab")?.status?.connection, "online");
});

test("the token lives as long as it is told to, has no labels, and is seen nowhere", async () => {
  const federation = new Federation();
  let ttlSeconds = 0n;
  federation.root.after = (call) => {
    if (call !== "create token") return;
    const [token] = federation.root.tokens.values();
    assert.deepEqual(token?.metadata?.labels, {});
    assert.deepEqual(token?.spec?.roles, ["Trusted_cluster"]);
    ttlSeconds = (token?.metadata?.expires?.seconds ?? 0n) - BigInt(federation.nowMs / 1000);
  };
  const state = await federation.create({ token_ttl: "90s" });
  assert.equal(ttlSeconds, 90n);
  const [issued = "none"] = federation.root.issued;
  assert.match(issued, /^tt-[0-9a-f]{8}-[0-9a-f]{32}$/);
  const shown = [JSON.stringify(state), Buffer.from(federation.memory.toBytes()).toString(), ...federation.log];
  for (const text of shown) assert(!text.includes(issued), text);
  assert(federation.log.length > 0);
});

test("a read of a whole trust changes nothing and asks for no tokens", async () => {
  const federation = new Federation();
  const state = await federation.create();
  federation.calls.length = 0;
  const outcome = await read(federation, state);
  assert.deepEqual(outcome, { state, problems: [] });
  assert(!federation.calls.some((call) => /token|role/.test(call)), federation.calls.join(", "));
});

const halves: readonly (readonly [string, (of: Federation) => void, string])[] = [
  [
    "the remote cluster was removed",
    ({ root }) => root.remoteClusters.clear(),
    'the remote cluster "leaf.lab" on the root root.lab is missing: nobody can reach the leaf through the root until this is applied',
  ],
  [
    "the trusted cluster was removed",
    ({ leaf }) => leaf.trustedClusters.clear(),
    'the trusted cluster "root.lab" on the leaf leaf.lab is missing: nobody can reach the leaf through the root until this is applied',
  ],
];

for (const [name, harm, warning] of halves) {
  test(`a half trust is repaired in place: ${name}`, async () => {
    const federation = new Federation();
    const state = await federation.create();
    harm(federation);
    const { state: half } = await read(federation, state);
    assert(half !== null);
    assert.equal(half.joined, false);
    const change = { action: "none", prior: half, planned: half, config: config() } as const;
    const adjustment = resource.customizePlan?.(change, federation.context);
    assert.equal(adjustment?.planned?.joined, true);
    assert.equal(adjustment?.planned?.web_proxy_addr, Unknown);
    assert.equal(adjustment?.replace, undefined);
    assert.deepEqual(
      adjustment?.problems?.map(({ severity, what }) => [severity, what]),
      [["warning", warning]],
    );
    const repaired = await update(federation, half, { web_proxy_addr: Unknown, tunnel_addr: Unknown });
    assert.deepEqual(repaired, { state, problems: [] });
    federation.assertJoined();
    assert.deepEqual((await read(federation, state)).state, state);
  });
}

test("a trust of which neither side is left leaves the state", async () => {
  const federation = new Federation();
  const state = await federation.create();
  federation.leaf.trustedClusters.clear();
  federation.root.remoteClusters.clear();
  assert.equal((await read(federation, state)).state, null);
});

test("a role map is changed in place; all else of the trusted cluster stays as it was, the stored token too", async () => {
  const federation = new Federation();
  const state = await federation.create();
  const before = federation.leaf.trustedClusters.get("root.lab") as TrustedClusterV2;
  const described = { ...before.metadata, description: "mine", labels: { ...before.metadata?.labels, a: "b" } };
  federation.leaf.trustedClusters.set("root.lab", TrustedClusterV2.fromPartial({ ...before, metadata: described }));
  federation.calls.length = 0;
  const { state: after, problems } = await update(federation, state, { role_map: rows("*", "access") });
  assert.deepEqual(problems, []);
  assert.deepEqual(after?.role_map, rows("*", "access"));
  assert.deepEqual(federation.writes, ["leaf: update trusted cluster"]);
  const stored = federation.leaf.trustedClusters.get("root.lab");
  assert.equal(stored?.spec?.token, before.spec?.token);
  assert.equal(stored?.metadata?.description, "mine");
  assert.equal(stored?.metadata?.labels.a, "b");
});

test("an update that meets another writer looks again and goes on", async () => {
  const federation = new Federation();
  const state = await federation.create();
  let conflicts = 0;
  federation.leaf.before = (call) => {
    if (call === "update trusted cluster" && conflicts++ === 0) throw new Problem("API_CONFLICT", "modified", [], "");
  };
  const { problems } = await update(federation, state, { enabled: false });
  assert.deepEqual(problems, []);
  assert.equal(conflicts, 2);
  assert.equal(federation.leaf.trustedClusters.get("root.lab")?.spec?.enabled, false);
});

test("disabling waits for nothing, enabling waits until the leaf is online", async () => {
  const federation = new Federation();
  const state = await federation.create();
  const remote = federation.root.remoteClusters.get("leaf.lab");
  assert(remote?.status);
  const disabled = await update(federation, state, { enabled: false });
  remote.status.connection = "offline";
  federation.onlineAfter = 5;
  assert(disabled.state !== null);
  const enabled = await update(federation, disabled.state, { enabled: true });
  assert.deepEqual(enabled.problems, []);
  assert.equal(federation.onlineAfter <= 0, true);
});

test("own labels are set and removed, others' labels stay", async () => {
  const federation = new Federation();
  const state = await federation.create();
  const remote = federation.root.remoteClusters.get("leaf.lab");
  assert(remote?.metadata);
  remote.metadata.labels = { ...remote.metadata.labels, team: "a" };
  assert.deepEqual((await read(federation, state)).state, state, "others' labels are no drift");
  await update(federation, state, { labels: new Map([["tier", "1"]]) });
  assert.deepEqual(federation.labels, { team: "a", tier: "1" });
});

test("a moved address joins anew, keeps others' labels, and is announced by the plan", async () => {
  const federation = new Federation();
  const state = await federation.create();
  const remote = federation.root.remoteClusters.get("leaf.lab");
  assert(remote?.metadata);
  remote.metadata.labels = { ...remote.metadata.labels, team: "a" };
  const moved = { web_proxy_addr: "new.root.lab:443" };
  const plannedState = { ...state, ...moved } as ObjectValue;
  const change = { action: "update", prior: state, planned: plannedState, config: config(moved) } as const;
  const adjustment = resource.customizePlan?.(change, federation.context);
  assert.equal(adjustment?.planned?.tunnel_addr, Unknown);
  assert.deepEqual(
    adjustment?.problems?.map(({ severity, what }) => [severity, what]),
    [["warning", "a change of `web_proxy_addr` makes the leaf join anew: its tunnel is down meanwhile"]],
  );
  federation.calls.length = 0;
  const { problems } = await update(federation, state, { ...moved, tunnel_addr: Unknown });
  assert.deepEqual(problems, []);
  assert.deepEqual(federation.writes, [
    "leaf: delete trusted cluster",
    "root: delete remote cluster",
    "root: create token",
    "leaf: upsert trusted cluster",
    "root: delete token",
    "root: update remote cluster",
  ]);
  assert.deepEqual(federation.labels, { env: "demo", team: "a" });
});

test("labels that could not be put back are put back by the next apply", async () => {
  const federation = new Federation();
  const state = await federation.create();
  const remote = federation.root.remoteClusters.get("leaf.lab");
  assert(remote?.metadata);
  remote.metadata.labels = { ...remote.metadata.labels, team: "a" };
  federation.root.before = (call) => {
    if (call === "create token") throw new Problem("API_UNAVAILABLE", "the root is down", [], "Try again.");
  };
  const failed = await update(federation, state, { web_proxy_addr: "new.root.lab:443" });
  assert.equal(failed.problems?.[0]?.what, "the root is down");
  federation.root.before = () => {};
  await update(federation, state, { web_proxy_addr: "new.root.lab:443" });
  assert.deepEqual(federation.labels, { env: "demo", team: "a" });
});

test("an import takes over what somebody made by hand, and marks it with the next write that changes something", async () => {
  const federation = new Federation();
  const hand = TrustedClusterV2.fromPartial({
    metadata: { name: "root.lab" },
    spec: {
      enabled: true,
      token: "by-hand",
      web_proxy_addr: "root.lab:443",
      tunnel_addr: "root.lab:443",
      role_map: [{ remote: "access", local: ["visitor"] }],
    },
  });
  federation.leaf.trustedClusters.set("root.lab", hand);
  federation.root.register("leaf.lab", "1", { env: "demo", team: "a" });
  const imported = await resource.importState?.("root/leaf", federation.context);
  assert.deepEqual(imported?.problems, []);
  const state = imported?.state as ObjectValue;
  assert.deepEqual(state, (await read(federation, state)).state);
  assert.deepEqual(
    { ...state },
    {
      ...planned(),
      id: "root.lab/leaf.lab",
      web_proxy_addr: "root.lab:443",
      tunnel_addr: "root.lab:443",
      labels: new Map([
        ["env", "demo"],
        ["team", "a"],
      ]),
    },
  );
  assert(!JSON.stringify(state).includes("by-hand"));
  federation.calls.length = 0;
  const released = await update(federation, state, { labels: new Map([["env", "demo"]]) });
  assert.deepEqual(federation.writes, [], "labels that nobody names are released, not removed");
  assert.equal(federation.mark, undefined);
  assert(released.state !== null);
  await update(federation, released.state, { role_map: rows("*", "access") });
  assert.equal(federation.mark, federation.expectedMark);
  assert.deepEqual(federation.labels, { env: "demo", team: "a" });
});

test("an import of nothing is refused", async () => {
  await assert.rejects(async () => resource.importState?.("root/leaf", new Federation().context), {
    what: "leaf.lab does not trust root.lab: neither side knows the other",
    next: "Nothing needs to be imported: let the next apply create the trust.",
  });
  await assert.rejects(async () => resource.importState?.("leaf", new Federation().context), {
    what: '"leaf" is no import id of a trust',
    next: "Write `<root>/<leaf>`, both as keys of the provider's `clusters`, such as `root/leaf`.",
  });
});

test("a destroy removes left-over tokens, then the leaf's side, then the root's", async () => {
  const federation = new Federation();
  const state = await federation.create();
  const leftOver = `tt-${federation.expectedMark}-${"0".repeat(32)}`;
  await federation.root.asCluster().tokens.create({ metadata: { name: leftOver } } as never, federation.context.signal);
  federation.calls.length = 0;
  assert.deepEqual(await resource.delete({ prior: state }, federation.context), []);
  assert.deepEqual(federation.writes, [
    "root: delete token",
    "leaf: delete trusted cluster",
    "root: delete remote cluster",
  ]);
  federation.assertNothingLeft();
});

test("a destroy of what is gone already succeeds", async () => {
  const federation = new Federation();
  const state = await federation.create();
  federation.leaf.trustedClusters.clear();
  federation.root.remoteClusters.clear();
  assert.deepEqual(await resource.delete({ prior: state }, federation.context), []);
});

test("a destroy leaves another leaf's remote cluster, and says so", async () => {
  const federation = new Federation();
  const state = await federation.create();
  federation.root.register("leaf.lab", "another");
  const problems = await resource.delete({ prior: state }, federation.context);
  assert.deepEqual(
    problems?.map(({ severity, what }) => [severity, what]),
    [["warning", 'the remote cluster "leaf.lab" stays on root.lab: it belongs to another leaf of that name']],
  );
  assert.equal(federation.leaf.trustedClusters.size, 0);
  assert.equal(federation.root.remoteClusters.size, 1);
});

/** The clusters of a federation, as the next process meets them: with nothing remembered but the state. */
function nextProcess(of: Federation): Federation {
  return Object.assign(new Federation(), { root: of.root, leaf: of.leaf, onlineAfter: 1 });
}

/** At call `at` the process dies: that call has its effect, no later one has, and nothing of the answer is stored. */
function killAt(federation: Federation, at: number): () => number {
  let calls = 0;
  const before = () => {
    if (calls >= at) throw new Killed();
  };
  const after = () => {
    if (++calls === at) throw new Killed();
  };
  Object.assign(federation.root, { before, after });
  Object.assign(federation.leaf, { before, after });
  return () => calls;
}

function revive({ root, leaf }: Federation): void {
  for (const cluster of [root, leaf]) Object.assign(cluster, { before: () => {}, after: () => {} });
}

type Apply = (
  of: Federation,
  prior: ObjectValue,
) => Promise<{ readonly problems?: readonly { readonly severity?: string }[] }>;

const applies: readonly (readonly [string, (of: Federation) => void, Apply, (of: Federation) => void])[] = [
  [
    "create",
    ({ root, leaf }) => {
      leaf.trustedClusters.clear();
      root.remoteClusters.clear();
    },
    (of) => resource.create({ planned: planned(), config: config() }, of.context),
    (of) => of.assertJoined(),
  ],
  [
    "repair of the leaf's side",
    ({ leaf }) => leaf.trustedClusters.clear(),
    (of, prior) => update(of, prior, {}),
    (of) => of.assertJoined(),
  ],
  [
    "repair of the root's side",
    ({ root }) => root.remoteClusters.clear(),
    (of, prior) => update(of, prior, {}),
    (of) => of.assertJoined(),
  ],
  [
    "update",
    () => {},
    (of, prior) => update(of, prior, { web_proxy_addr: "new.root.lab:443", labels: new Map([["tier", "1"]]) }),
    (of) => {
      of.assertJoined();
      assert.deepEqual(of.labels, { tier: "1" });
    },
  ],
  [
    "destroy",
    () => {},
    async (of, prior) => ({ problems: (await resource.delete({ prior }, of.context)) ?? [] }),
    (of) => of.assertNothingLeft(),
  ],
];

for (const [name, prepare, apply, assertEnd] of applies) {
  test(`a call that was killed at any point is continued by the next one: ${name}`, async () => {
    let deaths = 0;
    for (let at = 1; ; at++) {
      const federation = new Federation();
      const prior = await federation.create();
      prepare(federation);
      const countCalls = killAt(federation, at);
      await apply(federation, prior).catch((error: unknown) => assert(error instanceof Killed));
      const survived = countCalls() < at;
      revive(federation);
      const next = nextProcess(federation);
      if (!survived) {
        deaths++;
        const { problems = [] } = await apply(next, prior);
        assert(
          problems.every(({ severity }) => severity === "warning"),
          `${name}, call ${at}`,
        );
      }
      assertEnd(next);
      if (survived) break;
    }
    assert(deaths > 8, `only ${deaths} calls`);
  });
}

test("an interrupted join leaves no token behind", async () => {
  const federation = new Federation();
  federation.leaf.before = (call) => {
    if (call !== "upsert trusted cluster") return;
    federation.stop();
    throw new Problem("API_CANCELLED", "cancelled", [], "");
  };
  const { state } = await resource.create({ planned: planned(), config: config() }, federation.context);
  assert.equal(state, null);
  federation.assertNothingLeft();
  assert.equal(federation.root.issued.length, 1);
});

test("a leaf that does not come online is told with what to do, and the trust is kept", async () => {
  const federation = new Federation();
  federation.onlineAfter = Number.POSITIVE_INFINITY;
  const timeouts = Object.assign(newObject(), { create: "3m", update: null, delete: null });
  const { state, problems } = await resource.create(
    { planned: planned({ timeouts }), config: config() },
    federation.context,
  );
  assert.equal(state?.joined, true);
  const [problem] = problems ?? [];
  assert.match(problem?.what ?? "", /^the leaf leaf\.lab joined root\.lab, but is not online there after 3m\d+s$/);
  assert.match(problem?.next ?? "", /^The trust stands, its tunnel does not: .*\n\n.*`terraform untaint 'ADDRESS'`/s);
  assert(federation.log.some((line) => line.includes("still waiting for leaf.lab to be online on root.lab")));
  federation.assertJoined();
});
