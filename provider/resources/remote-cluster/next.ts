import type { Problem } from "../../../trust";
import { otherClusterProblem } from "../shared/one-cluster";
import { isSameLabels, withOwnLabels } from "../shared/own-labels";
import { hidingLabelsProblem, notVisibleProblem } from "../shared/remote-cluster-sight";
import type { DesiredRemoteCluster, LeafFacts, RemoteClusterFacts } from "./facts";
import { notRegisteredProblem, notSettledProblem } from "./refusals";
import { describeStep, type RemoteClusterStep } from "./step";

/** So often a call waits for the cluster to show one step of it; each wait is longer than the one before. */
export const maxSettles = 8;

type Decision = RemoteClusterStep | "done" | Problem;
type There = Extract<LeafFacts, { status: "there" }>;

/** What is refused whatever is wanted, by a read too: hidden is not gone. */
export function refusal(facts: RemoteClusterFacts): Problem | undefined {
  const other = otherClusterProblem({ clusterKey: undefined, stateCluster: facts.stateCluster }, facts.place);
  if (other !== undefined || facts.leaf.status !== "not-visible") return other;
  return notVisibleProblem(facts.place.title, facts.leafName, facts.leaf);
}

function decideUpdate(desired: DesiredRemoteCluster, leaf: There, facts: RemoteClusterFacts): Decision | undefined {
  const labels = withOwnLabels(leaf.labels, desired);
  const isDescribed = (desired.description ?? leaf.description) === leaf.description;
  if (isDescribed && isSameLabels(labels, leaf.labels)) return undefined;
  if (!facts.seesLabelled) return hidingLabelsProblem(facts.place.title, facts.leafName, labels);
  return { kind: "update", labels };
}

function decide(desired: DesiredRemoteCluster, facts: RemoteClusterFacts): Decision {
  const { leaf, done } = facts;
  if (leaf.status !== "there") {
    // Only a create waits: a leaf that was there and is not any more is no matter of patience.
    const waits = desired.call === "create" && desired.waitFor !== "none" && !done.has("wait-until-registered");
    return waits ? { kind: "wait-until-registered" } : notRegisteredProblem(facts);
  }
  const update = decideUpdate(desired, leaf, facts);
  if (update !== undefined) return update;
  const awaits = desired.call === "create" && desired.waitFor === "online" && leaf.connection !== "online";
  return awaits && !done.has("wait-until-online") ? { kind: "wait-until-online" } : "done";
}

/** Clusters answer from caches: a step that was answered with success and does not show yet is given time, not repeated. */
function settled(decision: Decision, facts: RemoteClusterFacts): Decision {
  if (decision === "done" || decision instanceof Error || !facts.done.has(decision.kind)) return decision;
  return facts.settles >= maxSettles ? notSettledProblem(facts, describeStep(decision)) : { kind: "settle" };
}

/**
 * Decides the next step towards a leaf's own labels and description, or towards its removal.
 *
 * Pure. Never makes a remote cluster; never takes a hidden one for gone.
 */
export function next(goal: DesiredRemoteCluster | "gone", facts: RemoteClusterFacts): Decision {
  // Who touches nothing needs to see nothing.
  if (goal === "gone" && facts.keepOnDestroy) return "done";
  const refused = refusal(facts);
  if (refused !== undefined) return refused;
  if (goal === "gone") return settled(facts.leaf.status === "there" ? { kind: "remove" } : "done", facts);
  return settled(decide(goal, facts), facts);
}
