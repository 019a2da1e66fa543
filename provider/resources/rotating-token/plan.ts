import { Problem } from "../../../trust";
import type { Api } from "../../cluster";
import {
  asWarning,
  newObject,
  type ObjectValue,
  type PlanAdjustment,
  type PlanCheck,
  type PlannedChange,
  type ProblemShape,
  type ResourceContext,
  Unknown,
} from "../../framework";
import { checkRemoval, lookAtPlan } from "../shared/one-cluster";
import { desiredFrom, termsOf } from "./desired";
import { type PendingMemory, pendingBefore } from "./memory";

function changed(planned: ObjectValue, changes: Readonly<Record<string, unknown>>): ObjectValue {
  return Object.assign(newObject(), planned, changes);
}

function isKnownTerms({ ttl, rotate_after, overlap }: ObjectValue): boolean {
  return ![ttl, rotate_after, overlap].includes(Unknown);
}

/** Whether the changed rules may make a rotation due at once. Whether they do, only a clock could tell. */
function mayBecomeDue(prior: ObjectValue, planned: ObjectValue): boolean {
  if (!isKnownTerms(planned)) return true;
  const [before, after] = [termsOf(prior), termsOf(planned)];
  return after.rotateAfterMs < before.rotateAfterMs || after.overlapMs > before.overlapMs;
}

function changesSchedule(prior: ObjectValue, planned: ObjectValue): boolean {
  return ["rotate_after", "overlap"].some((name) => prior[name] !== planned[name]);
}

function pendingWarning(prior: ObjectValue, { forecast }: PendingMemory): ProblemShape {
  const [, reason] = /^\w+: (.*)$/s.exec(String(prior.pending)) ?? [];
  return asWarning(
    new Problem(
      "ROTATION_PENDING",
      `the rotating token "${prior.name}" gets a new generation: ${reason ?? prior.pending}`,
      ["generation"],
      forecast === "" ? "Whoever has been given the old one is to be given the new one." : forecast,
    ),
  );
}

/**
 * Plans what the last read found pending. Asks no clock. The generation becomes unknown in a plan that rotates, so what
 * hands the new value out waits for the rotation.
 */
export function customizePlan(
  { prior, planned }: PlannedChange,
  { private: memory }: Pick<ResourceContext<unknown>, "private">,
): PlanAdjustment {
  if (planned === null) return {};
  if (prior === null) return { planned: changed(planned, { pending: null }) };
  const open = { expires: Unknown, rotates: Unknown };
  if (prior.pending !== null && prior.pending !== undefined) {
    const pending = pendingBefore(memory) ?? { kind: "rotate", forecast: "" };
    if (pending.kind === "tidy" && !mayBecomeDue(prior, planned)) {
      return { planned: changed(planned, { pending: null, ...open }) };
    }
    const rotated = changed(planned, { pending: null, generation: Unknown, ...open });
    return { planned: rotated, problems: pending.kind === "tidy" ? [] : [pendingWarning(prior, pending)] };
  }
  if (!changesSchedule(prior, planned)) return { planned: changed(planned, { pending: null }) };
  return {
    planned: changed(planned, {
      pending: null,
      ...open,
      generation: mayBecomeDue(prior, planned) ? Unknown : (planned.generation ?? null),
    }),
  };
}

/** Another real cluster is another token; nothing else needs to be asked. */
export async function checkPlan(
  { action, prior, planned }: PlannedChange,
  context: ResourceContext<Api>,
): Promise<PlanCheck> {
  if (planned === null) return checkRemoval(prior, context);
  if (planned.cluster === Unknown) return {};
  const isNew = prior === null || action === "replace";
  if (!isKnownTerms(planned)) return {};
  const desired = desiredFrom(isNew ? { call: "create", value: planned } : { call: "update", value: planned, prior });
  return lookAtPlan(desired, context, async () => undefined);
}
