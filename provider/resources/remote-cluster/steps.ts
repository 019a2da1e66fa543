import { type Api, type Cluster, RemoteClusterV3 } from "../../cluster";
import type { ResourceContext } from "../../framework";
import { withoutConflict } from "../shared/conflict";
import { clusterOf, placeOf } from "../shared/one-cluster";
import { withOwnLabels } from "../shared/own-labels";
import { queueOf } from "../shared/queue";
import { waitUntil } from "../shared/wait";
import type { DesiredRemoteCluster } from "./facts";
import { findLeaf } from "./observe";
import { notOnlineProblem, notRegisteredProblem } from "./refusals";
import type { RemoteClusterRun } from "./run";
import type { RemoteClusterStep } from "./step";

type Context = ResourceContext<Api>;

/** The first wait for the cluster to show what was done; each further one is twice as long. */
const firstSettleMs = 100;

/** Own labels and description over what is there now: others may have written theirs since it was looked at. */
async function update(root: Cluster, desired: DesiredRemoteCluster, { signal }: Context): Promise<boolean> {
  const found = await root.remoteClusters.get(desired.name, signal);
  if (found === undefined) return false;
  const labels = withOwnLabels(found.metadata?.labels ?? {}, desired);
  const description = desired.description ?? found.metadata?.description ?? "";
  const message = RemoteClusterV3.fromPartial({ ...found, metadata: { ...found.metadata, labels, description } });
  return withoutConflict(() => root.remoteClusters.update(message, signal));
}

async function waitUntilRegistered(
  root: Cluster,
  desired: DesiredRemoteCluster,
  run: RemoteClusterRun,
  context: Context,
): Promise<void> {
  const names = { place: await placeOf(root, context.signal), leafName: desired.name };
  const awaited = {
    // A leaf that is hidden ends the wait, too: whoever waits looks again, and says so.
    look: async () => (await findLeaf(root, desired, run, context.signal)).status !== "none",
    what: `the leaf "${desired.name}" to join ${names.place.name}`,
    timedOut: (waitedMs: number, cause: unknown) => notRegisteredProblem(names, waitedMs, cause),
  };
  await waitUntil(awaited, context);
}

async function waitUntilOnline(root: Cluster, desired: DesiredRemoteCluster, context: Context): Promise<void> {
  const names = { place: await placeOf(root, context.signal), leafName: desired.name };
  const awaited = {
    look: async () => {
      const found = await root.remoteClusters.get(desired.name, context.signal);
      return found === undefined || found.status?.connection === "online";
    },
    what: `the leaf "${desired.name}" to be online on ${names.place.name}`,
    timedOut: (waitedMs: number, cause: unknown) => notOnlineProblem(names, waitedMs, cause),
  };
  await waitUntil(awaited, context);
}

/** Whether the step has had its effect; `false`: look again first. */
async function take(
  step: Exclude<RemoteClusterStep, { kind: "settle" }>,
  desired: DesiredRemoteCluster,
  run: RemoteClusterRun,
  context: Context,
): Promise<boolean> {
  const root = clusterOf(context.api, desired);
  switch (step.kind) {
    case "wait-until-registered":
      await waitUntilRegistered(root, desired, run, context);
      return true;
    case "update": {
      // The write replaces all labels, and has no condition: two of this process must not cross.
      const place = JSON.stringify([desired.clusterKey ?? null, "remote_cluster", desired.name]);
      return queueOf(context.api.connections).run(place, () => update(root, desired, context), context.signal);
    }
    case "wait-until-online":
      await waitUntilOnline(root, desired, context);
      return true;
    case "remove":
      await root.remoteClusters.delete(desired.name, context.signal);
      return true;
  }
}

/** Does one step. */
export async function perform(
  step: RemoteClusterStep,
  desired: DesiredRemoteCluster,
  run: RemoteClusterRun,
  context: Context,
): Promise<void> {
  if (step.kind === "settle") {
    await context.sleep(firstSettleMs * 2 ** run.settles, context.signal);
    run.settles++;
    return;
  }
  if (!(await take(step, desired, run, context))) return;
  run.done.add(step.kind);
  run.settles = 0;
}
