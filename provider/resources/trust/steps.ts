import { createTokenName, isTokenNameOf, ownershipLabel, type Secret, timeFromMs, trustId } from "../../../trust";
import { type Api, ProvisionTokenV2, RemoteClusterV3, TrustedClusterV2 } from "../../cluster";
import type { ResourceContext } from "../../framework";
import { withoutConflict } from "../shared/conflict";
import { type Sides, sidesOf } from "./clusters";
import type { DesiredTrust } from "./facts";
import { joinProblem } from "./join-errors";
import { keepLabels, keptLabels } from "./memory";
import type { TrustRun } from "./run";
import type { TrustStep } from "./step";
import { waitUntilOnline } from "./wait";
import { wantedLabels } from "./wanted-labels";

type Context = ResourceContext<Api>;

/** What every step works with. */
interface Work {
  readonly sides: Sides;
  readonly names: { readonly root: string; readonly leaf: string };
  readonly desired: DesiredTrust;
  readonly run: TrustRun;
  readonly context: Context;
}

/** The first wait for a cluster to show what was done; each further one is twice as long. */
const firstSettleMs = 100;

function trustIdOf({ names }: Work): string {
  return trustId(names.root, names.leaf);
}

async function dropLeftOverTokens(work: Work): Promise<void> {
  const { sides, run, context } = work;
  const tokens = await sides.root.tokens.list(context.signal);
  const names = tokens.flatMap(({ metadata }) => metadata?.name ?? []);
  const own = run.token?.reveal();
  const leftOver = names.filter((name) => name !== own && isTokenNameOf(trustIdOf(work), name));
  await Promise.all(leftOver.map((name) => sides.root.tokens.delete(name, context.signal)));
}

function tokenMessage(name: Secret, ttlMs: number, nowMs: number): ProvisionTokenV2 {
  const { seconds, nanos } = timeFromMs(nowMs + ttlMs);
  return ProvisionTokenV2.fromPartial({
    kind: "token",
    version: "v2",
    // No labels: they would be copied to the remote cluster and hide the leaf from every role without cluster_labels.
    metadata: { name: name.reveal(), expires: { seconds: BigInt(seconds), nanos } },
    spec: { roles: ["Trusted_cluster"], join_method: "token" },
  });
}

async function createToken(work: Work): Promise<void> {
  const { sides, desired, run, context } = work;
  // Remembered before it is made: whatever comes back, it can be removed.
  run.token = createTokenName(trustIdOf(work), context.api.randomBytes);
  await sides.root.tokens.create(tokenMessage(run.token, desired.tokenTtlMs, context.now()), context.signal);
  run.hasToken = true;
}

async function dropToken({ sides, run, context }: Pick<Work, "sides" | "run" | "context">): Promise<void> {
  if (run.token !== undefined) await sides.root.tokens.delete(run.token.reveal(), context.signal);
  run.token = undefined;
  run.hasToken = false;
}

/** Removes the token of a call that failed, wherever it did: nobody needs it, and it should not live until it expires. */
export async function abandon(desired: DesiredTrust, run: TrustRun, context: Context): Promise<void> {
  await dropToken({ sides: sidesOf(context.api, desired), run, context });
}

async function addressesOf({
  sides,
  desired,
  context,
}: Work): Promise<{ web_proxy_addr: string; tunnel_addr: string }> {
  const { webProxyAddr, tunnelAddr } = desired;
  if (webProxyAddr !== undefined && tunnelAddr !== undefined) {
    return { web_proxy_addr: webProxyAddr, tunnel_addr: tunnelAddr };
  }
  const said = await sides.root.webPing(context.signal);
  return { web_proxy_addr: webProxyAddr ?? said.webProxyAddr, tunnel_addr: tunnelAddr ?? said.tunnelAddr };
}

