import { homedir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

import { type Cluster, type ConnectionSettings, createConnections, diskFiles } from "../../provider/cluster";

/** Who calls which cluster. */
export interface Caller {
  /** `host:port` of the cluster's proxy. */
  readonly addr: string;
  /** The cluster's name, for messages. */
  readonly name: string;
  /** Path of an identity file, as `tsh login --out` or `tbot` writes it. */
  readonly identityFile: string;
  /** With `SSL_CERT_FILE`, by which the proxy's web certificate is checked. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Calls a cluster's API with somebody's identity, as `tsh` and `tctl` do: what comes back is what the cluster lets this identity see.
 */
export async function callAs<T>(caller: Caller, work: (cluster: Cluster) => Promise<T>): Promise<T> {
  const settings: ConnectionSettings = {
    addr: caller.addr,
    credentials: [{ kind: "identity-file", path: caller.identityFile }],
    insecure: false,
    dialTimeoutMs: 10_000,
    // Nothing is between the demo and its lab that a second try would help against.
    retry: { baseMs: 1, capMs: 1, maxTries: 1 },
  };
  const connections = createConnections(
    { default: undefined, clusters: new Map([[caller.name, settings]]), clustersUnknown: false },
    {
      env: caller.environment,
      files: diskFiles,
      homeDir: homedir(),
      monotonic: () => performance.now(),
      random: Math.random,
      sleep: (ms, signal) => sleep(ms, undefined, { signal }),
      wallClock: Date.now,
    },
  );
  try {
    return await work(connections.get(caller.name));
  } finally {
    await connections.close();
  }
}
