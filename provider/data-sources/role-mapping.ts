import { explainRoles, type MappedRole, Problem, type RoleMapping } from "../../trust";
import type { Api, Cluster, RoleV6, TrustedClusterV2 } from "../cluster";
import { type DataSource, type ObjectValue, type ProblemShape, types, type Value } from "../framework";
import { clusterAttribute, clusterOf } from "./cluster-attribute";
import { computed, listsValue, textArgument } from "./values";

const texts = types.list(types.string);

/** `teleport_role_mapping`: the roles of a leaf that roles of its root lead to now, and what those allow. */
export const roleMappingDataSource: DataSource<Api> = {
  typeName: "teleport_role_mapping",
  schema: {
    description:
      "What users of a root become on a leaf: the leaf's stored role map applied to roles of the root, and what the leaf's roles allow. An empty list of roles means that the leaf refuses such users.",
    attributes: {
      cluster: {
        ...clusterAttribute,
        description: "Key of the provider's `clusters` for the leaf; the default connection when absent.",
      },
      root: {
        type: types.string,
        mode: "optional",
        description: "Real name of the root. Needed only when the leaf trusts several.",
      },
      roles: {
        type: texts,
        mode: "required",
        description: "Roles of the root that a user holds.",
        validate: [namesRoles],
      },
      id: computed(types.string, "`<root>/<leaf>`, by real names."),
      enabled: computed(types.bool, "Whether the trust is enabled; while it is not, nobody gets in."),
      local_roles: computed(texts, "Roles of the leaf, in the order in which the leaf maps them."),
      logins: computed(
        texts,
        "Logins that these roles allow together; templates such as `{{internal.logins}}` stand for the user's own.",
      ),
      mappings: {
        mode: "computed",
        description: "Each of the local roles, why it is held and what it allows.",
        nested: {
          nesting: "list",
          attributes: {
            role: computed(types.string, "Role of the leaf."),
            remote_role: computed(types.string, "Role of the root that leads to it first."),
            row: computed(types.number, "Row of the role map that does, counted from 0."),
            exists: computed(
              types.bool,
              "Whether the leaf has the role; if one is missing, it refuses the user wholly.",
            ),
            logins: computed(texts, "Logins that it allows."),
            denied_logins: computed(texts, "Logins that it denies."),
            node_labels: computed(types.map(texts), "Labels of the nodes that it allows."),
            denied_node_labels: computed(types.map(texts), "Labels of the nodes that it denies."),
            kubernetes_groups: computed(texts, "Kubernetes groups that it allows."),
          },
        },
      },
    },
  },
  async read(config, { api, signal }) {
    const leaf = clusterOf(api, config);
    const [{ clusterName }, trusted] = await Promise.all([leaf.ping(signal), trustedClusterOf(leaf, config, signal)]);
    const found = explainRoles(rowsOf(trusted), config.roles as readonly string[]);
    const roles = await Promise.all(
      found.map(async (each) => [each, await leaf.roles.get(each.role, signal)] as const),
    );
    const root = trusted.metadata?.name ?? "";
    const enabled = trusted.spec?.enabled ?? false;
    const mappings = roles.map(([mapped, role]) => mappingValue(mapped, role));
    const local_roles = found.map(({ role }) => role);
    const state = {
      ...config,
      id: `${root}/${clusterName}`,
      enabled,
      local_roles,
      logins: loginsOf(mappings),
      mappings,
    };
    const missing = roles.flatMap(([{ role }, definition]) => (definition === undefined ? [role] : []));
    return { state, problems: [...warnings(leaf, root, enabled, missing)] };
  },
};

/** What a list of role names may hold. */
function* namesRoles(value: Value): Iterable<Problem> {
  for (const [index, role] of (value as readonly Value[]).entries()) {
    if (role !== null && role !== "") continue;
    yield new Problem("API_INVALID", `role ${index + 1} of the list is empty`, [index], "Name a role of the root.");
  }
}

async function trustedClusterOf(leaf: Cluster, config: ObjectValue, signal: AbortSignal): Promise<TrustedClusterV2> {
  const root = textArgument(config, "root");
  if (root !== undefined) {
    const found = await leaf.trustedClusters.get(root, signal);
    if (found !== undefined) return found;
    const next = "Give the root's real name, as `teleport_trusted_clusters` shows it.";
    throw new Problem("API_NOT_FOUND", `${leaf.title} trusts no cluster ${JSON.stringify(root)}`, ["root"], next);
  }
  const all = await leaf.trustedClusters.list(signal);
  const [only, ...others] = all;
  if (only === undefined) {
    throw new Problem(
      "API_NOT_FOUND",
      `${leaf.title} trusts no cluster`,
      [],
      "Create the trust first (`teleport_trust`).",
    );
  }
  if (others.length === 0) return only;
  const names = all.map(({ metadata }) => JSON.stringify(metadata?.name ?? "")).join(", ");
  throw new Problem(
    "TRUST_ARGUMENT",
    `${leaf.title} trusts several clusters: ${names}`,
    ["root"],
    "Name one in `root`.",
  );
}

/** The older list of roles is one row that fits everybody. */
function rowsOf({ spec }: TrustedClusterV2): readonly RoleMapping[] {
  const { roles = [], role_map = [] } = spec ?? {};
  return roles.length > 0 ? [{ remote: "*", local: roles }] : role_map;
}

function mappingValue({ role, remoteRole, row }: MappedRole, definition: RoleV6 | undefined): ObjectValue {
  const { allow, deny } = definition?.spec ?? {};
  return {
    role,
    remote_role: remoteRole,
    row,
    exists: definition !== undefined,
    logins: [...(allow?.logins ?? [])],
    denied_logins: [...(deny?.logins ?? [])],
    node_labels: listsValue(allow?.node_labels),
    denied_node_labels: listsValue(deny?.node_labels),
    kubernetes_groups: [...(allow?.kubernetes_groups ?? [])],
  };
}

function loginsOf(mappings: readonly ObjectValue[]): Value[] {
  const all = (name: string) => mappings.flatMap((mapping) => mapping[name] as readonly Value[]);
  const denied = new Set(all("denied_logins"));
  return [...new Set(all("logins"))].filter((login) => !denied.has(login) && !denied.has("*"));
}

function* warnings(leaf: Cluster, root: string, enabled: boolean, missing: readonly string[]): Iterable<ProblemShape> {
  if (!enabled) {
    yield {
      code: "TRUST_DISABLED",
      severity: "warning",
      what: `the trust of ${leaf.title} in ${root} is disabled: nobody gets in by this role map`,
      where: [],
      next: "Enable it, or read the result as what would be.",
    };
  }
  if (missing.length === 0) return;
  yield {
    code: "TRUST_LOCAL_ROLE",
    severity: "warning",
    what: `the role map leads to roles that ${leaf.title} does not have: ${missing.join(", ")}`,
    where: ["roles"],
    next: "The leaf refuses such users wholly: create the roles there, or change the role map.",
  };
}
