/** Milliseconds in one of each unit of `grpc-timeout`. */
const unitsMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** The header has room for eight digits. */
const maxCount = 99_999_999;

/** `grpc-timeout` of a call: whole milliseconds where they fit, whole seconds above, never less than a millisecond. */
export function formatTimeout(timeoutMs: number): string {
  const ms = Math.max(1, Math.ceil(timeoutMs));
  return ms <= maxCount ? `${ms}m` : `${Math.min(maxCount, Math.ceil(ms / 1000))}S`;
}

/** The milliseconds that a `grpc-timeout` allows; `undefined` when it is none. */
export function parseTimeout(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? [];
  const unitMs = unitsMs[unit ?? ""];
  return digits === undefined || unitMs === undefined ? undefined : Number(digits) * unitMs;
}

/** The longest wait that a Node timer can hold; what is longer would fire at once. */
export const longestTimerMs = 2 ** 31 - 1;
