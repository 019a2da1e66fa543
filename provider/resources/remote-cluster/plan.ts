import { Problem } from "../../../trust";
import type { Api } from "../../cluster";
import {
  asWarning,
  type PlanCheck,
  type PlannedChange,
  type ProblemShape,
  type ResourceContext,
  Unknown,
} from "../../framework";
import { checkRemoval, lookAtPlan } from "../shared/one-cluster";
import { desiredFrom } from "./desired";
import { next } from "./next";
import { observe } from "./observe";
import { createRun } from "./run";

/** What the same plan may be about to create is a warning now, and an error when it is still missing in apply. */
const notThereYet: ReadonlySet<string> = new Set(["REMOTE_CLUSTER_NOT_REGISTERED", "TRUST_LABELS_HIDE"]);

function planProblem(problem: Problem): ProblemShape {
  if (!notThereYet.has(problem.code)) return problem;
  const { code, what, where, next: advice } = problem;
  return asWarning(new Problem(code, `${what} yet`, where, `${advice} Apply checks it before it writes anything.`));
}

/** Asks the root, best effort, what apply would say. */
export async function checkPlan(
  { action, prior, planned }: PlannedChange,
  context: ResourceContext<Api>,
): Promise<PlanCheck> {
  if (planned === null) return checkRemoval(prior, context);
  if (typeof planned.name !== "string" || planned.cluster === Unknown) return {};
  const isNew = prior === null || action === "replace";
  const desired = desiredFrom(
    isNew ? { call: "create", value: planned } : { call: "update", value: planned, prior },
    context,
  );
  const look = await lookAtPlan(desired, context, (signal) =>
    observe(desired, createRun(), { api: context.api, signal }),
  );
  if (look.value === undefined) return look;
  const decision = next(desired, look.value);
  return decision instanceof Problem ? { problems: [...look.problems, planProblem(decision)] } : look;
}
