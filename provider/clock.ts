import { formatDurationMs, Problem, parseDurationMs } from "../trust";

/** The provider's one source of time for tokens, expiry dates and rotation. */
export interface ProviderClock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Set when the clock is not the machine's own: nobody must overlook that. */
  readonly warning: Problem | undefined;
}

/** The variable that names a file with an offset, for tests: see product.md §3. */
export const clockOffsetVariable = "TELEPORT_TRUST_CLOCK_OFFSET_FILE";

/**
 * Makes the clock: the machine's, moved by the duration that stands in the file named by
 * `TELEPORT_TRUST_CLOCK_OFFSET_FILE` (such as `31m0s`; an empty file is no offset). Read once.
 *
 * @throws Problem PROVIDER_CLOCK_OFFSET when that file cannot be read or holds something else
 */
export function createClock(
  env: Readonly<Record<string, string | undefined>>,
  wallClock: () => number,
  readFile: (path: string) => string,
): ProviderClock {
  const path = env[clockOffsetVariable];
  if (!path) return { now: wallClock, warning: undefined };
  const offsetMs = readOffset(path, readFile);
  const what = `the provider's clock is moved by ${formatDurationMs(offsetMs)}, as ${clockOffsetVariable} asks for`;
  const next = `This is for tests. Unset ${clockOffsetVariable} for real clusters.`;
  return { now: () => wallClock() + offsetMs, warning: new Problem("PROVIDER_CLOCK_OFFSET", what, [], next) };
}

function readOffset(path: string, readFile: (path: string) => string): number {
  try {
    const text = readFile(path).trim();
    return text === "" ? 0 : parseDurationMs(text);
  } catch (cause) {
    const reason = cause instanceof Problem ? cause.what : String((cause as NodeJS.ErrnoException).code ?? cause);
    const what = `the clock's offset cannot be read from ${path}: ${reason}`;
    const next = `Unset ${clockOffsetVariable}, or name a file with a duration such as "31m".`;
    throw new Problem("PROVIDER_CLOCK_OFFSET", what, [], next, { cause });
  }
}
