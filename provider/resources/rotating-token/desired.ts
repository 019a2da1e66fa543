import { msFromTime, parseDurationMs, parseTime } from "../../../trust";
import { type DesiredSource, type ObjectValue, Unknown, type Value } from "../../framework";
import { clusterOfId } from "../shared/one-cluster";
import { knownLabels, knownText } from "../shared/values";
import { defaults } from "./defaults";
import type { TermTexts } from "./described-terms";
import type { DesiredRotation, RotationTerms } from "./facts";

/** The rules that a configuration or a state sets; defaults where it says nothing. */
export function termsOf(value: ObjectValue): RotationTerms {
  return { ...durationsOf(textsOf(value)), labels: knownLabels(value.labels) };
}

function textsOf({ ttl, rotate_after, overlap }: ObjectValue): TermTexts {
  return {
    ttl: knownText(ttl) ?? defaults.ttl,
    rotate_after: knownText(rotate_after) ?? defaults.rotateAfter,
    overlap: knownText(overlap) ?? defaults.overlap,
  };
}

/** The durations in milliseconds. */
export function durationsOf({ ttl, rotate_after, overlap }: TermTexts): Omit<RotationTerms, "labels"> {
  return {
    ttlMs: parseDurationMs(ttl),
    rotateAfterMs: parseDurationMs(rotate_after),
    overlapMs: parseDurationMs(overlap),
  };
}

function generationOf(value: Value | undefined): number {
  return value === undefined || value === null ? 0 : Number(value);
}

/** What a call of Terraform wants of a rotating token. The values were validated before. */
export function desiredFrom({ call, value, prior }: DesiredSource): DesiredRotation {
  const state = call === "update" ? prior : call === "create" || call === "import" ? undefined : value;
  const expires = knownText(state?.expires);
  return {
    clusterKey: knownText(value.cluster),
    stateCluster: clusterOfId(state?.id),
    name: knownText(value.name) ?? "",
    ...termsOf(value),
    texts: textsOf(value),
    stateGeneration: generationOf(state?.generation),
    stateExpiresMs: expires === undefined ? undefined : msFromTime(parseTime(expires)),
    // A known generation was promised by the plan; only an open one may become another.
    mayRotate: call === "create" || (call === "update" && value.generation === Unknown),
    call,
  };
}
