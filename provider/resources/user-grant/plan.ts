import { Problem } from "../../../trust";
import type { Api } from "../../cluster";
import {
  asWarning,
  type PlanCheck,
  type PlannedChange,
  type ProblemShape,
  type ResourceContext,
} from "../../framework";
import { isPlannedRole } from "../planned-roles";
import { checkRemoval, lookAtPlan } from "../shared/one-cluster";
import { desiredFrom } from "./desired";
import type { DesiredGrant, GrantFacts } from "./facts";
import { next } from "./next";
import { observe } from "./observe";
import { createRun } from "./run";
import { warningsOf } from "./warnings";

/** What the same plan may be about to create is a warning now, and an error when it is still missing in apply. */
const notThereYet: ReadonlySet<string> = new Set(["GRANT_NO_USER", "GRANT_ROLE"]);

function planProblem(problem: Problem): ProblemShape {
  if (!notThereYet.has(problem.code)) return problem;
  const { code, what, where, next: advice } = problem;
  return asWarning(new Problem(code, `${what} yet`, where, `${advice} Apply checks it before it writes anything.`));
}

/** Roles that this process has planned to create on the cluster count as there. */
function withPlannedRoles(facts: GrantFacts, { clusterKey }: DesiredGrant, { connections }: Api): GrantFacts {
  const missingRoles = facts.missingRoles.filter((role) => !isPlannedRole(connections, clusterKey, role));
  return { ...facts, missingRoles };
}

/** Asks the cluster, best effort, what apply would say. */
export async function checkPlan(change: PlannedChange, context: ResourceContext<Api>): Promise<PlanCheck> {
  const { action, prior, planned } = change;
  if (planned === null) return checkRemoval(prior, context);
  if (typeof planned.user !== "string") return {};
  const isNew = prior === null || action === "replace";
  const desired = desiredFrom(
    isNew ? { call: "create", value: planned } : { call: "update", value: planned, prior },
    context,
  );
  const look = await lookAtPlan(desired, context, (signal) =>
    observe(desired, createRun(), { api: context.api, signal }),
  );
  if (look.value === undefined) return look;
  const facts = withPlannedRoles(look.value, desired, context.api);
  const decision = next(desired, facts);
  const refused = decision instanceof Problem ? [planProblem(decision)] : [];
  const source = { call: desired.call, desired, firstFacts: facts, steps: [] };
  return { problems: [...look.problems, ...refused, ...warningsOf(facts, source)] };
}
