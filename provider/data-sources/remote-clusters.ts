import { formatTime, zeroTimeSeconds } from "../../trust";
import type { Api, RemoteClusterV3, Timestamp } from "../cluster";
import { type DataSource, type ObjectValue, types } from "../framework";
import { clusterAttribute, clusterOf } from "./cluster-attribute";

/** `teleport_remote_clusters`: the leaves that a root knows, as far as the identity may see them. */
export const remoteClustersDataSource: DataSource<Api> = {
  typeName: "teleport_remote_clusters",
  schema: {
    description:
      "The leaf clusters that have joined a root, by name. Leaves whose labels hide them from the identity are left out.",
    attributes: {
      cluster: clusterAttribute,
      id: { type: types.string, mode: "computed", description: "Real name of the root cluster." },
      remote_clusters: {
        mode: "computed",
        description: "The leaves, in the order of their names.",
        nested: {
          nesting: "list",
          attributes: {
            name: { type: types.string, mode: "computed", description: "Name of the leaf cluster." },
            description: { type: types.string, mode: "computed", description: "Its description." },
            labels: { type: types.map(types.string), mode: "computed", description: "Its labels." },
            status: {
              type: types.string,
              mode: "computed",
              description: "`online` or `offline`; a root refreshes it about every 40 seconds.",
            },
            last_heartbeat: {
              type: types.string,
              mode: "computed",
              description: "When it was last heard of (RFC 3339); null when it never was.",
            },
          },
        },
      },
    },
  },
  async read(config, { api, signal }) {
    const cluster = clusterOf(api, config);
    const [{ clusterName }, all] = await Promise.all([cluster.ping(signal), cluster.remoteClusters.list(signal)]);
    const remote_clusters = all.map(remoteClusterValue).sort((a, b) => compare(a.name as string, b.name as string));
    return { state: { ...config, id: clusterName, remote_clusters } };
  },
};

function remoteClusterValue({ metadata, status }: RemoteClusterV3): ObjectValue {
  return {
    name: metadata?.name ?? "",
    description: metadata?.description ?? "",
    labels: new Map(Object.entries(metadata?.labels ?? {})),
    status: status?.connection ?? "",
    last_heartbeat: heartbeat(status?.last_heartbeat),
  };
}

/** Go's zero time means "never". */
function heartbeat(time: Timestamp | undefined): string | null {
  if (time === undefined || Number(time.seconds) === zeroTimeSeconds) return null;
  return formatTime({ seconds: Number(time.seconds), nanos: time.nanos, offset: 0 });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
