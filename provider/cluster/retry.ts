import { GrpcError, GrpcStatus } from "../grpc";

/** How often a call that the cluster could not take is tried again. */
export interface RetryBudget {
  /** Wait before the second try; doubles with each further one. */
  readonly baseMs: number;
  /** Longest wait. */
  readonly capMs: number;
  /** All tries, the first included; at least 1. */
  readonly maxTries: number;
}

/**
 * Whether a call may be sent twice.
 *
 * - `repeatable`: reading, deleting, or writing the whole object whatever is there
 * - `once`: creating, or writing on a condition; after a lost answer nobody knows whether it was carried out
 */
export type Repetition = "repeatable" | "once";

/** What waiting needs of the outside. */
export interface RetrySurroundings {
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * Runs a call until it succeeds, fails for good, or the budget is spent; then rejects with the last failure.
 *
 * Waits between `baseMs / 2` and `baseMs`, doubled each time up to `capMs`: half is jitter, so that many resources which
 * failed together do not come back together.
 */
export async function withRetry<T>(
  call: () => Promise<T>,
  repetition: Repetition,
  budget: RetryBudget,
  around: RetrySurroundings,
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (tries >= budget.maxTries || signal.aborted || !mayRepeat(error, repetition)) throw error;
      await around.sleep(waitMs(tries, budget, around.random()), signal);
    }
  }
}

function waitMs(tries: number, budget: RetryBudget, random: number): number {
  const whole = Math.min(budget.capMs, budget.baseMs * 2 ** (tries - 1));
  return whole / 2 + (whole / 2) * random;
}

function mayRepeat(error: unknown, repetition: Repetition): boolean {
  if (!(error instanceof GrpcError)) return false;
  if (error.unprocessed) return true;
  switch (error.code) {
    case GrpcStatus.ABORTED:
    case GrpcStatus.RESOURCE_EXHAUSTED:
      // The server itself says that it did not act.
      return true;
    case GrpcStatus.UNAVAILABLE:
      return repetition === "repeatable";
    default:
      return false;
  }
}
