import { type Problem, tokenPrefix } from "../../../trust";
import { rotatingTokenId } from "../../cluster";
import {
  newObject,
  type ObjectValue,
  type ResourceContext,
  type StateSource,
  Unknown,
  type Value,
} from "../../framework";
import { otherClusterProblem } from "../shared/one-cluster";
import { durationsOf } from "./desired";
import type { DesiredRotation, GenerationFacts, RotationFacts } from "./facts";
import { type PendingMemory, rememberPending } from "./memory";
import { type Pending, pendingOf } from "./next";
import { dueMs, timeText } from "./schedule";

function textOf(ms: number | undefined): Value {
  return ms === undefined || !Number.isFinite(ms) ? null : timeText(ms);
}

function knownOrNull(value: Value | undefined): Value {
  return value === undefined || value === Unknown ? null : value;
}

function labelsValue({ labels }: GenerationFacts, like: Value | undefined): Value {
  const entries = Object.entries(labels);
  return entries.length === 0 && !(like instanceof Map) ? null : new Map(entries);
}

/** What applying right now would come to. */
function forecastOf({ kind }: Pending, desired: DesiredRotation, { nowMs, live }: RotationFacts): PendingMemory {
  if (kind === "tidy") return { kind, forecast: "" };
  const { ttlMs, overlapMs, rotateAfterMs } = desired;
  const [old] = live;
  const stays =
    old === undefined
      ? ""
      : `, generation ${old.generation} until ${timeText(Math.min(old.expiresMs, nowMs + overlapMs))}`;
  const next = timeText(nowMs + Math.min(rotateAfterMs, ttlMs - overlapMs));
  return {
    kind,
    forecast: `Applied now, the new generation is accepted until ${timeText(nowMs + ttlMs)}${stays}; the next rotation is due at ${next}.`,
  };
}

/** The newest generation as the state shows it; as it was before where the cluster has only older ones, or none. */
function newestOf(facts: RotationFacts, desired: DesiredRotation, like: ObjectValue): ObjectValue {
  const [newest] = facts.live;
  if (newest === undefined || newest.generation < desired.stateGeneration) {
    return Object.assign(newObject(), {
      generation: desired.stateGeneration,
      expires: textOf(desired.stateExpiresMs),
      rotates: knownOrNull(like.rotates),
      labels: like.labels ?? null,
    });
  }
  return Object.assign(newObject(), {
    generation: newest.generation,
    expires: textOf(newest.expiresMs),
    rotates: textOf(dueMs(facts.live, desired)),
    labels: labelsValue(newest, like.labels),
  });
}

/** What an update's plan has told already must come true; if others rotated meanwhile, the next refresh shows it. */
function promised(planned: ObjectValue): ObjectValue {
  const names = ["generation", "expires", "rotates"].filter((name) => planned[name] !== Unknown);
  return Object.assign(newObject(), Object.fromEntries(names.map((name) => [name, planned[name]])));
}

/**
 * The state that facts mean. The verdict of a read stands in it, as `pending`: a plan never asks a clock, so that planning
 * again during apply comes to the same. Without any live token it stays in the state, to go on with the next number.
 */
export function stateFrom(
  facts: RotationFacts,
  source: StateSource<DesiredRotation>,
  { private: memory }: Pick<ResourceContext<unknown>, "private">,
): ObjectValue | "gone" | Problem {
  const other = otherClusterProblem({ clusterKey: undefined, stateCluster: facts.stateCluster }, facts.place);
  if (other !== undefined) return other;
  if (facts.live.length === 0 && source.desired.stateGeneration === 0) return "gone";
  const { call, like } = source;
  const terms = call === "import" ? facts.live[0]?.terms : undefined;
  const desired = terms === undefined ? source.desired : { ...source.desired, ...durationsOf(terms) };
  const pending = call === "read" || call === "import" ? pendingOf(desired, facts) : undefined;
  rememberPending(memory, pending && forecastOf(pending, desired, facts));
  return Object.assign(newestOf(facts, desired, like), call === "update" ? promised(like) : {}, terms ?? {}, {
    id: `${facts.place.name}/${desired.name}`,
    prefix: tokenPrefix(rotatingTokenId(facts.place.name, desired.name)),
    pending: pending === undefined ? null : `${pending.kind === "rotate" ? "rotation" : "repair"}: ${pending.reason}`,
  });
}
