import { Problem, parseDurationMs } from "../trust";
import { UsageError } from "./usage-error";

/**
 * A duration as people type it, such as `31m`, in milliseconds.
 *
 * @throws UsageError when it is none, or negative
 */
export function durationOption(option: string, text: string): number {
  try {
    const ms = parseDurationMs(text);
    if (ms >= 0) return ms;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new UsageError(`${option}: ${error.what}. ${error.next}`, { cause: error });
  }
  throw new UsageError(`${option} is a duration of zero or more, not "${text}"`);
}

/**
 * A whole number of zero or more.
 *
 * @throws UsageError when it is none
 */
export function wholeNumberOption(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${option} is a whole number of zero or more, not "${text}"`);
}
