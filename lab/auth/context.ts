import type { ClusterStorage } from "../storage";
import type { VersionRules } from "../versions";
import type { AuditLog } from "./audit-log";
import type { CallLog } from "./call-log";
import type { TokenLedger } from "./token-ledger";
import type { TunnelConnections } from "./tunnel-connections";

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
  /** A random UUID. */
  readonly newUuid: () => string;
  readonly audit: AuditLog;
  readonly calls: CallLog;
  /** The tunnels that leaves hold open to this cluster, as its proxies report them. */
  readonly tunnels: TunnelConnections;
  /** Every token that was ever made here, for tests that look for leaks. */
  readonly tokens: TokenLedger;
  /** `host:port` under which people reach the cluster's proxy. */
  readonly proxyPublicAddr: () => string;
  /** PEM certificates that this host trusts on the web: its "system store", by which a leaf checks its root's proxy. */
  readonly webRoots: () => readonly string[];
}
