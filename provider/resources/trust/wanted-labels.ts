import type { Labels } from "../../../trust";
import { type OwnLabels, withOwnLabels } from "../shared/own-labels";
import type { RemoteClusterFacts } from "./facts";

/** All labels that the remote cluster is to carry: own ones, others', and those of a removed one, which come back. */
export function wantedLabels(desired: OwnLabels, remoteCluster: RemoteClusterFacts, keptLabels: Labels): Labels {
  const current = remoteCluster.status === "same-leaf" ? remoteCluster.labels : {};
  return withOwnLabels({ ...keptLabels, ...current }, desired);
}
