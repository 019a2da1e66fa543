import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";

import { isSameLabels } from "../../provider/resources/shared/own-labels";
import type { DesiredTrust, TrustFacts } from "../../provider/resources/trust/facts";
import { maxSettles, next } from "../../provider/resources/trust/next";
import type { StepKind } from "../../provider/resources/trust/step";
import { wantedLabels } from "../../provider/resources/trust/wanted-labels";
import { isSameRoleMap, Problem } from "../../trust";
import { type Circumstances, desired, factsOf, joinedAs, newRun, perform, type World } from "../support/trust/world";

type Goal = DesiredTrust | "gone";

/** How a call ended, and what it left. */
interface Ending {
  readonly world: World;
  readonly end: "done" | "killed" | Problem;
  readonly kinds: readonly StepKind[];
}

/** More than the longest way, with all waits. */
const limit = 12 * (maxSettles + 1);

interface Weather {
  readonly circumstances?: Circumstances;
  /** Killed at this step, before or after its effect. */
  readonly killAt?: number;
  readonly killAfterEffect?: boolean;
  /** For so many observations after each step the leaf and the root still show the state before it. */
  readonly staleFor?: { readonly leaf: number; readonly root: number };
}

function call(goal: Goal, start: World, weather: Weather = {}): Ending {
  const run = newRun();
  const kinds: StepKind[] = [];
  const wanted = goal === "gone" ? desired : goal;
  let [world, before, age] = [start, start, Number.POSITIVE_INFINITY];
  const { leaf: leafStaleFor, root: rootStaleFor } = weather.staleFor ?? { leaf: 0, root: 0 };
  for (;;) {
    const { trustedCluster } = age < leafStaleFor ? before : world;
    const { remoteCluster, tokens } = age < rootStaleFor ? before : world;
    const shown = { trustedCluster, remoteCluster, tokens: Math.max(tokens, run.hasToken ? 1 : 0) };
    const decision = next(goal, factsOf(shown, run, weather.circumstances));
    age++;
    if (decision === "done" || decision instanceof Problem) return { world, end: decision, kinds };
    assert(kinds.length < limit, `no end: ${kinds.join(", ")}`);
    const isKilled = weather.killAt === kinds.length;
    if (isKilled && !weather.killAfterEffect) return { world, end: "killed", kinds };
    if (decision.kind !== "settle") [before, age] = [world, 0];
    world = perform(decision, world, run, wanted);
    kinds.push(decision.kind);
    if (isKilled) return { world, end: "killed", kinds };
  }
}

const trustedClusters: readonly World["trustedCluster"][] = [
  { status: "none" },
  { status: "foreign" },
  ...[true, false].flatMap((enabled) =>
    [desired.roleMap, [{ remote: "*", local: ["admin"] }]].flatMap((roleMap) =>
      ["root.example.com:443", "old.example.com:443"].map((webProxyAddr) => ({
        ...joinedAs(desired),
        enabled,
        roleMap,
        webProxyAddr,
      })),
    ),
  ),
];

const remoteClusters: readonly World["remoteCluster"][] = [
  { status: "none" },
  { status: "other-leaf" },
  ...[{}, { env: "demo" }, { env: "old", team: "a" }].flatMap((labels) =>
    (["online", "offline"] as const).map((connection) => ({ status: "same-leaf", labels, connection }) as const),
  ),
];

const worlds: readonly World[] = trustedClusters.flatMap((trustedCluster) =>
  remoteClusters.flatMap((remoteCluster) => [0, 2].map((tokens) => ({ trustedCluster, remoteCluster, tokens }))),
);

const goals: readonly DesiredTrust[] = [true, false].flatMap((enabled) =>
  (["online", "registered", "none"] as const).flatMap((waitFor) =>
    (["create", "update"] as const).flatMap((during) =>
      [{}, { env: "demo" }].map((labels) => ({ ...desired, enabled, waitFor, call: during, labels })),
    ),
  ),
);

function isForeign({ trustedCluster, remoteCluster }: World): boolean {
  return trustedCluster.status === "foreign" || remoteCluster.status === "other-leaf";
}

function assertAsWanted(goal: DesiredTrust, { world }: Ending): void {
  const { trustedCluster, remoteCluster, tokens } = world;
  assert(trustedCluster.status === "ours" && remoteCluster.status === "same-leaf");
  assert.equal(trustedCluster.enabled, goal.enabled);
  assert(isSameRoleMap(trustedCluster.roleMap, goal.roleMap));
  assert.equal(trustedCluster.webProxyAddr, goal.webProxyAddr);
  assert(isSameLabels(remoteCluster.labels, wantedLabels(goal, remoteCluster, {})));
  assert.equal(tokens, 0);
}

function assertNoStepTwice({ kinds }: Ending): void {
  const steps = kinds.filter((kind) => kind !== "settle");
  assert.equal(new Set(steps).size, steps.length, steps.join(", "));
}

function assertGone({ world }: Ending, start: World): void {
  assert.equal(world.trustedCluster.status, "none");
  assert.equal(world.remoteCluster.status, start.remoteCluster.status === "other-leaf" ? "other-leaf" : "none");
  assert.equal(world.tokens, 0);
}

test("from every state the steps end at what is wanted, and what is foreign is refused untouched", () => {
  for (const start of worlds) {
    for (const goal of goals) {
      const ending = call(goal, start);
      assertNoStepTwice(ending);
      if (isForeign(start)) {
        assert(ending.end instanceof Problem && ending.kinds.length === 0);
        assert.deepEqual(ending.world, start);
      } else {
        assert.equal(ending.end, "done");
        assertAsWanted(goal, ending);
        assert.deepEqual(call({ ...goal, call: "update" }, ending.world).kinds, [], "a second call has nothing to do");
      }
    }
  }
});

