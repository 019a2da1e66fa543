import type { Problem } from "../../../trust";
import { otherClusterProblem } from "../shared/one-cluster";
import type { DesiredGrant, GrantFacts } from "./facts";
import { missingRoleProblem, notSettledProblem, noUserProblem, ssoUserProblem } from "./refusals";
import type { GrantStep } from "./step";

/** So often a call writes a user whom others write, too, before it gives up. */
export const maxAttempts = 30;
/** So often a call waits for the cluster to show one write; each wait is longer than the one before. */
export const maxSettles = 4;

type Decision = GrantStep | "done" | Problem;

function decideWrite(facts: GrantFacts, step: GrantStep): Decision {
  // Clusters answer from caches: a write that was answered with success is given time before it is repeated.
  if (facts.wasWritten && facts.settles < maxSettles) return { kind: "settle" };
  return facts.attempts >= maxAttempts ? notSettledProblem(facts) : step;
}

/**
 * Decides the next step towards a grant, or towards its end.
 *
 * Pure. What the user had before is never removed; what somebody else took away is given again; what was granted here
 * and is given up is removed.
 */
export function next(goal: DesiredGrant | "gone", facts: GrantFacts): Decision {
  const other = otherClusterProblem({ clusterKey: undefined, stateCluster: facts.stateCluster }, facts.place);
  if (other !== undefined) return other;
  const { user } = facts;
  if (user.status === "none") return goal === "gone" ? "done" : noUserProblem(facts);
  const { missing, removable, staleMarks } = user;
  if (goal === "gone") {
    if (removable.length === 0 && staleMarks === 0) return "done";
    return decideWrite(facts, { kind: "write", add: [], remove: removable });
  }
  if (user.connector !== undefined) return ssoUserProblem(facts, user.connector);
  if (missing.length === 0 && removable.length === 0) return "done";
  if (facts.missingRoles.length > 0) return missingRoleProblem(facts);
  return decideWrite(facts, { kind: "write", add: missing, remove: removable });
}
