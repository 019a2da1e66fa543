import { isSameRoleMap, type Problem, versionDistance } from "../../../trust";
import { isSameLabels } from "../shared/own-labels";
import { hidingLabelsProblem, notVisibleProblem } from "../shared/remote-cluster-sight";
import { type DesiredTrust, type TrustedClusterFacts, type TrustFacts, trustName } from "./facts";
import {
  cloudLeafProblem,
  foreignProblem,
  leafNewerProblem,
  leafTooOldProblem,
  missingRoleProblem,
  notSettledProblem,
  otherClusterProblem,
  otherLeafProblem,
  otherProxyProblem,
  sameClusterProblem,
} from "./refusals";
import { describeStep, type TrustStep } from "./step";
import { wantedLabels } from "./wanted-labels";

/** So often a call waits for the clusters to show one step of it; each wait is longer than the one before. */
export const maxSettles = 8;

type Ours = Extract<TrustedClusterFacts, { status: "ours" }>;
type Decision = TrustStep | "done" | Problem;

/** The rows of the decision table in which nothing is touched, whatever is wanted. */
function refusal(facts: TrustFacts): Problem | undefined {
  if (facts.stateId !== undefined && facts.stateId !== trustName(facts)) return otherClusterProblem(facts);
  if (facts.root.name === facts.leaf.name) return sameClusterProblem(facts);
  if (facts.remoteCluster.status === "not-visible") {
    return notVisibleProblem(facts.root.title, facts.leaf.name, facts.remoteCluster);
  }
  return undefined;
}

/** The rows that a read refuses too: it must not say "gone", or go on with what is not ours. */
export function refusalToRead(facts: TrustFacts): Problem | undefined {
  if (facts.remoteCluster.status === "other-leaf") return refusal(facts) ?? otherLeafProblem(facts);
  return refusal(facts) ?? (facts.trustedCluster.status === "foreign" ? foreignProblem(facts) : undefined);
}

/** Undefined where the versions fit, or cannot be compared. */
export function versionRefusal(facts: TrustFacts): Problem | undefined {
  try {
    const distance = versionDistance(facts.root.version, facts.leaf.version);
    if (distance === "fits") return undefined;
    return distance === "leaf-newer" ? leafNewerProblem(facts) : leafTooOldProblem(facts);
  } catch {
    // A version that is no version says nothing; the clusters decide.
    return undefined;
  }
}

function proxyIsAnothers({ root, checks }: TrustFacts): boolean {
  return checks?.proxyClusterName !== undefined && checks.proxyClusterName !== root.name;
}

/** What speaks against a join, asked before its first write. */
export function joinRefusal(desired: DesiredTrust, facts: TrustFacts): Problem | undefined {
  if (facts.leaf.isCloud) return cloudLeafProblem(facts);
  const skew = versionRefusal(facts);
  if (skew !== undefined) return skew;
  if (proxyIsAnothers(facts)) return otherProxyProblem(desired, facts);
  const missingRole = missingRoleProblem(facts);
  if (missingRole !== undefined) return missingRole;
  if (facts.checks?.seesUnlabelled === false) return hidingLabelsProblem(facts.root.title, facts.leaf.name, {});
  return labelRefusal(desired, facts);
}

function labelRefusal(desired: DesiredTrust, facts: TrustFacts): Problem | undefined {
  if (facts.checks?.seesLabelled !== false) return undefined;
  const labels = wantedLabels(desired, facts.remoteCluster, facts.keptLabels);
  return hidingLabelsProblem(facts.root.title, facts.leaf.name, labels);
}

/** Whether both sides exist, fit and have the addresses that are wanted. A difference in addresses needs another join. */
export function isJoined(
  desired: DesiredTrust,
  { trustedCluster, remoteCluster }: Pick<TrustFacts, "trustedCluster" | "remoteCluster">,
): boolean {
  if (trustedCluster.status !== "ours" || remoteCluster.status !== "same-leaf") return false;
  const { webProxyAddr, tunnelAddr } = trustedCluster;
  return webProxyAddr === (desired.webProxyAddr ?? webProxyAddr) && tunnelAddr === (desired.tunnelAddr ?? tunnelAddr);
}

