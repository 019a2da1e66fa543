import assert from "node:assert/strict";

import type {
  DesiredTrust,
  RemoteClusterFacts,
  TrustedClusterFacts,
  TrustFacts,
} from "../../../provider/resources/trust/facts";
import type { StepKind, TrustStep } from "../../../provider/resources/trust/step";
import { wantedLabels } from "../../../provider/resources/trust/wanted-labels";
import type { Labels } from "../../../trust";

/** Two clusters, as small as the decision table sees them. */
export interface World {
  readonly trustedCluster: TrustedClusterFacts;
  readonly remoteCluster: Exclude<RemoteClusterFacts, { status: "not-visible" }>;
  /** Own-prefix tokens on the root. */
  readonly tokens: number;
}

/** What does not change while a trust is worked on. */
export interface Circumstances {
  readonly isCloud?: boolean;
  readonly leafVersion?: string;
  readonly missingRole?: boolean;
  readonly seesEverything?: boolean;
  readonly seesUnlabelled?: boolean;
  readonly seesLabelled?: boolean;
  readonly proxyClusterName?: string;
  readonly stateId?: string;
}

/** What one call remembers; lost when it is killed. */
export interface Run {
  hasToken: boolean;
  keptLabels: Labels;
  readonly done: Set<StepKind>;
  settles: number;
}

export function newRun(): Run {
  return { hasToken: false, keptLabels: {}, done: new Set(), settles: 0 };
}

export const desired: DesiredTrust = {
  rootKey: "root",
  leafKey: "leaf",
  roleMap: [{ remote: "access", local: ["visitor"] }],
  enabled: true,
  labels: { env: "demo" },
  droppedLabels: [],
  carriedLabels: { env: "demo" },
  webProxyAddr: "root.example.com:443",
  tunnelAddr: undefined,
  tokenTtlMs: 300_000,
  waitFor: "online",
  timeoutMs: undefined,
  call: "create",
  stateId: undefined,
  isImported: false,
};

/** A trusted cluster as a join makes it. */
export function joinedAs(of: DesiredTrust): Extract<TrustedClusterFacts, { status: "ours" }> {
  return {
    status: "ours",
    enabled: of.enabled,
    roleMap: of.roleMap,
    webProxyAddr: of.webProxyAddr ?? "root.example.com:443",
    tunnelAddr: of.tunnelAddr ?? "root.example.com:3024",
  };
}

function remoteFacts({ remoteCluster }: World, run: Run, seesEverything: boolean): RemoteClusterFacts {
  const knownGone = run.done.has("remove-remote-cluster") || run.done.has("join");
  if (remoteCluster.status !== "none" || seesEverything || knownGone) return remoteCluster;
  return { status: "not-visible", identityRoles: ["terraform"], hidingLabels: {} };
}

/** What `observe` would find. */
export function factsOf(world: World, run: Run, circumstances: Circumstances = {}): TrustFacts {
  return {
    root: { key: "root", name: "root.lab", version: "17.7.0", title: 'cluster "root" (root.lab:443)' },
    leaf: {
      key: "leaf",
      name: "leaf.lab",
      version: circumstances.leafVersion ?? "17.7.0",
      title: 'cluster "leaf" (leaf.lab:443)',
      isCloud: circumstances.isCloud ?? false,
    },
    stateId: circumstances.stateId,
    trustedCluster: world.trustedCluster,
    remoteCluster: remoteFacts(world, run, circumstances.seesEverything ?? true),
    leftOverTokens: world.tokens - (run.hasToken ? 1 : 0),
    hasToken: run.hasToken,
    checks: {
      missingRoles: circumstances.missingRole ? [{ row: 0, at: 0, role: "visitor" }] : [],
      seesUnlabelled: circumstances.seesUnlabelled ?? true,
      seesLabelled: circumstances.seesLabelled ?? true,
      proxyClusterName: circumstances.proxyClusterName,
    },
    keptLabels: run.keptLabels,
    done: new Set(run.done),
    settles: run.settles,
  };
}

function join(world: World, run: Run, of: DesiredTrust): World {
  // The clusters would refuse, or worse: overwrite what is somebody else's.
  assert.equal(world.trustedCluster.status, "none", "a join over a trusted cluster");
  assert.equal(world.remoteCluster.status, "none", "a join over a remote cluster");
  assert(run.hasToken, "a join without a token");
  return {
    ...world,
    trustedCluster: joinedAs(of),
    remoteCluster: { status: "same-leaf", labels: {}, connection: "offline" },
  };
}

/** What a step does to the clusters, and to the run's memory. */
export function perform(step: TrustStep, world: World, run: Run, of: DesiredTrust): World {
  const { trustedCluster, remoteCluster } = world;
  if (step.kind !== "settle") {
    run.done.add(step.kind);
    run.settles = 0;
  }
  switch (step.kind) {
    case "drop-left-over-tokens":
      return { ...world, tokens: run.hasToken ? 1 : 0 };
    case "create-token":
      run.hasToken = true;
      return { ...world, tokens: world.tokens + 1 };
    case "drop-token":
      run.hasToken = false;
      return { ...world, tokens: world.tokens - 1 };
    case "join":
      return join(world, run, of);
    case "update-trusted-cluster":
    case "enable-trusted-cluster":
      assert(trustedCluster.status === "ours", "an update of what is not ours");
      return { ...world, trustedCluster: { ...trustedCluster, enabled: of.enabled, roleMap: of.roleMap } };
    case "set-labels":
      assert(remoteCluster.status === "same-leaf", "labels on another leaf");
      return { ...world, remoteCluster: { ...remoteCluster, labels: wantedLabels(of, remoteCluster, run.keptLabels) } };
    case "wait-until-online":
      assert(remoteCluster.status === "same-leaf");
      return { ...world, remoteCluster: { ...remoteCluster, connection: "online" } };
    case "remove-trusted-cluster":
      assert(trustedCluster.status !== "foreign", "a foreign trusted cluster removed");
      return { ...world, trustedCluster: { status: "none" } };
    case "remove-remote-cluster":
      assert(remoteCluster.status !== "other-leaf", "another leaf's remote cluster removed");
      run.keptLabels = { ...run.keptLabels, ...step.keep };
      return { ...world, remoteCluster: { status: "none" } };
    case "settle":
      run.settles++;
      return world;
  }
}
