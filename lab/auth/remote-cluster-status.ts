import { clone } from "@bufbuild/protobuf";

import type { RemoteClusterStatusV3, RemoteClusterV3 } from "../gen/teleport/types/remote_cluster_pb";
import { RemoteClusterV3Schema } from "../gen/teleport/types/remote_cluster_pb";
import { audit } from "./audit";
import type { AuthContext } from "./context";
import { msFromTimestamp, timestampFromMs, zeroTime } from "./zero-time";

/** A tunnel that was not heard of for this long is offline: three heartbeats of five minutes. */
export const offlineAfterMs = 15 * 60_000;

/**
 * The root's periodic job: computes status and last heartbeat of every leaf from the tunnel connections, and writes what
 * changed. A write moves the object's revision, whoever reads it.
 *
 * A real root does this every 40 s or so; the lab's interval is its own.
 */
export function refreshRemoteClusters(context: AuthContext): void {
  const { storage } = context;
  for (const cluster of storage.list("remote_cluster")) {
    const refreshed = withStatus(context, cluster);
    if (refreshed === undefined) continue;
    const when = { revision: cluster.metadata?.revision ?? "" };
    storage.write([{ kind: "remote_cluster", when, put: refreshed }]);
    announce(context, cluster.status, refreshed);
  }
}

/** The leaf with its status of now; `undefined` when nothing changed. */
function withStatus({ tunnels, now }: AuthContext, cluster: RemoteClusterV3): RemoteClusterV3 | undefined {
  const newestMs = tunnels.newestHeartbeatMs(cluster.metadata?.name ?? "");
  const connection = newestMs !== undefined && now() - newestMs <= offlineAfterMs ? "online" : "offline";
  const knownMs = msFromTimestamp(cluster.status?.lastHeartbeat);
  const isNewer = newestMs !== undefined && newestMs > (knownMs ?? Number.NEGATIVE_INFINITY);
  if (connection === cluster.status?.connection && !isNewer) return undefined;
  const refreshed = clone(RemoteClusterV3Schema, cluster);
  const lastHeartbeat = isNewer ? timestampFromMs(newestMs) : (refreshed.status?.lastHeartbeat ?? zeroTime());
  refreshed.status = { ...(refreshed.status as RemoteClusterStatusV3), connection, lastHeartbeat };
  return refreshed;
}

/** The lab's own events, so that tests can wait for a leaf; a real cluster has none. */
function announce(context: AuthContext, before: RemoteClusterStatusV3 | undefined, after: RemoteClusterV3): void {
  const connection = after.status?.connection ?? "";
  if (before?.connection === connection) return;
  audit(context, { event: `remote_cluster.${connection}`, user: "system", name: after.metadata?.name ?? "" });
}
