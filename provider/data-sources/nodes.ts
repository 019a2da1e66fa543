import type { Api, ListedNode } from "../cluster";
import { type Attributes, type DataSource, type ObjectValue, types } from "../framework";
import { listDataSource } from "./list-data-source";
import { computed, mapArgument, mapValue } from "./values";

/** What is shown of a node. */
export const nodeAttributes: Attributes = {
  name: computed(types.string, "Name of the object: the UUID of the host."),
  hostname: computed(types.string, "Host name, as people type it."),
  addr: computed(types.string, "Address (`host:port`); empty for a node that is reached by a tunnel."),
  labels: computed(types.map(types.string), "Labels, those that commands give included."),
  logins: computed(
    types.list(types.string),
    "Logins that the identity may use on it; null where the cluster names none (older ones never do).",
  ),
  version: computed(types.string, "Version of Teleport that it runs; empty for a plain OpenSSH server."),
};

/** The values of {@link nodeAttributes}. */
export function nodeValue({ node: { metadata, spec }, logins }: ListedNode): ObjectValue {
  const results = Object.entries(spec?.cmd_labels ?? {}).map(([key, { result }]) => [key, result] as const);
  return {
    name: metadata?.name ?? "",
    hostname: spec?.hostname ?? "",
    addr: spec?.addr ?? "",
    labels: mapValue({ ...metadata?.labels, ...Object.fromEntries(results) }),
    logins: logins === undefined ? null : [...logins],
    version: spec?.version ?? "",
  };
}

/** What nodes are sorted by. */
export function nodeOrder({ hostname, name }: ObjectValue): string {
  return `${hostname as string}\0${name as string}`;
}

/** The labels that nodes must have. */
export const labelsArgument: Attributes = {
  labels: { type: types.map(types.string), mode: "optional", description: "Only nodes with all of these labels." },
};

/** `teleport_nodes`: the SSH nodes of a cluster, as `tsh ls --cluster` shows them. */
export const nodesDataSource: DataSource<Api> = listDataSource({
  typeName: "teleport_nodes",
  description:
    "The SSH nodes of a cluster that the identity may see. A root does not know the nodes of its leaves: ask the leaf, or `teleport_leaf_access`.",
  place: "cluster",
  attribute: "nodes",
  attributeDescription: "The nodes, in the order of their host names.",
  arguments: labelsArgument,
  item: nodeAttributes,
  list: (cluster, config, signal) => cluster.nodes.list(mapArgument(config, "labels"), signal),
  value: nodeValue,
  sortedBy: nodeOrder,
});
