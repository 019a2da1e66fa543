import type { AuditLog } from "./auth/audit-log";
import type { CallLog } from "./auth/call-log";
import type { CertificateAuthorities, Suite } from "./ca/types";
import type { Clock } from "./clock";
import type { ClusterStorage } from "./storage";

/** What a web proxy answered: status and body as they came. */
export interface ProxyAnswer {
  readonly status: number;
  readonly body: string;
}

/** How a leaf's auth reaches the proxy of a root. */
export interface ProxyClient {
  /**
   * Posts JSON to `https://<address><path>`; the proxy's certificate is verified by the roots that this cluster's host
   * has in its system store.
   *
   * @throws TraceError connection_problem when the address cannot be reached, access_denied when its certificate is not trusted
   */
  post(address: string, path: string, body: string, signal: AbortSignal): Promise<ProxyAnswer>;
}

/** What the parts of one cluster share; made once, by `cluster.ts`. */
export interface ClusterContext {
  /** Cluster name, such as `root.lab`. */
  readonly name: string;
  /** UUID of the one host that runs the cluster's auth and proxy. */
  readonly hostId: string;
  /** Major version whose behaviour the cluster has: a column of `versions.ts`. */
  readonly behavesAs: string;
  /** Version that the cluster says it has, such as `17.7.0`. */
  readonly announcedVersion: string;
  readonly suite: Suite;
  readonly clock: Clock;
  readonly storage: ClusterStorage;
  readonly authorities: CertificateAuthorities;
  readonly audit: AuditLog;
  readonly calls: CallLog;
  readonly proxyClient: ProxyClient;
  /** How often the status of remote clusters is computed, in milliseconds of the lab's clock; a real root takes 40 s. */
  readonly statusRefreshMs: number;
  /** `host:port` of the cluster's own web proxy. */
  readonly proxyPublicAddr: string;
}
