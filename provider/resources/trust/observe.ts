import { containsExpansion, isSameRoleMap, isTokenNameOf, ownershipLabel, trustId } from "../../../trust";
import type { Api, Cluster, RemoteClusterV3, TrustedClusterV2 } from "../../cluster";
import type { ResourceContext } from "../../framework";
import { absenceOf } from "../shared/remote-cluster-sight";
import { roleExists } from "../shared/role-exists";
import { type Sides, sidesOf } from "./clusters";
import type { Checks, DesiredTrust, RemoteClusterFacts, TrustedClusterFacts, TrustFacts } from "./facts";
import { keysOfAuthority, sharesKey } from "./host-keys";
import { keptLabels } from "./memory";
import { isJoined } from "./next";
import type { TrustRun } from "./run";
import { wantedLabels } from "./wanted-labels";

type Context = Pick<ResourceContext<Api>, "api" | "signal" | "private">;

interface Names {
  readonly root: string;
  readonly leaf: string;
}

/** Whether the trusted cluster carries the mark of this trust. */
export function hasMark(message: TrustedClusterV2, names: Names): boolean {
  return message.metadata?.labels[ownershipLabel] === trustId(names.root, names.leaf);
}

function trustedClusterFacts(message: TrustedClusterV2 | undefined, isOurs: boolean): TrustedClusterFacts {
  if (message === undefined) return { status: "none" };
  if (!isOurs) return { status: "foreign" };
  const { spec } = message;
  return {
    status: "ours",
    enabled: spec?.enabled ?? false,
    roleMap: (spec?.role_map ?? []).map(({ remote, local }) => ({ remote, local })),
    webProxyAddr: spec?.web_proxy_addr ?? "",
    tunnelAddr: spec?.tunnel_addr ?? "",
  };
}

async function findTrustedCluster(leaf: Cluster, names: Names, desired: DesiredTrust, context: Context) {
  const message = await leaf.trustedClusters.get(names.root, context.signal);
  const isAdopted = desired.call === "import" || desired.isImported;
  return trustedClusterFacts(message, message !== undefined && (isAdopted || hasMark(message, names)));
}

async function leafKeys(leaf: Cluster, names: Names, run: TrustRun, signal: AbortSignal): Promise<ReadonlySet<string>> {
  run.leafKeys ??= keysOfAuthority(await leaf.certAuthorities.get({ type: "host", domain: names.leaf }, signal));
  return run.leafKeys;
}

/** The leaf's host authority as the root knows it, against the leaf's own: a name proves nothing, a key does. */
async function isSameLeaf({ root, leaf }: Sides, names: Names, run: TrustRun, signal: AbortSignal): Promise<boolean> {
  const [registered, own] = await Promise.all([
    root.certAuthorities.get({ type: "host", domain: names.leaf }, signal),
    leafKeys(leaf, names, run, signal),
  ]);
  return sharesKey(keysOfAuthority(registered), own);
}

function remoteClusterFacts(message: RemoteClusterV3): RemoteClusterFacts {
  const connection = message.status?.connection === "online" ? "online" : "offline";
  return { status: "same-leaf", labels: { ...message.metadata?.labels }, connection };
}

async function findRemoteCluster(
  sides: Sides,
  names: Names,
  desired: DesiredTrust,
  run: TrustRun,
  signal: AbortSignal,
): Promise<RemoteClusterFacts> {
  const [message, isSame] = await Promise.all([
    sides.root.remoteClusters.get(names.leaf, signal),
    isSameLeaf(sides, names, run, signal),
  ]);
  if (message !== undefined) return isSame ? remoteClusterFacts(message) : { status: "other-leaf" };
  // What this call removed or made itself is not hidden by a label.
  const isKnown = run.done.has("remove-remote-cluster") || run.done.has("join");
  return isKnown ? { status: "none" } : absenceOf(sides.root, desired.carriedLabels, signal);
}

async function countLeftOverTokens(root: Cluster, names: Names, run: TrustRun, signal: AbortSignal): Promise<number> {
  const id = trustId(names.root, names.leaf);
  const own = run.token?.reveal();
  const tokens = await root.tokens.list(signal);
  return tokens.filter(
    ({ metadata }) => metadata !== undefined && metadata.name !== own && isTokenNameOf(id, metadata.name),
  ).length;
}

