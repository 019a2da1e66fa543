import { formatDurationMs, Problem } from "../../../trust";
import type { Api, Cluster } from "../../cluster";
import type { ResourceContext } from "../../framework";
import { waitUntil } from "../shared/wait";

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

/**
 * Resolves when the root says that the leaf is online, or that it is gone: whoever waits looks again at everything.
 *
 * @throws Problem TRUST_NOT_ONLINE when the time that the call was given is over
 */
export function waitUntilOnline(
  root: Cluster,
  names: { readonly root: string; readonly leaf: string },
  context: Pick<ResourceContext<Api>, "api" | "signal" | "log" | "sleep">,
): Promise<void> {
  const look = async () => {
    const found = await root.remoteClusters.get(names.leaf, context.signal);
    return found === undefined || found.status?.connection === "online";
  };
  const timedOut = (waitedMs: number, cause: unknown) => notOnlineProblem(names, waitedMs, cause);
  return waitUntil({ look, what: `${names.leaf} to be online on ${names.root}`, timedOut }, context);
}
