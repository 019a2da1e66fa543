import { containsExpansion, Problem, type RoleMapping, versionDistance } from "../../../trust";
import type { Api, Checked, Cluster, ClusterInfo, WebInfo } from "../../cluster";
import { asWarning, type CallContext, type CheckedChange, type PlanCheck, type ProblemShape } from "../../framework";
import { sameValue } from "../description/same-value";
import { knownText, valueAt } from "../description/values";
import { checkExpiry } from "../mirrored/plan";
import { isPlannedRole } from "../planned-roles";
import { roleMapOf, rolesOf } from "./rules";
import { updateProblems } from "./update";

type Context = CallContext<Api> & { readonly connectionKey: string | undefined };

/** A local role as the configuration names it, and where. */
interface LocalRole {
  readonly name: string;
  readonly where: readonly (string | number)[];
}

function isJoin({ action }: CheckedChange): boolean {
  return action === "create" || action === "replace";
}

/** Problems of an answer, or the warning that there was none; in apply the leaf itself checks whatever we could not. */
function problemsOf<T>(
  checked: Checked<T>,
  { phase }: CheckedChange,
  judge: (answer: T) => Iterable<ProblemShape>,
): ProblemShape[] {
  if (checked.ok) return [...judge(checked.value)];
  return checked.problem === undefined || phase === "apply" ? [] : [asWarning(checked.problem)];
}

function* rootProblems(name: string | undefined, root: WebInfo): Iterable<Problem> {
  if (name === undefined || name === root.clusterName) return;
  yield new Problem(
    "TRUST_ROOT_NAME",
    `the trusted cluster is named ${JSON.stringify(name)}, but the cluster at ${root.addr} is ${JSON.stringify(root.clusterName)}`,
    ["metadata", "name"],
    `Name it ${JSON.stringify(root.clusterName)}: a trusted cluster has its root's name.`,
  );
}

function* leafProblems(leaf: ClusterInfo, root: WebInfo | undefined): Iterable<Problem> {
  if (leaf.isCloud) {
    yield new Problem(
      "TRUST_CLOUD_LEAF",
      `${leaf.clusterName} is a tenant of Teleport Cloud, which cannot be a leaf`,
      [],
      "Trusted clusters need a self-hosted leaf; only the root may be in the cloud.",
    );
  }
  if (root === undefined) return;
  if (leaf.clusterName === root.clusterName) {
    yield new Problem(
      "TRUST_SAME_CLUSTER",
      `the cluster at ${root.addr} is the leaf itself, ${JSON.stringify(leaf.clusterName)}`,
      ["spec", "web_proxy_addr"],
      "Give the address of the root; no cluster can trust itself.",
    );
  } else yield* versionProblems(leaf, root);
}

function* versionProblems(leaf: ClusterInfo, root: WebInfo): Iterable<Problem> {
  const distance = versionDistance(root.serverVersion, leaf.serverVersion);
  if (distance === "fits") return;
  const versions = `the leaf ${leaf.clusterName} runs Teleport ${leaf.serverVersion}, the root ${root.clusterName} runs ${root.serverVersion}`;
  yield distance === "leaf-newer"
    ? new Problem(
        "TRUST_VERSION_SKEW",
        `${versions}: a leaf may not be a major version newer than its root`,
        [],
        "Upgrade the root first, then the leaf.",
      )
    : new Problem(
        "TRUST_VERSION_SKEW",
        `${versions}: a leaf may be one major version behind its root, not more`,
        [],
        "Upgrade the leaf, one major version at a time, until it is at most one behind.",
      );
}

async function checkJoin(change: CheckedChange, leaf: Cluster, context: Context): Promise<ProblemShape[]> {
  const { api, signal } = context;
  const addr = knownText(valueAt(change.planned, "spec", "web_proxy_addr"));
  const ping = (limit: AbortSignal) => leaf.ping(limit);
  const askRoot = (limit: AbortSignal) => api.connections.webPing(addr as string, { insecure: false }, limit);
  const [root, info] = await Promise.all([
    addr === undefined ? undefined : api.bestEffort(`the proxy at ${addr}`, askRoot, signal),
    api.bestEffort(leaf.title, ping, signal),
  ]);
  const name = knownText(valueAt(change.planned, "metadata", "name"));
  return [
    ...(root === undefined ? [] : problemsOf(root, change, (answer) => rootProblems(name, answer))),
    ...problemsOf(info, change, (answer) => leafProblems(answer, root?.ok ? root.value : undefined)),
  ];
}

