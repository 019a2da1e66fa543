import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type { Lab, LabCluster } from "../../../lab";
import { type Api, type Connections, createBestEffort, createConnections, diskFiles } from "../../../provider/cluster";
import { PrivateState, type ResourceContext } from "../../../provider/framework";
import { Problem } from "../../../trust";
import { settingsOf, testSurroundings } from "../cluster-surroundings";

const caFile = "/company/proxy-ca.pem";

/** One provider process that works on a lab as its bot: own connections, nothing remembered but the private state. */
export class LabProcess {
  readonly log: string[] = [];
  readonly #stop = new AbortController();
  readonly #connections: Connections;
  readonly context: ResourceContext<Api>;

  constructor(lab: Lab, memory = PrivateState.empty()) {
    const settings = (cluster: LabCluster) =>
      settingsOf(cluster.addresses.proxy, cluster.identities.bot?.identityFile ?? "");
    const clusters = [
      ["root", settings(lab.root)] as const,
      ...lab.leaves.map((leaf, i) => [i === 0 ? "leaf" : `leaf-${i + 1}`, settings(leaf)] as const),
    ];
    const files = {
      ...diskFiles,
      read: async (path: string) => (path === caFile ? allCas(lab) : diskFiles.read(path)),
    };
    const around = testSurroundings({ sleep: realSleep, env: { SSL_CERT_FILE: caFile }, files });
    this.#connections = createConnections(
      { default: undefined, clusters: new Map(clusters), clustersUnknown: false },
      around,
    );
    const write = (message: string, fields?: object) =>
      void this.log.push(`${message} ${JSON.stringify(fields ?? {})}`);
    this.context = {
      api: {
        connections: this.#connections,
        bestEffort: createBestEffort(),
        randomBytes: (size) => randomBytes(size),
        wallClock: Date.now,
      },
      providerVersion: "0.1.0",
      signal: this.#stop.signal,
      private: memory,
      log: { trace: write, debug: write, info: write, warn: write, error: write },
      sleep: realSleep,
      now: () => lab.clock.now(),
      classify: (error) =>
        error instanceof Problem && error.code === "CONNECTION_NOT_CONFIGURED" ? "connection-removed" : undefined,
    };
  }

  /** SIGKILL, as far as clusters can tell: the connections break, nothing is cleaned up. */
  async kill(): Promise<void> {
    await this.#connections.close();
    this.#stop.abort();
  }

  async end(): Promise<void> {
    await this.#connections.close();
  }
}

function allCas(lab: Lab): string {
  return lab.clusters.map(({ proxyCa }) => proxyCa).join("\n");
}

async function realSleep(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal, ref: false });
}

/** One trusted cluster, one remote cluster, no token. */
export function assertJoinedInLab(lab: Lab): void {
  const [root, leaf] = [lab.root.dump(), lab.leaf().dump()];
  assert.deepEqual([leaf.trusted_clusters.length, root.remote_clusters.length, root.tokens.length], [1, 1, 0]);
}

export function assertNothingInLab(lab: Lab): void {
  const [root, leaf] = [lab.root.dump(), lab.leaf().dump()];
  assert.deepEqual([leaf.trusted_clusters.length, root.remote_clusters.length, root.tokens.length], [0, 0, 0]);
}
