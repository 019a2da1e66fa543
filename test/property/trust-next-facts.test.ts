// The decision of `teleport_trust` on facts of every kind, also on such as no run has brought about: what it may never do.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";

import type {
  Checks,
  ClusterFacts,
  DesiredTrust,
  RemoteClusterFacts,
  TrustedClusterFacts,
  TrustFacts,
} from "../../provider/resources/trust/facts";
import { maxSettles, next } from "../../provider/resources/trust/next";
import type { StepKind, TrustStep } from "../../provider/resources/trust/step";
import { isSameRoleMap, Problem } from "../../trust";
import { desired, joinedAs } from "../support/trust/world";

const labels = fc.dictionary(fc.constantFrom("env", "team", "tier"), fc.constantFrom("a", "b"), { maxKeys: 3 });
const roleMap = fc.constantFrom(desired.roleMap, [{ remote: "*", local: ["admin"] }]);
const rootAddr = fc.constantFrom("root.example.com:443", "old.example.com:443");

const cluster = (names: readonly string[], versions: readonly string[]): fc.Arbitrary<ClusterFacts> =>
  fc.record({
    key: fc.constantFrom("root", "leaf"),
    name: fc.constantFrom(...names),
    version: fc.constantFrom(...versions),
    title: fc.constant("a cluster"),
  });

const trustedCluster: fc.Arbitrary<TrustedClusterFacts> = fc.oneof(
  fc.constantFrom<TrustedClusterFacts>({ status: "none" }, { status: "foreign" }),
  fc.record({
    status: fc.constant("ours" as const),
    enabled: fc.boolean(),
    roleMap,
    webProxyAddr: rootAddr,
    tunnelAddr: rootAddr,
  }),
);

const remoteCluster: fc.Arbitrary<RemoteClusterFacts> = fc.oneof(
  fc.constantFrom<RemoteClusterFacts>({ status: "none" }, { status: "other-leaf" }),
  fc.record({
    status: fc.constant("not-visible" as const),
    identityRoles: fc.constantFrom([], ["terraform"], ["a", "b"]),
    hidingLabels: labels,
  }),
  fc.record({
    status: fc.constant("same-leaf" as const),
    labels,
    connection: fc.constantFrom("online" as const, "offline" as const),
  }),
);

const checks: fc.Arbitrary<Checks | undefined> = fc.option(
  fc.record({
    missingRoles: fc.constantFrom([], [{ row: 0, at: 0, role: "visitor" }]),
    seesUnlabelled: fc.boolean(),
    seesLabelled: fc.boolean(),
    proxyClusterName: fc.constantFrom(undefined, "root.lab", "elsewhere.lab"),
  }),
  { nil: undefined },
);

const kinds: readonly StepKind[] = [
  "drop-left-over-tokens",
  "create-token",
  "join",
  "drop-token",
  "update-trusted-cluster",
  "enable-trusted-cluster",
  "set-labels",
  "wait-until-online",
  "remove-trusted-cluster",
  "remove-remote-cluster",
];

const anyFacts: fc.Arbitrary<TrustFacts> = fc.record({
  root: cluster(["root.lab"], ["17.7.0", "18.0.0", "no version"]),
  leaf: fc
    .tuple(cluster(["leaf.lab", "root.lab"], ["17.7.0", "16.1.0", "15.0.0", "18.0.0", "dev"]), fc.boolean())
    .map(([facts, isCloud]) => ({ ...facts, isCloud })),
  stateId: fc.constantFrom(undefined, "root.lab/leaf.lab", "root.lab/another.lab"),
  trustedCluster,
  remoteCluster,
  leftOverTokens: fc.nat(2),
  hasToken: fc.boolean(),
  checks,
  keptLabels: labels,
  done: fc.subarray([...kinds]).map((some) => new Set(some)),
  settles: fc.nat(maxSettles),
});

type Goal = DesiredTrust | "gone";

const rootFacts: ClusterFacts = { key: "root", name: "root.lab", version: "17.7.0", title: "the root" };
const leafFacts = { key: "leaf", name: "leaf.lab", version: "17.7.0", title: "the leaf", isCloud: false };

const anyGoal: fc.Arbitrary<Goal> = fc.oneof(
  { weight: 1, arbitrary: fc.constant("gone" as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...(Object.fromEntries(Object.entries(desired).map(([name, value]) => [name, fc.constant(value)])) as {
        [Name in keyof DesiredTrust]: fc.Arbitrary<DesiredTrust[Name]>;
      }),
      roleMap,
      enabled: fc.boolean(),
      labels,
      droppedLabels: fc.subarray(["env", "team", "tier"]),
      webProxyAddr: fc.option(rootAddr, { nil: undefined }),
      tunnelAddr: fc.option(rootAddr, { nil: undefined }),
      waitFor: fc.constantFrom("online" as const, "registered" as const, "none" as const),
      call: fc.constantFrom("create" as const, "update" as const),
    }),
  },
);

