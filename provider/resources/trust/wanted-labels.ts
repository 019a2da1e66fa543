import type { Labels } from "../../../trust";
import type { DesiredTrust, RemoteClusterFacts } from "./facts";

/**
 * All labels that the remote cluster is to carry: others' labels stay, those of a removed one come back, own ones win,
 * and own ones that are no longer wanted go.
 */
export function wantedLabels(
  desired: Pick<DesiredTrust, "labels" | "droppedLabels">,
  remoteCluster: RemoteClusterFacts,
  keptLabels: Labels,
): Labels {
  const current = remoteCluster.status === "same-leaf" ? remoteCluster.labels : {};
  const others = Object.entries({ ...keptLabels, ...current }).filter(([key]) => !desired.droppedLabels.includes(key));
  return { ...Object.fromEntries(others), ...desired.labels };
}

/** Whether two sets of labels are the same, whatever their order. */
export function isSameLabels(a: Labels, b: Labels): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}

/** For messages: `env=demo, team=a`. */
export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
}
