import type { Api } from "../../cluster";
import type { RelationResource } from "../../framework";
import { clusterOf, parsePlacedId } from "../shared/one-cluster";
import { desiredFrom } from "./desired";
import type { DesiredRotation, RotationFacts } from "./facts";
import { next } from "./next";
import { observe } from "./observe";
import { checkPlan, customizePlan } from "./plan";
import { createRun, type RotationRun } from "./run";
import { schema, validateConfig } from "./schema";
import { stateFrom } from "./state";
import { describeStep, type RotationStep } from "./step";
import { perform } from "./steps";
import { warningsOf } from "./warnings";

/** `teleport_rotating_token`: an invitation token that renews itself. */
export const rotatingToken: RelationResource<DesiredRotation, RotationFacts, RotationStep, RotationRun, Api> = {
  typeName: "teleport_rotating_token",
  noun: "rotating token",
  schema,
  desiredFrom(source, { api }) {
    const desired = desiredFrom(source);
    // A connection that is not configured any more is said before anything is looked at, and at plan.
    clusterOf(api, desired);
    return desired;
  },
  createRun,
  observe,
  next,
  perform,
  describeStep,
  establishes: ({ kind }) => kind !== "drop",
  stateFrom,
  warnings: warningsOf,
  parseImportId: (id) => parsePlacedId(id, "rotating token", "root/leaf"),
  validateConfig,
  customizePlan,
  checkPlan,
};