function tokenProblems({ config, phase }: CheckedChange): ProblemShape[] {
  const tokens = [valueAt(config, "spec", "token"), valueAt(config, "spec", "token_wo")];
  if (tokens.some((token) => token !== null && token !== "")) return [];
  const problem = new Problem(
    "TRUST_TOKEN",
    "neither `token_wo` nor `token` is set, and a leaf joins by an invitation token of its root only",
    ["spec"],
    'Make one on the root (`tctl tokens add --type=trusted_cluster`, or `ephemeral "teleport_provision_token"`) and give it as `token_wo`.',
  );
  // A write-only value may be there only in apply.
  return [phase === "apply" ? problem : asWarning(problem)];
}

function localRolesOf(map: readonly RoleMapping[], roles: readonly string[]): LocalRole[] {
  const mapped = map.flatMap(({ local }, row) =>
    local.map((name, at) => ({ name, where: ["spec", "role_map", row, "local", at] })),
  );
  const listed = roles.map((name, at) => ({ name, where: ["spec", "roles", at] }));
  return [...mapped, ...listed].filter(({ name }) => !containsExpansion(name));
}

/** The roles that the configuration names in clear. What is unknown is left out. */
function knownLocalRoles({ planned }: CheckedChange): LocalRole[] {
  const map = valueAt(planned, "spec", "role_map");
  const rows = Array.isArray(map) ? roleMapOf(map) : [];
  const named = localRolesOf(rows ?? [], rolesOf(valueAt(planned, "spec", "roles")) ?? []);
  return named.filter(({ where }) => typeof valueInside(planned, where) === "string");
}

function valueInside(planned: CheckedChange["planned"], where: readonly (string | number)[]): unknown {
  return where.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)?.[step], planned);
}

function changesRoles({ action, prior, planned }: CheckedChange): boolean {
  if (action !== "update") return true;
  return ["role_map", "roles"].some((name) => !sameValue(valueAt(prior, "spec", name), valueAt(planned, "spec", name)));
}

async function checkLocalRoles(change: CheckedChange, leaf: Cluster, context: Context): Promise<ProblemShape[]> {
  const { api, connectionKey, signal } = context;
  const wanted = knownLocalRoles(change).filter(
    ({ name }) => change.phase === "apply" || !isPlannedRole(api.connections, connectionKey, name),
  );
  if (wanted.length === 0) return [];
  const ask = async (limit: AbortSignal) => {
    const names = [...new Set(wanted.map(({ name }) => name))];
    const found = await Promise.all(names.map(async (name) => [name, await leaf.roles.get(name, limit)] as const));
    return new Set(found.flatMap(([name, role]) => (role === undefined ? [name] : [])));
  };
  return problemsOf(await api.bestEffort(leaf.title, ask, signal), change, (missing) =>
    wanted.filter(({ name }) => missing.has(name)).map((role) => missingRole(role, leaf, change.phase)),
  );
}

/** At plan the role may be about to be made, in a way that cannot be seen from here. */
function missingRole({ name, where }: LocalRole, leaf: Cluster, phase: CheckedChange["phase"]): ProblemShape {
  const problem = new Problem(
    "TRUST_LOCAL_ROLE",
    phase === "apply"
      ? `the role ${JSON.stringify(name)} does not exist on ${leaf.title}`
      : `the role ${JSON.stringify(name)} is not on ${leaf.title} yet`,
    where,
    "Create it on the leaf first. If this apply creates it, refer to its resource's `id` here, so that it comes before.",
  );
  return phase === "apply" ? problem : asWarning(problem);
}

/** Asks root and leaf what can be asked before a trusted cluster is written. Diagnostics only. */
export async function checkTrustedCluster(change: CheckedChange, context: Context): Promise<PlanCheck> {
  if (change.planned === null) return {};
  const leaf = context.api.connections.get(context.connectionKey);
  const [join, roles] = await Promise.all([
    isJoin(change) ? checkJoin(change, leaf, context) : [],
    changesRoles(change) ? checkLocalRoles(change, leaf, context) : [],
  ]);
  const token = isJoin(change) ? tokenProblems(change) : [];
  return { problems: [...checkExpiry(change, context.now()), ...updateProblems(change), ...token, ...join, ...roles] };
}
