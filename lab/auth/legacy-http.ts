import { RemoteClusterV3Schema } from "../gen/teleport/types/remote_cluster_pb";
import { notFound } from "../trace-error";
import { authorize } from "./authorize";
import type { CallConnection } from "./call-context";
import type { Caller } from "./caller";
import type { AuthContext } from "./context";
import { allRemoteClusters, deleteRemoteCluster, getRemoteCluster, isVisible } from "./remote-clusters";
import type { Json } from "./teleport-json";
import { teleportJson } from "./teleport-json";
import { httpError } from "./wire-error";

/** Status and JSON body. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

type Route = (context: AuthContext, caller: Caller, name: string) => Json;

/** The calls of the legacy API that the lab serves, by method and whether a name follows. The path starts with a version. */
const remoteClusterRoutes: Readonly<Record<string, Route>> = {
  "GET remoteclusters": (context, caller) =>
    allRemoteClusters(context, caller)
      .filter((cluster) => isVisible(caller, cluster))
      .map((cluster) => teleportJson(RemoteClusterV3Schema, cluster)),
  "GET remoteclusters/:cluster": (context, caller, name) =>
    teleportJson(RemoteClusterV3Schema, getRemoteCluster(context, caller, name)),
  "DELETE remoteclusters/:cluster": (context, caller, name) => {
    deleteRemoteCluster(context, caller, name);
    return { message: "ok" };
  },
  "GET configuration/name": ({ clusterName, clusterId }) => ({
    kind: "cluster_name",
    version: "v2",
    metadata: { name: "cluster-name" },
    spec: { cluster_name: clusterName, cluster_id: clusterId },
  }),
};

/**
 * Answers a request of the legacy HTTP+JSON API. It counts as a call, like one of gRPC.
 *
 * @param connection what the handshake found out about the client
 * @param signal aborts when the client is gone
 */
export async function answerLegacyHttp(
  context: AuthContext,
  connection: CallConnection,
  method: string,
  url: string,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const path = new URL(url, "https://teleport.cluster.local").pathname;
  const run = async () => answerTo(context, connection, method, path);
  const user = connection.peer?.identity.name;
  if (user === undefined) return run();
  const call = { cluster: context.clusterName, user, method: `${method} ${path}` };
  return context.calls.around(call, signal, run);
}

function answerTo(context: AuthContext, { peer }: CallConnection, method: string, path: string): HttpAnswer {
  try {
    const caller = authorize(peer, context);
    return { status: 200, body: JSON.stringify(route(context, caller, method, path)) };
  } catch (error) {
    return httpError(error);
  }
}

function route(context: AuthContext, caller: Caller, method: string, path: string): Json {
  const [, version = "", kind = "", ...names] = path.split("/");
  if (!/^v\d+$/.test(version) || names.length > 1) throw notFound("path not found");
  const [name] = names;
  const key = kind === "configuration" ? `${kind}/${name}` : name === undefined ? kind : `${kind}/:cluster`;
  const handler = remoteClusterRoutes[`${method} ${key}`];
  const isGone = kind === "remoteclusters" && !context.rules.legacyRemoteClusters;
  if (handler === undefined || isGone) throw notFound("path not found");
  return handler(context, caller, decodeName(name ?? ""));
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw notFound("path not found");
  }
}
