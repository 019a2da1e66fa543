import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { TLSSocket } from "node:tls";
import { createContextValues } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";

import { authInterceptor, createAuthApi } from "./api";
import type { CallConnection } from "./call-context";
import { connectionKey } from "./call-context";
import type { AuthContext } from "./context";
import { answerLegacyHttp } from "./legacy-http";
import type { VerifiedPeer } from "./verify-peer";
import { peerCertificatesOf, verifyPeer } from "./verify-peer";

/** Both forms of a request on one `http2.createSecureServer({ allowHTTP1: true })`. */
export type AuthRequestHandler = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/** The Auth service of a cluster, ready to be put on a TLS listener. */
export interface AuthHandler {
  /**
   * To be called on `secureConnection`, before any request.
   *
   * @throws PeerRefused when the client's certificate is not accepted: end the connection then
   */
  accept(socket: TLSSocket): VerifiedPeer | undefined;
  /** To be called on `request`: gRPC for HTTP/2 and the legacy API for HTTP/1.1. */
  readonly handle: AuthRequestHandler;
}

/**
 * Serves the cluster API over connections that a TLS listener has taken.
 *
 * The listener asks for a client certificate and does not judge it (`requestCert: true, rejectUnauthorized: false`, no
 * `ca`), as `accept` does that.
 */
export function createAuthHandler(context: AuthContext): AuthHandler {
  // Found out once a connection: an authority that goes away later ends no connection that it has let in.
  const peers = new WeakMap<object, { peer: VerifiedPeer | undefined }>();
  const peerOf = (socket: TLSSocket) => {
    let known = peers.get(socket);
    if (known === undefined) {
      const serverName = (socket as { servername?: string | false }).servername;
      known = { peer: verifyPeer(peerCertificatesOf(socket), serverName || "", context) };
      peers.set(socket, known);
    }
    return known.peer;
  };
  const grpc = connectNodeAdapter({
    routes: createAuthApi(context),
    interceptors: [authInterceptor(context)],
    connect: false,
    grpcWeb: false,
    contextValues: (request) =>
      createContextValues().set(connectionKey, connectionOf(request as Http2ServerRequest, peerOf)),
    fallback: (_request, response) => answerUnknownMethod(response as Http2ServerResponse),
  });
  return {
    accept: peerOf,
    handle: (request, response) => {
      try {
        peerOf(socketOf(request));
      } catch {
        // An authority went away between the handshake and the first request.
        request.stream?.session?.destroy();
        request.socket.destroy();
        return;
      }
      if (request.httpVersionMajor >= 2) return grpc(request, response);
      void answerHttp(context, connectionOf(request, peerOf), request, response);
    },
  };
}

async function answerHttp(
  context: AuthContext,
  connection: CallConnection,
  request: Http2ServerRequest,
  response: Http2ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  request.resume();
  const answer = await answerLegacyHttp(context, connection, request.method, request.url, gone.signal);
  if (gone.signal.aborted) return;
  response.writeHead(answer.status, { "content-type": "application/json" });
  response.end(answer.body);
}

/** The socket below a request: the session's for HTTP/2 (Node wraps it, the same wrapper each time). */
function socketOf(request: Http2ServerRequest): TLSSocket {
  return (request.stream?.session?.socket ?? request.socket) as TLSSocket;
}

function connectionOf(
  request: Http2ServerRequest,
  peerOf: (socket: TLSSocket) => VerifiedPeer | undefined,
): CallConnection {
  const session = request.stream?.session;
  const socket = socketOf(request);
  return {
    peer: peerOf(socket),
    remoteAddr: `${socket.remoteAddress}:${socket.remotePort}`,
    close: () => session?.close(),
  };
}

/** What a gRPC server says to a path that it does not know: a status, in the headers, and no message. */
function answerUnknownMethod(response: Http2ServerResponse): void {
  response.writeHead(200, {
    "content-type": "application/grpc",
    "grpc-status": "12",
    "grpc-message": "unknown service or method",
  });
  response.end();
}
