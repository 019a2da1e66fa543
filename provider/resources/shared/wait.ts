import type { Problem } from "../../../trust";
import type { Api } from "../../cluster";
import type { ResourceContext } from "../../framework";

/** What is waited for. */
export interface Awaited {
  /** Whether it has come about, or cannot any more. */
  look(): Promise<boolean>;
  /** For the log, such as `leaf.lab to be online on root.lab`. */
  readonly what: string;
  /** The problem when the time that the call was given is over. */
  timedOut(waitedMs: number, cause: unknown): Problem;
}

const firstPollMs = 200;
/** A real root refreshes the status of its leaves every 40 s or so; asking more often tells nothing. */
const slowestPollMs = 3_000;
const progressEveryMs = 10_000;

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === "TimeoutError";
}

/**
 * Looks again and again, ever more slowly, until there is nothing to wait for; says in the log that it still waits.
 *
 * @throws Problem that of `timedOut` when the time of the call is over, and whatever `look` throws
 */
export async function waitUntil(
  awaited: Awaited,
  context: Pick<ResourceContext<Api>, "api" | "signal" | "log" | "sleep">,
): Promise<void> {
  const started = context.api.wallClock();
  let [pollMs, saidMs] = [firstPollMs, 0];
  try {
    while (!(await awaited.look())) {
      const waitedMs = context.api.wallClock() - started;
      if (waitedMs - saidMs >= progressEveryMs) {
        saidMs = waitedMs;
        context.log.info(`still waiting for ${awaited.what}`, { waited_ms: waitedMs });
      }
      await context.sleep(pollMs, context.signal);
      pollMs = Math.min(pollMs * 1.5, slowestPollMs);
    }
  } catch (error) {
    if (isTimeout(context.signal.reason)) throw awaited.timedOut(context.api.wallClock() - started, error);
    throw error;
  }
}
