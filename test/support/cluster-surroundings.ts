import { tmpdir } from "node:os";

import { type ConnectionSettings, diskFiles, type Surroundings } from "../../provider/cluster";
import { Secret } from "../../trust";

/** Surroundings whose waits take no time and are written down. */
export interface TestSurroundings extends Surroundings {
  /** The waits so far, in milliseconds. */
  readonly waits: number[];
}

/** What the cluster calls need of the outside, without an environment, real waits or chance. */
export function testSurroundings(change: Partial<Surroundings> = {}): TestSurroundings {
  const waits: number[] = [];
  return {
    waits,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      waits.push(ms);
    },
    random: () => 1,
    files: diskFiles,
    wallClock: Date.now,
    monotonic: () => performance.now(),
    homeDir: tmpdir(),
    env: {},
    ...change,
  };
}

/** Settings of a connection that shows this identity file's content. */
export function settingsOf(
  addr: string,
  identity: string,
  change: Partial<ConnectionSettings> = {},
): ConnectionSettings {
  return {
    addr,
    credentials: [{ kind: "identity", content: new Secret(identity), argument: "identity_file" }],
    insecure: false,
    dialTimeoutMs: 5000,
    retry: { baseMs: 1000, capMs: 5000, maxTries: 4 },
    ...change,
  };
}
