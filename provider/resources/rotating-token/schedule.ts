// When which generation is made, and when it ends. Pure: time is a fact.
import { formatDurationMs, formatTime, timeFromMs } from "../../../trust";
import { isSameLabels } from "../shared/own-labels";
import type { DesiredRotation, GenerationFacts, RotationFacts, RotationTerms } from "./facts";

type Live = RotationFacts["live"];

/** A moment for people, and for the state: RFC 3339, UTC. */
export function timeText(ms: number): string {
  return formatTime(timeFromMs(ms));
}

/** When the older generation at that place of the list has served its overlap. */
function overlapEndsMs(live: Live, index: number, { overlapMs }: RotationTerms): number {
  // It was the newest until the next one was made: nobody has been given it since.
  return (live[index - 1] as GenerationFacts).madeMs + overlapMs;
}

/** When a generation is as old as it may be, or leaves less than the overlap to whoever gets it. */
function agedMs({ madeMs, expiresMs }: GenerationFacts, { rotateAfterMs, overlapMs }: RotationTerms): number {
  return Math.min(madeMs + rotateAfterMs, expiresMs - overlapMs);
}

/**
 * When the next generation is due; undefined without a live one.
 *
 * Never while an older one serves its overlap: at most two are live. (With `overlap` at most `rotate_after` that delays
 * nothing, unless these were changed meanwhile.)
 */
export function dueMs(live: Live, terms: RotationTerms): number | undefined {
  const [newest, ...older] = live;
  if (newest === undefined) return undefined;
  const ends = older.map(({ expiresMs }, i) => Math.min(expiresMs, overlapEndsMs(live, i + 1, terms)));
  return Math.max(agedMs(newest, terms), ...ends);
}

/** Older generations that have served their overlap, and those that have expired. */
export function spentGenerations({ live, expired, nowMs }: RotationFacts, terms: RotationTerms): GenerationFacts[] {
  const served = live.filter((_, index) => index > 0 && overlapEndsMs(live, index, terms) <= nowMs);
  return [...served, ...expired];
}

/** Why a new generation is needed; undefined when none is. */
export function rotationReason(desired: DesiredRotation, { live, nowMs }: RotationFacts): string | undefined {
  const { stateGeneration, stateExpiresMs = 0 } = desired;
  const [newest] = live;
  const [generation, known] = [newest?.generation ?? 0, stateGeneration > 0];
  if (newest === undefined && !known) return "there is no generation yet";
  if (generation < stateGeneration) {
    if (stateExpiresMs > nowMs) return `generation ${stateGeneration} was removed before its time`;
    return `generation ${stateGeneration} expired at ${timeText(stateExpiresMs)}, no run came in time`;
  }
  const due = dueMs(live, desired);
  if (newest === undefined || due === undefined || nowMs < due) return undefined;
  const since = `since ${timeText(due)}`;
  return newest.madeMs + desired.rotateAfterMs <= nowMs
    ? `generation ${generation} is due ${since}: it is older than ${formatDurationMs(desired.rotateAfterMs)}`
    : `generation ${generation} is due ${since}: less than ${formatDurationMs(desired.overlapMs)} of it is left`;
}

/** What a live generation is to be, where it differs. */
export interface Amendment {
  readonly key: string;
  readonly generation: number;
  readonly expiresMs: number;
  readonly labels: RotationTerms["labels"];
}

function wantedExpiryMs(live: Live, index: number, terms: RotationTerms): number {
  const { madeMs, expiresMs } = live[index] as GenerationFacts;
  const ends = index === 0 ? expiresMs : Math.min(expiresMs, overlapEndsMs(live, index, terms));
  return Number.isFinite(ends) ? ends : madeMs + terms.ttlMs;
}

/** What is to be changed of live generations: an older one ends with its overlap by itself, all have the labels. */
export function amendments({ live }: RotationFacts, terms: RotationTerms): Amendment[] {
  return live.flatMap(({ key, generation, expiresMs, labels }, index) => {
    const ends = wantedExpiryMs(live, index, terms);
    if (ends === expiresMs && isSameLabels(labels, terms.labels)) return [];
    return { key, generation, expiresMs: ends, labels: terms.labels };
  });
}
