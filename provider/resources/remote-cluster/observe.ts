import type { Api, Cluster, RemoteClusterV3 } from "../../cluster";
import type { ResourceContext } from "../../framework";
import { clusterOf, placeOf } from "../shared/one-cluster";
import { withOwnLabels } from "../shared/own-labels";
import { absenceOf } from "../shared/remote-cluster-sight";
import type { DesiredRemoteCluster, LeafFacts, RemoteClusterFacts } from "./facts";
import type { RemoteClusterRun } from "./run";

function leafFacts({ metadata, status }: RemoteClusterV3): LeafFacts {
  return {
    status: "there",
    labels: { ...metadata?.labels },
    description: metadata?.description ?? "",
    connection: status?.connection === "online" ? "online" : "offline",
  };
}

/** The leaf as this identity finds it. What this call removed itself is not hidden by a label. */
export async function findLeaf(
  root: Cluster,
  desired: DesiredRemoteCluster,
  run: RemoteClusterRun,
  signal: AbortSignal,
): Promise<LeafFacts> {
  const found = await root.remoteClusters.get(desired.name, signal);
  if (found !== undefined) return leafFacts(found);
  return run.done.has("remove") ? { status: "none" } : absenceOf(root, desired.carriedLabels, signal);
}

/** Asks the root how the leaf stands. Nothing is written. */
export async function observe(
  desired: DesiredRemoteCluster,
  run: RemoteClusterRun,
  { api, signal }: Pick<ResourceContext<Api>, "api" | "signal">,
): Promise<RemoteClusterFacts> {
  const root = clusterOf(api, desired);
  const [place, leaf] = await Promise.all([placeOf(root, signal), findLeaf(root, desired, run, signal)]);
  const writes = desired.call === "create" || desired.call === "update";
  const labels = withOwnLabels(leaf.status === "there" ? leaf.labels : {}, desired);
  return {
    place,
    stateCluster: desired.stateCluster,
    leafName: desired.name,
    leaf,
    keepOnDestroy: desired.keepOnDestroy,
    seesLabelled: writes ? await root.canSeeLabels(labels, signal) : true,
    done: new Set(run.done),
    settles: run.settles,
  };
}