function decideJoin(desired: DesiredTrust, facts: TrustFacts): Decision {
  // What was joined a moment ago and does not show yet must not be taken for a half trust.
  if (facts.done.has("join")) return { kind: "join" };
  const refused = joinRefusal(desired, facts);
  if (refused !== undefined) return refused;
  if (facts.trustedCluster.status === "ours") return { kind: "remove-trusted-cluster" };
  if (facts.remoteCluster.status === "same-leaf") {
    return { kind: "remove-remote-cluster", keep: facts.remoteCluster.labels };
  }
  if (facts.leftOverTokens > 0) return { kind: "drop-left-over-tokens" };
  return facts.hasToken ? { kind: "join" } : { kind: "create-token" };
}

function decideUpdate(desired: DesiredTrust, found: Ours, facts: TrustFacts): Decision | undefined {
  if (found.enabled === desired.enabled && isSameRoleMap(found.roleMap, desired.roleMap)) return undefined;
  const missingRole = missingRoleProblem(facts);
  if (missingRole !== undefined) return missingRole;
  return { kind: desired.enabled && !found.enabled ? "enable-trusted-cluster" : "update-trusted-cluster" };
}

function decideLabels(desired: DesiredTrust, facts: TrustFacts): Decision | undefined {
  if (facts.remoteCluster.status !== "same-leaf") return undefined;
  const labels = wantedLabels(desired, facts.remoteCluster, facts.keptLabels);
  if (isSameLabels(labels, facts.remoteCluster.labels)) return undefined;
  return labelRefusal(desired, facts) ?? { kind: "set-labels", labels };
}

function decideWait(desired: DesiredTrust, facts: TrustFacts): Decision | undefined {
  const isDue = desired.call === "create" || facts.done.has("join") || facts.done.has("enable-trusted-cluster");
  if (desired.waitFor !== "online" || !desired.enabled || !isDue || facts.done.has("wait-until-online"))
    return undefined;
  const isOnline = facts.remoteCluster.status === "same-leaf" && facts.remoteCluster.connection === "online";
  return isOnline ? undefined : { kind: "wait-until-online" };
}

function decide(desired: DesiredTrust, facts: TrustFacts): Decision {
  if (facts.remoteCluster.status === "other-leaf") return otherLeafProblem(facts);
  if (facts.trustedCluster.status === "foreign") return foreignProblem(facts);
  if (facts.trustedCluster.status !== "ours" || !isJoined(desired, facts)) return decideJoin(desired, facts);
  // The token goes first: what it was for is done, and everything else may take long or fail.
  if (facts.hasToken) return { kind: "drop-token" };
  if (facts.leftOverTokens > 0) return { kind: "drop-left-over-tokens" };
  return (
    decideUpdate(desired, facts.trustedCluster, facts) ??
    decideLabels(desired, facts) ??
    decideWait(desired, facts) ??
    "done"
  );
}

function decideRemoval(facts: TrustFacts): Decision {
  if (facts.trustedCluster.status === "foreign") return foreignProblem(facts);
  if (facts.leftOverTokens > 0) return { kind: "drop-left-over-tokens" };
  if (facts.trustedCluster.status === "ours") return { kind: "remove-trusted-cluster" };
  // Another leaf's remote cluster is not ours to remove; the answer warns of it.
  if (facts.remoteCluster.status === "same-leaf") return { kind: "remove-remote-cluster", keep: {} };
  return "done";
}

/** Clusters answer from caches: a step that was answered with success and does not show yet is given time, not repeated. */
function settled(decision: Decision, facts: TrustFacts): Decision {
  if (decision === "done" || decision instanceof Error || !facts.done.has(decision.kind)) return decision;
  if (facts.settles >= maxSettles) return notSettledProblem(facts, describeStep(decision));
  return { kind: "settle", after: decision.kind };
}

/**
 * Decides the next step towards the desired trust, or towards its end: the decision table of `teleport_trust`.
 *
 * Pure: the same facts give the same answer. From every state that can be met the steps end; nothing foreign is touched;
 * a call that was killed is continued by the next one; no step is taken twice in one call.
 */
export function next(goal: DesiredTrust | "gone", facts: TrustFacts): Decision {
  const refused = refusal(facts);
  if (refused !== undefined) return refused;
  return settled(goal === "gone" ? decideRemoval(facts) : decide(goal, facts), facts);
}
