import { type Cluster, generationsOf, type ListedNode, rotatingTokenId } from "../../provider/cluster";
import { publicPrefixOf } from "../../trust";
import { table } from "./screen";

/** A cluster in the list of `tsh clusters`. */
export interface SeenCluster {
  readonly name: string;
  readonly status: string;
  readonly type: "root" | "leaf";
  readonly labels: string;
}

/** What `tsh clusters` asks for: the cluster itself and the leaves that it shows to the caller. */
export async function seeClusters(cluster: Cluster, signal: AbortSignal): Promise<SeenCluster[]> {
  const [{ clusterName }, leaves] = await Promise.all([cluster.ping(signal), cluster.remoteClusters.list(signal)]);
  const seen = leaves.map(({ metadata, status }) => ({
    name: metadata?.name ?? "",
    status: status?.connection ?? "",
    type: "leaf" as const,
    labels: labelText(metadata?.labels ?? {}),
  }));
  return [{ name: clusterName, status: "online", type: "root", labels: "" }, ...seen];
}

/** In the form of `tsh clusters`. */
export function clustersTable(clusters: readonly SeenCluster[]): string[] {
  const rows = clusters.map(({ name, status, type, labels }) => [name, status, type, labels]);
  return table([["Cluster Name", "Status", "Cluster Type", "Labels"], ...rows]);
}

/** In the form of `tsh ls`, by name. */
export function nodesTable(nodes: readonly ListedNode[]): string[] {
  const rows = nodes.map(({ node: { metadata, spec } }) => [
    spec?.hostname ?? "",
    spec?.addr ?? "",
    labelText(metadata?.labels ?? {}),
  ]);
  return table([["Node Name", "Address", "Labels"], ...rows.sort(([a = ""], [b = ""]) => a.localeCompare(b))]);
}

/** A live generation of a rotating token, without its value. */
export interface SeenGeneration {
  readonly prefix: string;
  readonly generation: number;
  /** Epoch milliseconds. */
  readonly expiresMs: number;
}

/** The generations of a rotating token that the root accepts now, the oldest first. */
export async function seeGenerations(root: Cluster, name: string, signal: AbortSignal): Promise<SeenGeneration[]> {
  const [{ clusterName }, tokens] = await Promise.all([root.ping(signal), root.tokens.list(signal)]);
  const generations = generationsOf(rotatingTokenId(clusterName, name), tokens).map(
    ({ message, generation, expiresMs }) => ({
      prefix: publicPrefixOf(message.metadata?.name ?? "") ?? "",
      generation,
      expiresMs,
    }),
  );
  return generations.reverse();
}

/** Nothing in it is secret. */
export function generationsTable(generations: readonly SeenGeneration[]): string[] {
  const rows = generations.map(({ prefix, generation, expiresMs }) => [
    `${prefix}…`,
    String(generation),
    new Date(expiresMs).toISOString().replace(/\.\d+/, ""),
  ]);
  return table([["Prefix", "Generation", "Expires"], ...rows]);
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map((pair) => pair.join("="))
    .sort()
    .join(",");
}
