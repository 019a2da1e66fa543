import { Problem } from "../../../trust";
import { asWarning, type ProblemShape, type RelationCall } from "../../framework";
import { type TrustFacts, trustName } from "./facts";
import { versionRefusal } from "./next";
import type { TrustStep } from "./step";

function isWhole({ trustedCluster, remoteCluster }: TrustFacts): boolean {
  return trustedCluster.status === "ours" && remoteCluster.status === "same-leaf";
}

function continuedProblem(facts: TrustFacts): Problem {
  return new Problem(
    "TRUST_CONTINUED",
    `${facts.leaf.name} already trusts ${facts.root.name}, by the mark of this very trust: it is taken over, not made`,
    [],
    `Either an earlier apply was interrupted, then all is well; or another state owns ${trustName(facts)} too, then remove it from one of them with \`terraform state rm\`.`,
  );
}

function leftProblem({ root, leaf }: TrustFacts): Problem {
  return new Problem(
    "TRUST_LEFT",
    `the remote cluster "${leaf.name}" stays on ${root.name}: it belongs to another leaf of that name`,
    [],
    `If nobody needs it, remove it with \`tctl rm remote_cluster/${leaf.name}\` on the root.`,
  );
}

/** What goes with a result and is no error. `steps` is empty in a plan. */
export function* warningsOf(
  facts: TrustFacts,
  {
    call,
    firstFacts,
    steps,
  }: { readonly call: RelationCall; readonly firstFacts: TrustFacts; readonly steps: readonly TrustStep[] },
): Iterable<ProblemShape> {
  const joins = steps.some(({ kind }) => kind === "join");
  if (call === "create" && isWhole(firstFacts) && !joins) yield asWarning(continuedProblem(firstFacts));
  if (call === "delete" && facts.remoteCluster.status === "other-leaf") yield asWarning(leftProblem(facts));
  const skew = call === "delete" ? undefined : versionRefusal(facts);
  if (skew !== undefined && isWhole(facts)) yield asWarning(skew);
}
