import { Problem } from "../../trust";
import { isTimeUp } from "./errors";

/**
 * Remembers the first success of a question; failures are not remembered.
 *
 * Callers that ask while the question is under way share its answer, also a failure; only when the caller that asked
 * went away (its signal was aborted), another one asks again.
 */
export function once<T>(ask: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let answer: { readonly value: T } | undefined;
  let underWay: { readonly promise: Promise<T>; readonly signal: AbortSignal } | undefined;

  const begin = async (signal: AbortSignal): Promise<T> => {
    try {
      const value = await ask(signal);
      answer = { value };
      return value;
    } finally {
      underWay = undefined;
    }
  };

  return async (signal) => {
    for (;;) {
      if (signal.aborted) throw cancelled(signal);
      if (answer !== undefined) return answer.value;
      if (underWay === undefined) {
        underWay = { promise: begin(signal), signal };
        return underWay.promise;
      }
      const shared = underWay;
      try {
        return await abortable(shared.promise, signal);
      } catch (error) {
        if (signal.aborted || !shared.signal.aborted) throw error;
      }
    }
  };
}

/** Resolves as the promise does; rejects as it does, or when the signal is aborted first. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(cancelled(signal));
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

function cancelled(signal: AbortSignal): Problem {
  const [code, what] = isTimeUp(signal)
    ? (["API_TIMEOUT", "there was no answer before the time was up"] as const)
    : (["API_CANCELLED", "the call was cancelled"] as const);
  return new Problem(code, what, [], "Apply again to continue.", { cause: signal.reason });
}
