import type { ClusterStorage } from "../storage";
import type { VersionRules } from "../versions";
import type { AuditLog } from "./audit-log";
import type { CallLog } from "./call-log";
import type { TokenLedger } from "./token-ledger";
import type { TunnelConnections } from "./tunnel-connections";

/** What a web proxy answered: status and body as they came. */
export interface ProxyAnswer {
  readonly status: number;
  readonly body: string;
}

/** How a leaf's Auth service reaches the web proxy of a root. */
export interface ProxyClient {
  /**
   * Posts JSON to `https://<address><path>`; the proxy's certificate is checked by the roots in the host's system store.
   *
   * @throws Error when the address cannot be reached; an error that is about the certificate says so in `x509` words or has
   *   one of Node's certificate codes
   */
  post(address: string, path: string, body: string, signal: AbortSignal): Promise<ProxyAnswer>;
}

/** Everything that the Auth service of one cluster works on. Time, randomness and the outer world come in here. */
export interface AuthContext {
  readonly clusterName: string;
  /** UUID of the cluster. */
  readonly clusterId: string;
  /** Version text that Ping and the handshake announce; how the cluster behaves is `rules`. */
  readonly announcedVersion: string;
  readonly rules: VersionRules;
  readonly suite: "legacy" | "balanced-v1";
  /**
   * The cluster's objects. Its own authorities stand there under `cert_authority` from the start, public keys only.
   */
  readonly storage: ClusterStorage;
  /** The lab's clock, epoch milliseconds: tokens, heartbeats, status, audit. */
  readonly now: () => number;
  /** Real time, epoch milliseconds: the validity of certificates, which TLS and OpenSSH check too. */
  readonly realNow: () => number;
  readonly audit: AuditLog;
  readonly calls: CallLog;
  /** The tunnels that leaves hold open to this cluster, as its proxies report them. */
  readonly tunnels: TunnelConnections;
  /** Every token that was ever made here, for tests that look for leaks. */
  readonly tokens: TokenLedger;
  /** `host:port` under which people reach the cluster's proxy. */
  readonly proxyPublicAddr: () => string;
  /** How this cluster reaches the web proxy of a root. */
  readonly proxyClient: ProxyClient;
}
