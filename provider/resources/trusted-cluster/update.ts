import type { CheckedChange, PlannedChange, ProblemShape } from "../../framework";
import { valueAt } from "../description/values";

function differs({ prior, planned }: PlannedChange, name: string): boolean {
  return valueAt(prior, "spec", name) !== valueAt(planned, "spec", name);
}

/** A token is good for one join: whoever changes it later should know that nothing comes of it. */
function* tokenProblems(change: PlannedChange): Iterable<ProblemShape> {
  const changed = ["token", "token_wo_version"].find((name) => differs(change, name));
  if (changed === undefined) return;
  yield {
    code: "TRUST_TOKEN",
    severity: "warning",
    what: `the change of \`${changed}\` does nothing: the leaf has joined already`,
    where: ["spec", changed],
    next: "A token is used once, when the leaf joins; the trust stands without it. Only the state takes note of the change.",
  };
}

function* enabledProblems(change: PlannedChange): Iterable<ProblemShape> {
  if (valueAt(change.prior, "spec", "enabled") !== true) return;
  const enabled = valueAt(change.planned, "spec", "enabled");
  if (enabled !== false && enabled !== null) return;
  yield {
    code: "TRUST_DISABLED",
    severity: "warning",
    what: "the trust is disabled: the leaf closes its tunnel, and users of the root lose access to it",
    where: ["spec", "enabled"],
    next: "The trust itself stays on both clusters; `enabled = true` opens the tunnel again.",
  };
}

/** Warnings that tell what an update in place means, and what it does not do. */
export function* updateProblems(change: CheckedChange): Iterable<ProblemShape> {
  if (change.phase !== "plan" || change.action !== "update") return;
  yield* tokenProblems(change);
  yield* enabledProblems(change);
}