async function join(work: Work): Promise<void> {
  const { sides, names, desired, run, context } = work;
  let webProxyAddr = desired.webProxyAddr ?? names.root;
  try {
    const addresses = await addressesOf(work);
    webProxyAddr = addresses.web_proxy_addr;
    const message = TrustedClusterV2.fromPartial({
      kind: "trusted_cluster",
      version: "v2",
      // The mark is part of the write that creates: no kill lies between.
      metadata: { name: names.root, labels: { [ownershipLabel]: trustIdOf(work) } },
      spec: {
        ...addresses,
        enabled: desired.enabled,
        token: run.token?.reveal() ?? "",
        role_map: desired.roleMap.map(({ remote, local }) => ({ remote, local: [...local] })),
      },
    });
    await sides.leaf.trustedClusters.upsert(message, context.signal);
  } catch (error) {
    throw joinProblem(error, webProxyAddr);
  }
}

async function updateTrustedCluster(work: Work): Promise<boolean> {
  const { sides, names, desired, context } = work;
  const found = await sides.leaf.trustedClusters.get(names.root, context.signal);
  if (found === undefined) return false;
  // All that is not ours to say stays as it was read, the stored token above all: the leaf refuses another one.
  const message = TrustedClusterV2.fromPartial({
    ...found,
    metadata: { ...found.metadata, labels: { ...found.metadata?.labels, [ownershipLabel]: trustIdOf(work) } },
    spec: {
      ...found.spec,
      enabled: desired.enabled,
      role_map: desired.roleMap.map(({ remote, local }) => ({ remote, local: [...local] })),
    },
  });
  return withoutConflict(() => sides.leaf.trustedClusters.update(message, context.signal));
}

async function setLabels({ sides, names, desired, run, context }: Work): Promise<boolean> {
  const found = await sides.root.remoteClusters.get(names.leaf, context.signal);
  if (found === undefined) return false;
  const current = { status: "same-leaf", labels: { ...found.metadata?.labels }, connection: "offline" } as const;
  const kept = { ...keptLabels(context.private), ...run.keptLabels };
  const labels = wantedLabels(desired, current, kept);
  const message = RemoteClusterV3.fromPartial({ ...found, metadata: { ...found.metadata, labels } });
  return withoutConflict(() => sides.root.remoteClusters.update(message, context.signal));
}

async function removeRemoteCluster(
  { sides, names, run, context }: Work,
  keep: Readonly<Record<string, string>>,
): Promise<void> {
  run.keptLabels = { ...run.keptLabels, ...keep };
  keepLabels(context.private, { ...keptLabels(context.private), ...run.keptLabels });
  await sides.root.remoteClusters.delete(names.leaf, context.signal);
}

/** Whether the step has had its effect; `false`: look again first. */
async function take(step: Exclude<TrustStep, { kind: "settle" }>, work: Work): Promise<boolean> {
  const { sides, names, context } = work;
  switch (step.kind) {
    case "drop-left-over-tokens":
      await dropLeftOverTokens(work);
      return true;
    case "create-token":
      await createToken(work);
      return true;
    case "join":
      await join(work);
      return true;
    case "drop-token":
      await dropToken(work);
      return true;
    case "update-trusted-cluster":
    case "enable-trusted-cluster":
      return updateTrustedCluster(work);
    case "set-labels":
      return setLabels(work);
    case "wait-until-online":
      await waitUntilOnline(sides.root, names, context);
      return true;
    case "remove-trusted-cluster":
      await sides.leaf.trustedClusters.delete(names.root, context.signal);
      return true;
    case "remove-remote-cluster":
      await removeRemoteCluster(work, step.keep);
      return true;
  }
}

/** Does one step. Every step is one write, so that a kill leaves nothing that the facts do not show. */
export async function perform(step: TrustStep, desired: DesiredTrust, run: TrustRun, context: Context): Promise<void> {
  if (step.kind === "settle") {
    await context.sleep(firstSettleMs * 2 ** run.settles, context.signal);
    run.settles++;
    return;
  }
  const sides = sidesOf(context.api, desired);
  const [root, leaf] = await Promise.all([sides.root.ping(context.signal), sides.leaf.ping(context.signal)]);
  const names = { root: root.clusterName, leaf: leaf.clusterName };
  if (!(await take(step, { sides, names, desired, run, context }))) return;
  run.done.add(step.kind);
  run.settles = 0;
}
