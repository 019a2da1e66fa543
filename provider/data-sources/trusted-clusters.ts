import type { Api, TrustedClusterV2 } from "../cluster";
import { type DataSource, type ObjectValue, types } from "../framework";
import { listDataSource } from "./list-data-source";
import { computed, mapValue } from "./values";

/** `teleport_trusted_clusters`: the roots that a leaf trusts. The stored token is left out: it is a secret. */
export const trustedClustersDataSource: DataSource<Api> = listDataSource({
  typeName: "teleport_trusted_clusters",
  description: "The root clusters that a leaf trusts, and how it maps their roles. Tokens are not shown.",
  place: "leaf cluster",
  attribute: "trusted_clusters",
  attributeDescription: "The trusted clusters, in the order of their names.",
  item: {
    name: computed(types.string, "Name of the root cluster."),
    description: computed(types.string, "Its description."),
    labels: computed(types.map(types.string), "Labels of the object on the leaf, not those that its root shows."),
    enabled: computed(types.bool, "Whether the leaf lets the root's users in."),
    web_proxy_addr: computed(types.string, "Web proxy of the root (`host:port`)."),
    tunnel_addr: computed(types.string, "Where the leaf dials its reverse tunnel (`host:port`)."),
    role_map: {
      mode: "computed",
      description: "How roles of the root become roles of the leaf.",
      nested: {
        nesting: "list",
        attributes: {
          remote: computed(types.string, "Role of the root, or a pattern."),
          local: computed(types.list(types.string), "Roles of the leaf."),
        },
      },
    },
    roles: computed(types.list(types.string), "Roles of the leaf for every user of the root: the older form."),
  },
  list: (cluster, _, signal) => cluster.trustedClusters.list(signal),
  value: trustedClusterValue,
  sortedBy: ({ name }) => name as string,
});

function trustedClusterValue({ metadata, spec }: TrustedClusterV2): ObjectValue {
  return {
    name: metadata?.name ?? "",
    description: metadata?.description ?? "",
    labels: mapValue(metadata?.labels),
    enabled: spec?.enabled ?? false,
    web_proxy_addr: spec?.web_proxy_addr ?? "",
    tunnel_addr: spec?.tunnel_addr ?? "",
    role_map: (spec?.role_map ?? []).map(({ remote, local }) => ({ remote, local: [...local] })),
    roles: [...(spec?.roles ?? [])],
  };
}