test("from every state the steps end at nothing, and what is foreign stays", () => {
  for (const start of worlds) {
    const ending = call("gone", start);
    assertNoStepTwice(ending);
    if (start.trustedCluster.status === "foreign") {
      assert(ending.end instanceof Problem && ending.kinds.length === 0);
    } else {
      assert.equal(ending.end, "done");
      assertGone(ending, start);
    }
  }
});

test("a call that is killed anywhere, before or after any effect, is continued by the next one", () => {
  for (const start of worlds.filter((world) => !isForeign(world))) {
    for (const goal of [...goals, "gone" as const]) {
      for (let killAt = 0; ; killAt++) {
        for (const killAfterEffect of [false, true]) {
          const killed = call(goal, start, { killAt, killAfterEffect });
          const ending = call(goal, killed.world);
          assert.equal(ending.end, "done");
          if (goal === "gone") assertGone(ending, start);
          else assertAsWanted(goal, ending);
        }
        if (call(goal, start, { killAt }).end === "done") break;
      }
    }
  }
});

test("labels that others put on a leaf survive its joining anew", () => {
  const start: World = {
    trustedCluster: { ...joinedAs(desired), webProxyAddr: "old.example.com:443" },
    remoteCluster: { status: "same-leaf", labels: { env: "old", team: "a" }, connection: "online" },
    tokens: 0,
  };
  const { world, kinds } = call({ ...desired, call: "update" }, start);
  assert.deepEqual(kinds, [
    "remove-trusted-cluster",
    "remove-remote-cluster",
    "create-token",
    "join",
    "drop-token",
    "set-labels",
    "wait-until-online",
  ]);
  assert.deepEqual(world.remoteCluster, {
    status: "same-leaf",
    labels: { env: "demo", team: "a" },
    connection: "online",
  });
});

const obstacles: readonly (readonly [string, Circumstances])[] = [
  ["TRUST_CLOUD_LEAF", { isCloud: true }],
  ["TRUST_VERSION_SKEW", { leafVersion: "18.0.0" }],
  ["TRUST_VERSION_SKEW", { leafVersion: "15.5.4" }],
  ["TRUST_OTHER_PROXY", { proxyClusterName: "elsewhere" }],
  ["TRUST_LOCAL_ROLE", { missingRole: true }],
  ["TRUST_LABELS_HIDE", { seesUnlabelled: false }],
  ["TRUST_LABELS_HIDE", { seesLabelled: false }],
  ["TRUST_OTHER_CLUSTER", { stateId: "root.lab/another.lab" }],
];

for (const [code, circumstances] of obstacles) {
  test(`what forbids a join is said before anything is written, ${code} by ${JSON.stringify(circumstances)}`, () => {
    for (const start of worlds.filter((world) => !isForeign(world))) {
      const ending = call(desired, start, { circumstances });
      const isWhole = start.trustedCluster.status === "ours" && start.remoteCluster.status === "same-leaf";
      const isHalf =
        !isWhole ||
        (start.trustedCluster.status === "ours" && start.trustedCluster.webProxyAddr !== desired.webProxyAddr);
      if (isHalf || code === "TRUST_OTHER_CLUSTER") {
        assert(ending.end instanceof Problem);
        assert.equal(ending.end.code, code);
        assert.deepEqual(ending.world, start);
      } else if (ending.end instanceof Problem) {
        assert.equal(ending.end.code, code);
      }
    }
  });
}

test("what cannot be seen is never taken for gone", () => {
  for (const start of worlds.filter(({ remoteCluster }) => remoteCluster.status === "none")) {
    for (const goal of [...goals, "gone" as const]) {
      const ending = call(goal, start, { circumstances: { seesEverything: false } });
      assert(ending.end instanceof Problem);
      assert.equal(ending.end.code, "TRUST_NOT_VISIBLE");
      assert.deepEqual(ending.world, start);
    }
  }
});

const delay = fc.nat(maxSettles);
const delays = fc.record({ leaf: delay, root: delay });

test("clusters that show late what was done are waited for, never worked on twice", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...worlds),
      fc.constantFrom<Goal>(...goals, "gone"),
      delays,
      (start, goal, staleFor) => {
        fc.pre(!isForeign(start));
        const ending = call(goal, start, { staleFor });
        assertNoStepTwice(ending);
        assert.equal(ending.end, "done");
        if (goal === "gone") assertGone(ending, start);
        else assertAsWanted(goal, ending);
      },
    ),
    { numRuns: 5000 },
  );
});

test("a cluster that never shows what was done is reported, not worked on for ever", () => {
  const ending = call(
    desired,
    { trustedCluster: { status: "none" }, remoteCluster: { status: "none" }, tokens: 1 },
    { staleFor: { leaf: 1000, root: 0 } },
  );
  assert(ending.end instanceof Problem);
  assert.equal(ending.end.code, "TRUST_NOT_SETTLED");
});

test("the decision is pure: it changes no fact and gives the same answer twice", () => {
  const freeze = (facts: TrustFacts) => Object.freeze(facts);
  for (const start of worlds) {
    for (const goal of goals) {
      const facts = freeze(factsOf(start, newRun()));
      assert.deepEqual(next(goal, facts), next(goal, facts));
    }
  }
});
