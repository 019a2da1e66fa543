/** What a root knows of one tunnel: which leaf, by which of the root's proxies, and when it was last heard of. */
export interface TunnelConnection {
  readonly clusterName: string;
  /** Host UUID of the root's proxy that holds the tunnel. */
  readonly proxyName: string;
  /** Epoch milliseconds by the lab's clock. */
  readonly lastHeartbeatMs: number;
}

/**
 * The tunnel connection records of a root: one a leaf and proxy.
 *
 * The proxy writes one on connect and with each heartbeat, and deletes it when its last tunnel of that leaf is gone; the
 * status of remote clusters is computed from them.
 */
export class TunnelConnections {
  readonly #records = new Map<string, TunnelConnection>();

  /** Notes a heartbeat: the first one, on connect, makes the record. */
  upsert(connection: TunnelConnection): void {
    this.#records.set(keyOf(connection.clusterName, connection.proxyName), connection);
  }

  /** Removes the record of a leaf's last tunnel to that proxy; nothing happens when there is none. */
  delete(clusterName: string, proxyName: string): void {
    this.#records.delete(keyOf(clusterName, proxyName));
  }

  /** Time of the newest heartbeat of a leaf, epoch milliseconds; `undefined` when it has no tunnel. */
  newestHeartbeatMs(clusterName: string): number | undefined {
    const times = [...this.#records.values()]
      .filter((record) => record.clusterName === clusterName)
      .map((record) => record.lastHeartbeatMs);
    return times.length === 0 ? undefined : Math.max(...times);
  }
}

function keyOf(clusterName: string, proxyName: string): string {
  return JSON.stringify([clusterName, proxyName]);
}
