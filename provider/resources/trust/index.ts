import type { Api } from "../../cluster";
import type { RelationResource } from "../../framework";
import { sidesOf } from "./clusters";
import { desiredFrom } from "./desired";
import type { DesiredTrust, TrustFacts } from "./facts";
import { parseImportId } from "./import-id";
import { importedMemory } from "./memory";
import { next } from "./next";
import { observe } from "./observe";
import { checkPlan, customizePlan } from "./plan";
import { createRun, type TrustRun } from "./run";
import { schema, validateConfig } from "./schema";
import { stateFrom } from "./state";
import { describeStep, establishesTrust, type TrustStep } from "./step";
import { abandon, perform } from "./steps";
import { warningsOf } from "./warnings";

/** `teleport_trust`: a leaf trusts a root, both sides of it. */
export const trust: RelationResource<DesiredTrust, TrustFacts, TrustStep, TrustRun, Api> = {
  typeName: "teleport_trust",
  noun: "trust",
  schema,
  // The longest way has a dozen steps, each of which may have to settle.
  maxSteps: 120,
  desiredFrom(source, context) {
    const desired = desiredFrom(source, context);
    // A connection that is not configured any more is said before anything is looked at, and at plan.
    sidesOf(context.api, desired);
    return desired;
  },
  createRun,
  observe,
  next,
  perform,
  abandon,
  describeStep,
  establishes: establishesTrust,
  stateFrom,
  warnings: (facts, { call, firstFacts, steps }) => warningsOf(facts, { call, firstFacts, steps }),
  timeoutMs: (_call, desired) => desired.timeoutMs,
  parseImportId,
  importedPrivate: importedMemory,
  validateConfig,
  customizePlan,
  checkPlan,
};
