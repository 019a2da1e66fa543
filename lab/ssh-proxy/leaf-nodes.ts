import { once } from "node:events";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";

import { encodeClusterName } from "../auth";
import type { TlsKeyPair } from "../ca";
import { AuthService } from "../gen/teleport/auth/auth_service_pb";
import type { ServerV2 } from "../gen/teleport/types/server_pb";
import { connectionProblem } from "../trace-error";

/** How a root's proxy shows itself to the Auth of a leaf, and checks it. */
export interface LeafApiCredentials {
  /** The caller's own cluster: the leaf takes the authorities of that one to check the caller. */
  readonly clusterName: string;
  readonly tls: TlsKeyPair;
  /** PEM certificates of the leaf's host authority, as the root has stored them. */
  readonly leafAuthorities: readonly string[];
}

const pageSize = 1000;

/**
 * Asks a leaf's Auth for its nodes, over a connection that leads there: TLS with the proxy's host certificate, then gRPC.
 *
 * @throws TraceError connection_problem when the leaf does not answer or is not whom the root knows
 */
export async function listLeafNodes(
  stream: Duplex,
  credentials: LeafApiCredentials,
  signal: AbortSignal,
): Promise<ServerV2[]> {
  const socket = connectTls(stream, credentials);
  try {
    await once(socket, "secureConnect", { signal });
    return await readNodes(socket, signal);
  } catch (error) {
    throw connectionProblem(`cannot list the nodes of the leaf: ${(error as Error).message}`, error);
  } finally {
    socket.destroy();
    stream.destroy();
  }
}

function connectTls(socket: Duplex, { clusterName, tls: own, leafAuthorities }: LeafApiCredentials): tls.TLSSocket {
  const { certificate: cert, privateKey: key } = own;
  const servername = encodeClusterName(clusterName);
  const connected = tls.connect({ socket, servername, ca: [...leafAuthorities], cert, key, ALPNProtocols: ["h2"] });
  // Whoever waits hears of it; what comes later is nobody's.
  connected.on("error", () => {});
  return connected;
}

async function readNodes(socket: tls.TLSSocket, signal: AbortSignal): Promise<ServerV2[]> {
  const baseUrl = "https://teleport.cluster.local";
  const sessionManager = new Http2SessionManager(baseUrl, {}, { createConnection: () => socket });
  const client = createClient(AuthService, createGrpcTransport({ baseUrl, sessionManager }));
  const nodes: ServerV2[] = [];
  try {
    let startKey = "";
    do {
      const request = { resourceType: "node", namespace: "default", limit: pageSize, startKey };
      const { resources, nextKey } = await client.listResources(request, { signal });
      nodes.push(...resources.flatMap(({ resource }) => (resource.case === "node" ? [resource.value] : [])));
      startKey = nextKey;
    } while (startKey !== "");
    return nodes;
  } finally {
    sessionManager.abort();
  }
}
