import { Problem } from "../../../trust";
import { asWarning, type ProblemShape, type RelationCall } from "../../framework";
import type { DesiredRotation, RotationFacts } from "./facts";
import { rotationReason } from "./schedule";

function continuedProblem({ name }: DesiredRotation, { place, live }: RotationFacts): Problem {
  const generations = live.map(({ generation }) => generation).join(", ");
  return new Problem(
    "ROTATION_CONTINUED",
    `the rotating token "${name}" is on ${place.name} already, generation ${generations}: it is taken over, not made`,
    [],
    "Either an earlier apply was interrupted, then all is well; or another state owns it too. Then give one of the two another name.",
  );
}

function lateProblem({ name }: DesiredRotation, reason: string): Problem {
  return new Problem(
    "ROTATION_LATE",
    `the rotating token "${name}" has become due since the plan was made: ${reason}`,
    [],
    "Plan and apply again: what a plan has not announced is not done.",
  );
}

/** What goes with a result and is no error. */
export function* warningsOf(
  facts: RotationFacts,
  { call, desired, firstFacts }: { call: RelationCall; desired: DesiredRotation; firstFacts: RotationFacts },
): Iterable<ProblemShape> {
  if (call === "create" && firstFacts.live.length > 0) yield asWarning(continuedProblem(desired, firstFacts));
  if (call !== "update" || desired.mayRotate) return;
  const reason = rotationReason(desired, facts);
  if (reason !== undefined) yield asWarning(lateProblem(desired, reason));
}
