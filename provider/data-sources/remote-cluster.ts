import { Problem } from "../../trust";
import type { Api, Cluster } from "../cluster";
import { type DataSource, types } from "../framework";
import { clusterAttribute, clusterOf } from "./cluster-attribute";
import { remoteClusterAttributes, remoteClusterValue } from "./remote-clusters";
import { computed } from "./values";

/** `teleport_remote_cluster`: one leaf, as its root sees it. */
export const remoteClusterDataSource: DataSource<Api> = {
  typeName: "teleport_remote_cluster",
  schema: {
    description: "A leaf cluster that has joined a root: labels, description and status as the root has them.",
    attributes: {
      cluster: clusterAttribute,
      name: { type: types.string, mode: "required", description: "Real name of the leaf cluster." },
      id: computed(types.string, "The same as `name`."),
      ...remoteClusterAttributes,
    },
  },
  async read(config, { api, signal }) {
    const cluster = clusterOf(api, config);
    const name = config.name as string;
    const found = await cluster.remoteClusters.get(name, signal);
    if (found === undefined) throw await notFound(cluster, name, signal);
    return { state: { ...config, ...remoteClusterValue(found), id: name } };
  },
};

/** A hidden leaf and a missing one look alike; only who sees all can tell. */
async function notFound(cluster: Cluster, name: string, signal: AbortSignal): Promise<Problem> {
  if (await cluster.seesEveryRemoteCluster(signal).catch(() => false)) {
    const next = "Check its real name; a leaf appears when it has joined (`teleport_trust`).";
    return new Problem("API_NOT_FOUND", `${cluster.title} has no leaf ${JSON.stringify(name)}`, ["name"], next);
  }
  return new Problem(
    "TRUST_NOT_VISIBLE",
    `${cluster.title} has no leaf ${JSON.stringify(name)}, or it is hidden from this identity`,
    ["name"],
    "Check its real name, and give the identity a role with `cluster_labels: {'*': '*'}`: without it labels hide leaves.",
  );
}
