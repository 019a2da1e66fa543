import type { LabCluster } from "../../lab";
import type { Deployer } from "./deployer";
import type { ExampleProject } from "./example-project";
import type { Inventory } from "./inventory";
import { guideNode, type LabSite } from "./lab-site";
import type { Outcome } from "./run";
import type { Screen } from "./screen";
import { clustersTable, type SeenCluster, seeClusters } from "./sights";

/** What the acts play with. */
export interface Demo {
  readonly site: LabSite;
  readonly screen: Screen;
  /** examples/guide, and how it is deployed. */
  readonly project: ExampleProject;
  readonly deployer: Deployer;
  /** examples/rotate-tokens, and how it is deployed. */
  readonly rotation: ExampleProject;
  readonly pipeline: Deployer;
  /** What the clusters held before the first act. */
  readonly opening: Inventory;
  readonly signal: AbortSignal;
}

/** Shows the clusters of the root as somebody sees them. */
export async function showClusters({ site, screen, signal }: Demo, user: string): Promise<readonly SeenCluster[]> {
  const clusters = await site.as(user, site.root, (cluster) => seeClusters(cluster, signal));
  screen.say(`\`tsh clusters\`, as ${user} sees the root:`);
  screen.quote(clustersTable(clusters));
  return clusters;
}

/** Whether a leaf is in a list, and online there. */
export function isOnline(clusters: readonly SeenCluster[], { name }: LabCluster): boolean {
  return clusters.some((cluster) => cluster.name === name && cluster.status === "online");
}

/** Whether a leaf is in a list. */
export function isListed(clusters: readonly SeenCluster[], { name }: LabCluster): boolean {
  return clusters.some((cluster) => cluster.name === name);
}

/** Logs in to the guide's node as `visitor`, and shows what comes of it. */
export async function showSsh({ site, screen, signal }: Demo, command: string, by?: LabCluster): Promise<Outcome> {
  const way = by === undefined ? "" : `-o ProxyCommand="ssh -s ${by.name} proxy:%h:%p@${site.leaf.name}" `;
  screen.command(`ssh ${way}visitor@${guideNode}.${site.leaf.name} ${command}`);
  const outcome = await site.ssh("visitor", command, signal, by);
  screen.quote(outcome.lines);
  return outcome;
}

/** Longest wait for what a lab does within a second or two. */
const patienceMs = 30_000;

/**
 * Waits for something that is about to happen.
 *
 * @param what for the failure, such as `the leaf is online`
 * @throws Error when it does not happen; the demo's reason when that is interrupted
 */
export async function soon(
  { signal }: Demo,
  what: string,
  happens: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const limit = AbortSignal.timeout(patienceMs);
  try {
    await happens(AbortSignal.any([signal, limit]));
  } catch (cause) {
    signal.throwIfAborted();
    throw limit.aborted ? new Error(`it is not so that ${what}, after ${patienceMs / 1000} s`, { cause }) : cause;
  }
}
