import { formatDurationMs, Problem } from "../../../trust";
import type { Api, Cluster } from "../../cluster";
import type { ResourceContext } from "../../framework";

type Context = Pick<ResourceContext<Api>, "api" | "signal" | "log" | "sleep">;

const firstPollMs = 200;
/** A real root refreshes the status every 40 s or so; asking more often tells nothing. */
const slowestPollMs = 3_000;
const progressEveryMs = 10_000;

function notOnlineProblem(
  names: { readonly root: string; readonly leaf: string },
  waitedMs: number,
  cause: unknown,
): Problem {
  return new Problem(
    "TRUST_NOT_ONLINE",
    `the leaf ${names.leaf} joined ${names.root}, but is not online there after ${formatDurationMs(Math.round(waitedMs / 1000) * 1000)}`,
    ["wait_for"],
    'The trust stands, its tunnel does not: check that the leaf\'s proxies reach `tunnel_addr`, and that their log names no other reason. A root shows a new tunnel after up to a minute; raise `timeouts`, or set `wait_for = "registered"` and check all leaves at once later.',
    { cause },
  );
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === "TimeoutError";
}

/**
 * Resolves when the root says that the leaf is online, or that it is gone: whoever waits looks again at everything.
 *
 * @throws Problem TRUST_NOT_ONLINE when the time that the call was given is over
 */
export async function waitUntilOnline(
  root: Cluster,
  names: { readonly root: string; readonly leaf: string },
  context: Context,
): Promise<void> {
  const started = context.api.wallClock();
  let [pollMs, saidMs] = [firstPollMs, 0];
  try {
    for (;;) {
      const found = await root.remoteClusters.get(names.leaf, context.signal);
      if (found === undefined || found.status?.connection === "online") return;
      const waitedMs = context.api.wallClock() - started;
      if (waitedMs - saidMs >= progressEveryMs) {
        saidMs = waitedMs;
        context.log.info(`still waiting for ${names.leaf} to be online on ${names.root}`, { waited_ms: waitedMs });
      }
      await context.sleep(pollMs, context.signal);
      pollMs = Math.min(pollMs * 1.5, slowestPollMs);
    }
  } catch (error) {
    if (isTimeout(context.signal.reason)) throw notOnlineProblem(names, context.api.wallClock() - started, error);
    throw error;
  }
}