/** Facts, of which some are just as the goal wants them: what is drawn alone is nearly never whole. */
const anything = fc
  .tuple(anyGoal, anyFacts, fc.record({ own: fc.boolean(), remote: fc.boolean(), rest: fc.boolean() }))
  .map(([goal, facts, as]): readonly [Goal, TrustFacts] => {
    const wanted = goal === "gone" ? undefined : goal;
    const labels = { ...facts.keptLabels, ...wanted?.labels };
    const remote = wanted && ({ status: "same-leaf", labels, connection: "online" } as const);
    return [
      goal,
      {
        ...facts,
        ...(as.own ? { trustedCluster: wanted ? joinedAs(wanted) : { status: "none" } } : {}),
        ...(as.remote ? { remoteCluster: remote ?? { status: "none" } } : {}),
        ...(as.rest ? { leftOverTokens: 0, stateId: undefined, root: rootFacts, leaf: leafFacts } : {}),
      },
    ];
  });

type Step = Exclude<TrustStep, { kind: "settle" }>;

/** What must hold of the facts for each step to be allowed. */
const allowed: { readonly [Kind in StepKind]: (goal: Goal, facts: TrustFacts, step: TrustStep) => boolean } = {
  "drop-left-over-tokens": (_goal, { leftOverTokens }) => leftOverTokens > 0,
  "create-token": (goal, { hasToken, remoteCluster: { status } }) => goal !== "gone" && !hasToken && status === "none",
  join: (goal, facts) =>
    goal !== "gone" &&
    facts.hasToken &&
    facts.trustedCluster.status === "none" &&
    facts.remoteCluster.status === "none" &&
    facts.leftOverTokens === 0,
  "drop-token": (goal, facts) => goal !== "gone" && facts.hasToken,
  "update-trusted-cluster": (goal, { trustedCluster: found }) => goal !== "gone" && found.status === "ours",
  "enable-trusted-cluster": (goal, { trustedCluster: found }) =>
    goal !== "gone" && goal.enabled && found.status === "ours" && !found.enabled,
  "set-labels": (goal, facts, step) => goal !== "gone" && keepsOthersLabels(goal, facts, step),
  "wait-until-online": (goal, { remoteCluster: found }) =>
    goal !== "gone" && goal.enabled && found.status === "same-leaf" && found.connection === "offline",
  "remove-trusted-cluster": (_goal, { trustedCluster: found }) => found.status === "ours",
  "remove-remote-cluster": (_goal, { remoteCluster: found }) => found.status === "same-leaf",
  settle: (_goal, { settles }) => settles < maxSettles,
};

/** Only own labels may change: those that are wanted, and those that were and are no more. */
function keepsOthersLabels(goal: DesiredTrust, { remoteCluster: found }: TrustFacts, step: TrustStep): boolean {
  if (found.status !== "same-leaf" || step.kind !== "set-labels") return false;
  return Object.entries(found.labels).every(
    ([key, value]) => Object.hasOwn(goal.labels, key) || goal.droppedLabels.includes(key) || step.labels[key] === value,
  );
}

function isTheEnd(goal: Goal, facts: TrustFacts): boolean {
  const { trustedCluster: own, remoteCluster: remote, leftOverTokens, hasToken } = facts;
  if (leftOverTokens > 0) return false;
  if (goal === "gone") return own.status === "none" && (remote.status === "none" || remote.status === "other-leaf");
  const isWhole = own.status === "ours" && remote.status === "same-leaf" && !hasToken;
  return isWhole && own.enabled === goal.enabled && isSameRoleMap(own.roleMap, goal.roleMap);
}

const runs = { numRuns: 20_000 };
function decided(goal: Goal, facts: TrustFacts): Problem | "done" | TrustStep {
  const decision = next(goal, facts);
  assert(decision === "done" || decision instanceof Problem || Object.hasOwn(allowed, decision.kind));
  return decision;
}

test("whatever the facts are, a step is taken only where it may be, and what has been done is not done again", () => {
  fc.assert(
    fc.property(anything, ([goal, facts]) => {
      const decision = decided(goal, facts);
      if (decision === "done" || decision instanceof Problem) return;
      // A step that waits for its effect may be any; what it waits for has been done.
      if (decision.kind === "settle")
        return assert(facts.done.has(decision.after) && allowed.settle(goal, facts, decision));
      assert(allowed[(decision as Step).kind](goal, facts, decision), decision.kind);
      assert(!facts.done.has(decision.kind), `${decision.kind} again`);
    }),
    runs,
  );
});

test("whatever the facts are, what is foreign, hidden, or about other clusters is an error, and never touched", () => {
  fc.assert(
    fc.property(anything, ([goal, facts]) => {
      const decision = decided(goal, facts);
      const isAbout = `${facts.root.name}/${facts.leaf.name}`;
      const isOfOthers =
        facts.trustedCluster.status === "foreign" ||
        facts.remoteCluster.status === "not-visible" ||
        (goal !== "gone" && facts.remoteCluster.status === "other-leaf") ||
        (facts.stateId ?? isAbout) !== isAbout ||
        facts.root.name === facts.leaf.name;
      if (isOfOthers) assert(decision instanceof Problem, JSON.stringify(decision));
    }),
    runs,
  );
});

test("whatever the facts are, all is done only where nothing is left to do", () => {
  const ends = { gone: 0, whole: 0 };
  fc.assert(
    fc.property(anything, ([goal, facts]) => {
      if (decided(goal, facts) !== "done") return;
      assert(isTheEnd(goal, facts));
      ends[goal === "gone" ? "gone" : "whole"]++;
    }),
    runs,
  );
  assert(ends.gone > 100 && ends.whole > 100, `it hardly ever came to an end: ${JSON.stringify(ends)}`);
});
