import type { Secret } from "../../trust/secret";
import type { Cluster } from "./cluster";
import type { WebInfo } from "./web-ping";

/** Where credentials come from. Contents are secrets; paths are not. */
export type CredentialSource =
  | { readonly kind: "identity-file"; readonly path: string }
  | { readonly kind: "identity"; readonly content: Secret; readonly argument: string }
  | {
      readonly kind: "key-pair-files";
      readonly certPath: string;
      readonly keyPath: string;
      readonly rootCaPath: string;
    }
  | { readonly kind: "key-pair"; readonly cert: string; readonly key: Secret; readonly rootCa: string }
  | { readonly kind: "profile"; readonly name: string | undefined; readonly dir: string | undefined };

/** One connection's settings, complete: defaults and environment are already applied. */
export interface ConnectionSettings {
  /** `host:port`; undefined when a profile names it. */
  readonly addr: string | undefined;
  /** Tried in this order; an expired or refused one gives way to the next. */
  readonly credentials: readonly CredentialSource[];
  /** Do not verify the proxy's *web* certificate. The cluster's own certificates are always verified. */
  readonly insecure: boolean;
  readonly dialTimeoutMs: number;
  readonly retry: RetryBudget;
}

/** How often a call that the cluster could not take is tried again. */
export interface RetryBudget {
  readonly baseMs: number;
  readonly capMs: number;
  readonly maxTries: number;
}

/** `"unknown"`: some setting is not known before apply. */
export interface ConnectionsConfig {
  readonly default: ConnectionSettings | "unknown" | undefined;
  readonly clusters: ReadonlyMap<string, ConnectionSettings | "unknown">;
  /** The whole `clusters` map is not known before apply: any key may exist. */
  readonly clustersUnknown: boolean;
}

/** What the calls need of the outside; given by main.ts, or by a test. */
export interface Surroundings {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
}

/** All connections of one provider process. */
export interface Connections {
  /**
   * The cluster of that key, or of the default connection. Dials nothing.
   *
   * @throws Problem CONNECTION_NOT_CONFIGURED when there is no such connection
   * @throws Problem CONNECTION_UNKNOWN when its settings are not known before apply
   */
  get(key?: string): Cluster;
  /** Whether `get` would give a cluster, and if not, why. */
  status(key?: string): "configured" | "unknown" | "absent";
  /** The keys of `clusters`, in the order of the configuration. */
  keys(): readonly string[];
  /** `/webapi/ping` of any proxy, by its `host:port`; asked once a process. */
  webPing(addr: string, options: { readonly insecure: boolean }, signal: AbortSignal): Promise<WebInfo>;
  /** Ends all connections; calls under way are rejected. */
  close(): Promise<void>;
}
