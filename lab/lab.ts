import { randomBytes, randomUUID } from "node:crypto";

import type { ClusterDump } from "./auth";
import { CallLog } from "./auth";
import { LabClock } from "./clock";
import { LabCluster } from "./cluster";
import type { ClusterOptions, LabOptions, WholeClusterOptions } from "./cluster-options";
import {
  assertClusterNames,
  assertNodes,
  defaultLeafName,
  defaultLeafNodes,
  wholeClusterOptions,
} from "./cluster-options";
import type { Surroundings } from "./cluster-parts";
import { startParts } from "./cluster-parts";
import { Homes } from "./node";
import { versionRules } from "./versions";

/** How often a root of the lab computes the status of its leaves. A real one takes 40 s, which nobody wants to wait for. */
const defaultStatusRefreshMs = 1_000;

/**
 * A root cluster and its leaves, in this process: real sockets on loopback, real TLS, real SSH.
 *
 * ```ts
 * const lab = new Lab({ leaves: [{ name: "leaf.lab" }] });
 * await lab.ready;
 * …
 * await lab.dispose();
 * ```
 *
 * The leaves do not trust the root yet: that is what one comes here to try. Their hosts trust the root's web certificate.
 */
export class Lab {
  /** Resolves when all clusters listen. Rejects when one cannot, and nothing is left open then. */
  readonly ready: Promise<this>;
  /** The lab's time: tokens, heartbeats, status. */
  readonly clock: LabClock;
  /** All authenticated API calls of all clusters; can withhold the answer of the n-th. */
  readonly calls = new CallLog();
  readonly #clusters = new Map<string, LabCluster>();
  readonly #wanted: readonly WholeClusterOptions[];
  readonly #homes: Homes;
  #disposed: Promise<void> | undefined;

  /** @throws RangeError for names that cannot be, or a version that the lab cannot behave as */
  constructor(options: LabOptions = {}) {
    const leaves: readonly ClusterOptions[] = options.leaves ?? [{}];
    this.#wanted = [
      wholeClusterOptions(options.root ?? {}, options, "root", "root.lab", []),
      ...leaves.map((leaf, index) => {
        const nodes = options.nodes ?? defaultLeafNodes;
        return wholeClusterOptions(leaf, options, "leaf", defaultLeafName(index, leaves.length), nodes);
      }),
    ];
    assertClusterNames(this.#wanted.map(({ name }) => name));
    for (const cluster of this.#wanted) {
      versionRules(cluster.teleportVersion);
      assertNodes(cluster);
    }
    this.#homes = new Homes(options.homesFolder);
    this.clock = new LabClock(options.clockOffsetMs);
    this.ready = this.#start(options.statusRefreshMs ?? defaultStatusRefreshMs);
    // Whoever never awaits `ready` learns of a failure by the first use, not by the end of the process.
    this.ready.catch(() => {});
  }

  /** The root. @throws Error before {@link ready} */
  get root(): LabCluster {
    return this.cluster(this.#wanted[0]?.name ?? "");
  }

  /** The leaves, in the order of the options. @throws Error before {@link ready} */
  get leaves(): readonly LabCluster[] {
    return this.#wanted.slice(1).map(({ name }) => this.cluster(name));
  }

  /** All clusters, the root first. @throws Error before {@link ready} */
  get clusters(): readonly LabCluster[] {
    return [this.root, ...this.leaves];
  }

  /** A leaf by name; the only one when no name is given. @throws Error when there is no such leaf, or before {@link ready} */
  leaf(name?: string): LabCluster {
    const { leaves } = this;
    const found = name === undefined && leaves.length === 1 ? leaves[0] : leaves.find((leaf) => leaf.name === name);
    if (found === undefined) throw new Error(`the lab has no leaf "${name ?? ""}"; leaves are: ${names(leaves)}`);
    return found;
  }

  /** A cluster by name. @throws Error when there is none of that name, or before {@link ready} */
  cluster(name: string): LabCluster {
    const found = this.#clusters.get(name);
    if (found !== undefined) return found;
    if (this.#clusters.size === 0) throw new Error("the lab is not ready: await `lab.ready` first");
    throw new Error(`the lab has no cluster "${name}"; clusters are: ${names([...this.#clusters.values()])}`);
  }

  /** Every object of every cluster in Teleport's own JSON form, tokens by hash. */
  dump(): Record<string, ClusterDump> {
    return Object.fromEntries(this.clusters.map((cluster) => [cluster.name, cluster.dump()]));
  }

  /** Every token that was ever made in any of the clusters, in clear; for tests that look for leaks. */
  get issuedTokens(): readonly string[] {
    return this.clusters.flatMap((cluster) => cluster.tokens.names);
  }

  /** Ends all clusters; resolves when no socket, process, timer or home of a node is left. Idempotent, and allowed before {@link ready}. */
  dispose(): Promise<void> {
    this.#disposed ??= this.#end();
    return this.#disposed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #start(statusRefreshMs: number): Promise<this> {
    const surroundings: Surroundings = {
      clock: this.clock,
      calls: this.calls,
      statusRefreshMs,
      realNow: Date.now,
      randomBytes,
      newUuid: randomUUID,
      random: Math.random,
      homes: this.#homes,
    };
    const starts = this.#wanted.map(async (options) => LabCluster.from(await startParts(options, surroundings)));
    const settled = await Promise.allSettled(starts);
    const started = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = settled.find((result) => result.status === "rejected");
    if (failed !== undefined) {
      await Promise.all(started.map((cluster) => cluster.close()));
      this.clock.dispose();
      throw failed.reason;
    }
    for (const cluster of started) this.#clusters.set(cluster.name, cluster);
    for (const cluster of started) {
      // Loops of trust are a mistake that one must be able to make, so every host trusts every proxy's web certificate.
      cluster.webRoots.push(...started.map(({ proxyCa }) => proxyCa));
    }
    return this;
  }

  async #end(): Promise<void> {
    await this.ready.catch(() => {});
    this.calls.dispose();
    await Promise.all([...this.#clusters.values()].map((cluster) => cluster.close()));
    this.clock.dispose();
    this.#homes.dispose();
  }
}

function names(clusters: readonly LabCluster[]): string {
  return clusters.map(({ name }) => name).join(", ") || "none";
}
