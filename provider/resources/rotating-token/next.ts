import type { Problem } from "../../../trust";
import { otherClusterProblem } from "../shared/one-cluster";
import type { DesiredRotation, GenerationFacts, RotationFacts } from "./facts";
import { amendments, rotationReason, spentGenerations } from "./schedule";
import type { RotationStep } from "./step";

function drop(tokens: readonly GenerationFacts[]): RotationStep {
  return {
    kind: "drop",
    keys: tokens.map(({ key }) => key),
    generations: tokens.map(({ generation }) => generation),
  };
}

function decide(desired: DesiredRotation, facts: RotationFacts): RotationStep | "done" {
  const spent = spentGenerations(facts, desired);
  if (spent.length > 0) return drop(spent);
  if (desired.mayRotate && rotationReason(desired, facts) !== undefined) {
    return { kind: "create", generation: Math.max(desired.stateGeneration, facts.live[0]?.generation ?? 0) + 1 };
  }
  // After the creation: an interrupted rotation must not end the old generation before there is a new one.
  const [amendment] = amendments(facts, desired);
  return amendment === undefined ? "done" : { kind: "amend", amendment };
}

/**
 * Decides the next step of a rotating token, or of its end.
 *
 * Pure. Never more than two generations are live, none is ended before its overlap is served, and all are found by their
 * prefix, so that none is left over.
 */
export function next(goal: DesiredRotation | "gone", facts: RotationFacts): RotationStep | "done" | Problem {
  const other = otherClusterProblem({ clusterKey: undefined, stateCluster: facts.stateCluster }, facts.place);
  if (other !== undefined) return other;
  if (goal !== "gone") return decide(goal, facts);
  const all = [...facts.live, ...facts.expired];
  return all.length === 0 ? "done" : drop(all);
}

/** What the next apply has to do, told by a read. */
export interface Pending {
  /** `rotate` makes a new generation, `tidy` only goes on with what was interrupted or undone. */
  readonly kind: "rotate" | "tidy";
  readonly reason: string;
}

/** What an apply would have to do now; undefined when nothing. Labels are the plan's to compare. */
export function pendingOf(desired: DesiredRotation, facts: RotationFacts): Pending | undefined {
  const reason = rotationReason(desired, facts);
  if (reason !== undefined) return { kind: "rotate", reason };
  const [served] = spentGenerations({ ...facts, expired: [] }, desired);
  if (served !== undefined) return { kind: "tidy", reason: `generation ${served.generation} has served its overlap` };
  const [amendment] = amendments(facts, desired);
  if (amendment === undefined) return undefined;
  return { kind: "tidy", reason: `generation ${amendment.generation} has not the end or the labels that it should` };
}
