import type { Api } from "../../cluster";
import type { RelationResource } from "../../framework";
import { clusterOf } from "../shared/one-cluster";
import { desiredFrom } from "./desired";
import type { DesiredGrant, GrantFacts } from "./facts";
import { next } from "./next";
import { observe } from "./observe";
import { checkPlan } from "./plan";
import { createRun, type GrantRun } from "./run";
import { schema, validateConfig } from "./schema";
import { stateFrom } from "./state";
import { describeStep, type GrantStep } from "./step";
import { perform } from "./steps";
import { warningsOf } from "./warnings";

/** `teleport_user_grant`: roles and trait values for a user that somebody else owns. */
export const userGrant: RelationResource<DesiredGrant, GrantFacts, GrantStep, GrantRun, Api> = {
  typeName: "teleport_user_grant",
  noun: "user grant",
  schema,
  maxSteps: 200,
  desiredFrom(source, context) {
    const desired = desiredFrom(source, context);
    // A connection that is not configured any more is said before anything is looked at, and at plan.
    clusterOf(context.api, desired);
    return desired;
  },
  createRun,
  observe,
  next,
  perform,
  describeStep,
  stateFrom,
  warnings: warningsOf,
  validateConfig,
  checkPlan,
};
