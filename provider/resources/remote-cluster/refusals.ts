import { formatDurationMs, Problem } from "../../../trust";
import type { RemoteClusterFacts } from "./facts";

type Names = Pick<RemoteClusterFacts, "place" | "leafName">;

/** Why nothing was found, and how long it was waited for. */
export function notRegisteredProblem({ place, leafName }: Names, waitedMs?: number, cause?: unknown): Problem {
  const since = waitedMs === undefined ? "" : ` after ${formatDurationMs(Math.round(waitedMs / 1000) * 1000)}`;
  return new Problem(
    "REMOTE_CLUSTER_NOT_REGISTERED",
    `no leaf "${leafName}" has joined ${place.name}${since}`,
    ["name"],
    "This resource labels a leaf that joins by other means: create its trusted cluster first (`teleport_trust` does both), or give it more time in `timeouts`.",
    { cause },
  );
}

export function notOnlineProblem({ place, leafName }: Names, waitedMs: number, cause: unknown): Problem {
  return new Problem(
    "REMOTE_CLUSTER_NOT_ONLINE",
    `the leaf "${leafName}" is not online on ${place.name} after ${formatDurationMs(Math.round(waitedMs / 1000) * 1000)}`,
    ["wait_for"],
    'Its labels are set, its tunnel is down: look at the log of the leaf\'s proxies. A root shows a new tunnel after up to a minute; raise `timeouts`, or set `wait_for = "registered"`.',
    { cause },
  );
}

export function notSettledProblem({ place, leafName }: Names, what: string): Problem {
  return new Problem(
    "REMOTE_CLUSTER_NOT_SETTLED",
    `${place.name} does not show the effect of a step on "${leafName}" that it answered with success: ${what}`,
    [],
    "Somebody else may be working on the same leaf, or the cluster is not well; look, then apply again.",
  );
}
