import type { Api, Cluster, RemoteClusterV3 } from "../cluster";
import { type Attributes, type DataSource, type ObjectValue, type ProblemShape, types } from "../framework";
import { listDataSource } from "./list-data-source";
import { computed, mapValue, timeValue } from "./values";

/** What a root says of a leaf, but for its name. */
export const remoteClusterAttributes: Attributes = {
  description: computed(types.string, "Its description."),
  labels: computed(types.map(types.string), "Its labels."),
  status: computed(types.string, "`online` or `offline`; a root refreshes it about every 40 seconds."),
  last_heartbeat: computed(types.string, "When it was last heard of (RFC 3339); null when it never was."),
};

/** The values of {@link remoteClusterAttributes}, and `name`. */
export function remoteClusterValue({ metadata, status }: RemoteClusterV3): ObjectValue {
  return {
    name: metadata?.name ?? "",
    description: metadata?.description ?? "",
    labels: mapValue(metadata?.labels),
    status: status?.connection ?? "",
    last_heartbeat: timeValue(status?.last_heartbeat),
  };
}

/** `teleport_remote_clusters`: the leaves that a root knows, as far as the identity may see them. */
export const remoteClustersDataSource: DataSource<Api> = listDataSource({
  typeName: "teleport_remote_clusters",
  description:
    "The leaf clusters that have joined a root, by name. Leaves whose labels hide them from the identity are left out; a warning says so where that is possible.",
  place: "root cluster",
  attribute: "remote_clusters",
  attributeDescription: "The leaves, in the order of their names.",
  item: { name: computed(types.string, "Name of the leaf cluster."), ...remoteClusterAttributes },
  list: (cluster, _, signal) => cluster.remoteClusters.list(signal),
  value: remoteClusterValue,
  sortedBy: ({ name }) => name as string,
  async warnings(cluster, signal) {
    const isWhole = await cluster.seesEveryRemoteCluster(signal).catch(() => false);
    return isWhole ? [] : [hiddenOnes(cluster)];
  },
});

/** A list that `for_each` runs over must not lose a leaf in silence. */
function hiddenOnes({ title }: Cluster): ProblemShape {
  return {
    code: "TRUST_NOT_VISIBLE",
    severity: "warning",
    what: `leaves of ${title} may be hidden from this identity, and are not in the list then`,
    where: [],
    next: "Give one of its roles `cluster_labels: {'*': '*'}` under `allow`, and no role of it any `cluster_labels` under `deny`.",
  };
}
