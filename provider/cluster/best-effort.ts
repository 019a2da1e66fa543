import { Problem } from "../../trust";

/** The answer of a check that was allowed to fail. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  /** `problem` is a warning to show; absent where it has been shown already in this process. */
  | { readonly ok: false; readonly problem: Problem | undefined };

/**
 * Asks a server something that would be good to know, without ever failing: at most 3 s, one attempt.
 *
 * Whoever did not answer is not asked again in this process, and is complained about once.
 *
 * @param whom for messages and for remembering, such as a cluster's title
 */
export type BestEffort = <T>(
  whom: string,
  ask: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<Checked<T>>;

const PATIENCE_MS = 3000;

/** Codes that mean "nobody answers": asking again would only cost the same time again. */
const silent: ReadonlySet<string> = new Set([
  "CONNECTION_FAILED",
  "CONNECTION_UNTRUSTED",
  "IDENTITY_INVALID",
  "IDENTITY_EXPIRED",
  "API_UNAVAILABLE",
  "API_TIMEOUT",
  "API_CANCELLED",
]);

/** Makes one, with the memory of one process. */
export function createBestEffort(patienceMs = PATIENCE_MS): BestEffort {
  const given = new Set<string>();
  const told = new Set<string>();

  return async (whom, ask, signal) => {
    if (given.has(whom)) return { ok: false, problem: undefined };
    const limit = AbortSignal.timeout(patienceMs);
    try {
      return { ok: true, value: await ask(AbortSignal.any([signal, limit])) };
    } catch (error) {
      signal.throwIfAborted();
      const problem = notChecked(whom, error, limit.aborted ? patienceMs : undefined);
      if (limit.aborted || !(error instanceof Problem) || silent.has(error.code)) given.add(whom);
      if (told.has(problem.what)) return { ok: false, problem: undefined };
      told.add(problem.what);
      return { ok: false, problem };
    }
  };
}

function notChecked(whom: string, error: unknown, timeoutMs: number | undefined): Problem {
  const isLate = timeoutMs !== undefined;
  const reason = error instanceof Problem ? error.what : String(error);
  const why = isLate ? `no answer within ${timeoutMs / 1000} s` : reason;
  const advice = !isLate && error instanceof Problem ? `${error.next} ` : "";
  const next = `${advice}Apply checks it before it writes anything.`;
  return new Problem("PLAN_NOT_CHECKED", `not checked against ${whom}: ${why}`, [], next, { cause: error });
}
