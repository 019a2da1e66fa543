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
   * Decides about a connection when TLS is up (`secureConnection`), before the HTTP server sees it.
   *
   * @throws PeerRefused when the client's certificate is not accepted: end the connection then
   */
  accept(socket: TLSSocket): VerifiedPeer | undefined;
  /** To be called on `request`: gRPC for HTTP/2 and the legacy API for HTTP/1.1. Only for connections that `accept` has let in. */
  readonly handle: AuthRequestHandler;
}

/**
 * What was decided about a connection, on the socket itself: HTTP/2 requests see their socket through a wrapper of
 * Node's, which passes properties on, so that a map from sockets would not find it.
 */
const acceptedPeer = Symbol("accepted peer");

interface AcceptedSocket extends TLSSocket {
  [acceptedPeer]?: { readonly peer: VerifiedPeer | undefined };
}

/**
 * Serves the cluster API over connections that a TLS listener has taken.
 *
 * The listener asks for a client certificate and does not judge it (`requestCert: true, rejectUnauthorized: false`, no
 * `ca`), as `accept` does that, once a connection: an authority that goes away later ends no connection that it let in.
 */
export function createAuthHandler(context: AuthContext): AuthHandler {
  const grpc = connectNodeAdapter({
    routes: createAuthApi(context),
    interceptors: [authInterceptor(context)],
    connect: false,
    grpcWeb: false,
    contextValues: (request) => createContextValues().set(connectionKey, connectionOf(request as Http2ServerRequest)),
    fallback: (_request, response) => answerUnknownMethod(response as Http2ServerResponse),
  });
  return {
    accept: (socket: AcceptedSocket) => {
      const serverName = (socket as { servername?: string | false }).servername || "";
      const peer = verifyPeer(peerCertificatesOf(socket), serverName, context);
      socket[acceptedPeer] = { peer };
      return peer;
    },
    handle: (request, response) => {
      if (request.httpVersionMajor >= 2) grpc(request, response);
      else void answerHttp(context, connectionOf(request), request, response);
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

function connectionOf(request: Http2ServerRequest): CallConnection {
  const session = request.stream?.session;
  const socket = (session?.socket ?? request.socket) as AcceptedSocket;
  const accepted = socket[acceptedPeer];
  if (accepted === undefined) throw new Error("the lab serves a connection that nobody has accepted: this is a bug");
  return {
    peer: accepted.peer,
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
