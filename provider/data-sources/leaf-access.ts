import { Problem } from "../../trust";
import { type Api, type Cluster, type LeafThroughRoot, type RoleV6, unknownLeaf } from "../cluster";
import { type DataSource, types, type Value } from "../framework";
import { clusterAttribute, clusterOf } from "./cluster-attribute";
import { labelsArgument, nodeAttributes, nodeOrder, nodeValue } from "./nodes";
import { computed, mapArgument } from "./values";

/** `teleport_leaf_access`: what the identity of a root really reaches on a leaf, asked of the leaf through the trust. */
export const leafAccessDataSource: DataSource<Api> = {
  typeName: "teleport_leaf_access",
  schema: {
    description:
      "What the identity of this provider reaches on a leaf: the question goes through the root's proxy and the reverse tunnel, and the leaf itself answers, by its own role map. An error when there is no way: labels hide the leaf from the identity, the leaf is offline, it takes no users of the root, or no row of its role map fits.",
    attributes: {
      cluster: {
        ...clusterAttribute,
        description: "Key of the provider's `clusters` for the root; the default connection when absent.",
      },
      leaf: { type: types.string, mode: "required", description: "Real name of the leaf cluster." },
      ...labelsArgument,
      id: computed(types.string, "`<root>/<leaf>`, by real names."),
      user: computed(types.string, "Whom the leaf sees, such as `remote-bot-root.example.com`."),
      roles: computed(types.list(types.string), "Roles of the leaf that the identity holds there."),
      logins: computed(types.list(types.string), "Logins that the identity may use on any of the nodes."),
      nodes: {
        mode: "computed",
        description: "The nodes that it sees, in the order of their host names.",
        nested: { nesting: "list", attributes: nodeAttributes },
      },
    },
  },
  async read(config, { api, signal }) {
    const cluster = clusterOf(api, config);
    const leafName = config.leaf as string;
    const { clusterName } = await cluster.ping(signal);
    await assertSeen(cluster, leafName, signal);
    const leaf = cluster.throughTrust(leafName);
    const roles = await rolesOn(leaf, leafName, signal);
    const [user, listed] = await Promise.all([
      leaf.currentUser(signal),
      leaf.nodes.list(mapArgument(config, "labels"), signal),
    ]);
    const nodes = listed.map(nodeValue).sort((a, b) => (nodeOrder(a) < nodeOrder(b) ? -1 : 1));
    const state = {
      ...config,
      id: `${clusterName}/${leafName}`,
      user: user.metadata?.name ?? "",
      roles: roles.map((role) => role.metadata?.name ?? ""),
      logins: [...new Set(nodes.flatMap(({ logins }) => (logins ?? []) as readonly Value[]))],
      nodes,
    };
    return { state };
  },
};

/**
 * The way to a leaf's Auth asks for no labels, but a root's proxy does before it lets a session through: who does not see a leaf has no access by it,
 * whatever the leaf would allow.
 */
async function assertSeen(cluster: Cluster, leaf: string, signal: AbortSignal): Promise<void> {
  if ((await cluster.remoteClusters.get(leaf, signal)) === undefined) throw unknownLeaf({ leaf, root: cluster.title });
}

/** One role that is missing on the leaf makes it refuse everything. */
async function rolesOn(leaf: LeafThroughRoot, name: string, signal: AbortSignal): Promise<RoleV6[]> {
  try {
    return await leaf.currentRoles(signal);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "API_NOT_FOUND") throw error;
    const next = `The role map leads to a role that ${name} does not have, so it refuses the identity wholly: create the role there, or change the role map.`;
    throw new Problem("TRUST_LOCAL_ROLE", error.what, ["leaf"], next, { cause: error });
  }
}
