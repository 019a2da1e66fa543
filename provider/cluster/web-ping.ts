/** What a web proxy says of its cluster without asking who we are (`/webapi/ping`). */
export interface WebInfo {
  /** `host:port` that was asked. */
  readonly addr: string;
  readonly clusterName: string;
  readonly serverVersion: string;
  /** Such as `oss`, `ent`, `community`; empty when the server does not say. */
  readonly edition: string;
  /** `host:port` of the web proxy as the cluster publishes it; the asked address when it publishes none. */
  readonly webProxyAddr: string;
  /** `host:port` where a leaf's agents dial. */
  readonly tunnelAddr: string;
  /** `host:port` of the SSH proxy. */
  readonly sshProxyAddr: string;
  /** One port for everything, told apart by ALPN. */
  readonly tlsRouting: boolean;
}