async function findMissingRoles(
  leaf: Cluster,
  { roleMap }: DesiredTrust,
  signal: AbortSignal,
): Promise<Checks["missingRoles"]> {
  const named = roleMap.flatMap(({ local }, row) => local.map((role, at) => ({ row, at, role })));
  const literal = named.filter(({ role }) => !containsExpansion(role));
  const exists = new Map<string, Promise<boolean>>();
  for (const { role } of literal) exists.set(role, exists.get(role) ?? roleExists(leaf, role, signal));
  const found = await Promise.all(literal.map(async (entry) => ({ entry, there: await exists.get(entry.role) })));
  return found.filter(({ there }) => !there).map(({ entry }) => entry);
}

/**
 * Who answers at a configured web proxy. Where the root shall say an address itself, it is asked now, for a join that could not learn it must fail
 * before its first write.
 */
async function findProxyName(
  root: Cluster,
  { webProxyAddr, tunnelAddr }: DesiredTrust,
  context: Context,
): Promise<string | undefined> {
  if (webProxyAddr === undefined || tunnelAddr === undefined) await root.webPing(context.signal);
  if (webProxyAddr === undefined) return undefined;
  try {
    const info = await context.api.connections.webPing(webProxyAddr, { insecure: false }, context.signal);
    return info.clusterName;
  } catch {
    // The address is the leaf's to reach, not ours.
    context.signal.throwIfAborted();
    return undefined;
  }
}

async function gatherChecks(
  { root, leaf }: Sides,
  desired: DesiredTrust,
  found: Pick<TrustFacts, "trustedCluster" | "remoteCluster" | "keptLabels">,
  context: Context,
): Promise<Checks> {
  const { signal } = context;
  const { trustedCluster, remoteCluster } = found;
  const joined = isJoined(desired, found);
  const keepsRoles = trustedCluster.status === "ours" && isSameRoleMap(trustedCluster.roleMap, desired.roleMap);
  const isWritten = joined && keepsRoles && trustedCluster.enabled === desired.enabled;
  const labels = wantedLabels(desired, remoteCluster, found.keptLabels);
  const [missingRoles, seesUnlabelled, seesLabelled, proxyClusterName] = await Promise.all([
    // What is written already has been checked by the leaf.
    isWritten ? [] : findMissingRoles(leaf, desired, signal),
    root.canSeeLabels({}, signal),
    root.canSeeLabels(labels, signal),
    joined ? undefined : findProxyName(root, desired, context),
  ]);
  return { missingRoles, seesUnlabelled, seesLabelled, proxyClusterName };
}

/**
 * Asks both clusters how the trust stands. Nothing is written; no secret goes into the facts.
 *
 * @throws Problem whatever the calls throw; a missing permission is an error, never "gone"
 */
export async function observe(desired: DesiredTrust, run: TrustRun, context: Context): Promise<TrustFacts> {
  const { signal } = context;
  const sides = sidesOf(context.api, desired);
  const [root, leaf] = await Promise.all([sides.root.ping(signal), sides.leaf.ping(signal)]);
  const names: Names = { root: root.clusterName, leaf: leaf.clusterName };
  const writes = desired.call === "create" || desired.call === "update" || desired.call === "delete";
  const [trustedCluster, remoteCluster, leftOverTokens] = await Promise.all([
    findTrustedCluster(sides.leaf, names, desired, context),
    findRemoteCluster(sides, names, desired, run, signal),
    writes ? countLeftOverTokens(sides.root, names, run, signal) : 0,
  ]);
  const kept = { ...keptLabels(context.private), ...run.keptLabels };
  const found = { trustedCluster, remoteCluster, keptLabels: kept };
  return {
    root: { key: desired.rootKey, name: names.root, version: root.serverVersion, title: sides.root.title },
    leaf: {
      key: desired.leafKey,
      name: names.leaf,
      version: leaf.serverVersion,
      title: sides.leaf.title,
      isCloud: leaf.isCloud,
    },
    stateId: desired.stateId,
    ...found,
    leftOverTokens,
    hasToken: run.hasToken,
    checks: writes && desired.call !== "delete" ? await gatherChecks(sides, desired, found, context) : undefined,
    done: new Set(run.done),
    settles: run.settles,
  };
}
