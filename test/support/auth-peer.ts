import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";

import {
  type CertificateAuthorities,
  createAuthorities,
  type Suite,
  type UserIdentity,
  WebAuthority,
} from "../../lab/ca";
import { grpcStreamListener, type Route } from "../../provider/grpc";

/** Authorities of a cluster of that name, with keys of their own. */
export function newAuthorities(clusterName: string, suite: Suite = "balanced-v1"): Promise<CertificateAuthorities> {
  return createAuthorities({ clusterName, proxyHost: "127.0.0.1" }, suite, { realNow: Date.now, randomBytes });
}

/** The identity file of a bot of that cluster. */
export async function identityOf(
  authorities: CertificateAuthorities,
  change: Partial<UserIdentity> & { readonly ttlMs?: number } = {},
): Promise<string> {
  const { ttlMs = 24 * 3_600_000, ...identity } = change;
  const bot = { user: "bot-terraform", roles: ["terraform"], logins: ["-teleport-nologin"], traits: {} };
  return (await authorities.issueUser({ ...bot, ...identity }, ttlMs)).identityFile;
}

/** PEM of an authority's TLS certificates. */
export function tlsAuthority(authorities: CertificateAuthorities, type: "host" | "user"): string {
  const pairs = authorities.public(type).spec?.activeKeys?.tls ?? [];
  return pairs.map(({ cert }) => Buffer.from(cert).toString("utf8")).join("");
}

/** A server on loopback and the ways to end it. */
export interface TestServer {
  /** `127.0.0.1:<port>`. */
  readonly addr: string;
  /** Connections that were accepted so far. */
  readonly connections: () => number;
  /** Ends all connections, and keeps listening. */
  drop(): void;
  close(): Promise<void>;
}

/** What an Auth peer does. */
export interface AuthPeerOptions {
  readonly authorities: CertificateAuthorities;
  readonly routes?: readonly Route[];
  /** Whose users are let in; this cluster's when absent. */
  readonly trusts?: CertificateAuthorities;
  /** The legacy API. */
  readonly http?: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onStream?: (stream: ServerHttp2Stream, path: string) => void;
}

/** An Auth service on one TLS port: gRPC to those who ask for `h2`, the legacy API to those who ask for HTTP/1.1. */
export async function authPeer({
  authorities,
  routes = [],
  trusts = authorities,
  http,
  onStream,
}: AuthPeerOptions): Promise<TestServer> {
  const host = await authorities.issueHost({ role: "Auth", hostId: "auth-1", names: [] });
  const grpc = createHttp2Server();
  const listener = grpcStreamListener({
    find: (path) => routes.find((route) => route.path === path),
    maxMessageBytes: 4 * 1024 * 1024,
  });
  grpc.on("stream", (stream, headers) => {
    onStream?.(stream, String(headers[":path"]));
    if (!stream.destroyed) listener(stream, headers);
  });
  grpc.on("sessionError", () => {});
  const legacy = createHttpServer((request, response) => {
    if (http === undefined) response.destroy();
    else http(request, response);
  });
  const server = createTlsServer({
    key: host.tls.privateKey,
    cert: host.tls.certificate,
    ca: tlsAuthority(trusts, "user"),
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ["h2", "http/1.1"],
  });
  server.on("secureConnection", (socket) => {
    socket.on("error", () => {});
    (socket.alpnProtocol === "h2" ? grpc : legacy).emit("connection", socket);
  });
  server.on("tlsClientError", () => {});
  return listening(server, "secureConnection");
}

/**
 * A web proxy with TLS routing: connections that offer `teleport-auth@…` of a known cluster go on to its Auth unopened,
 * all others to the web server.
 */
export async function routingProxy(auths: Readonly<Record<string, string>>, webAddr: string): Promise<TestServer> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    // Our ClientHello fits into one packet; the name of the protocol stands in it as it is.
    socket.once("data", (hello) => {
      const wanted = /teleport-auth@([0-9a-f]+)\.teleport\.cluster\.local/.exec(hello.toString("latin1"))?.[1];
      const target = wanted === undefined ? webAddr : auths[Buffer.from(wanted, "hex").toString("utf8")];
      if (target === undefined) return socket.destroy();
      const [host, port] = target.split(":");
      const backend = connect(Number(port), host);
      backend.on("error", () => socket.destroy()).on("close", () => socket.destroy());
      socket.on("close", () => backend.destroy());
      backend.write(hello);
      socket.pipe(backend).pipe(socket);
      return undefined;
    });
  });
  return listening(server, "connection");
}

/** A proxy's web server, which answers `/webapi/ping` and `/webapi/find` with this body. Its authority is a company's own. */
export async function webPeer(body: unknown, status = 200): Promise<TestServer & { readonly authority: string }> {
  const authority = await WebAuthority.create("a company", { realNow: Date.now, randomBytes });
  const { certificate, privateKey } = await authority.issueServer("proxy", ["127.0.0.1", "localhost"]);
  const server = createHttpsServer({ key: privateKey, cert: certificate }, (request, response) => {
    const isKnown = request.url === "/webapi/ping" || request.url === "/webapi/find";
    response.writeHead(isKnown ? status : 404, { "content-type": "application/json" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  server.on("tlsClientError", () => {});
  return { ...(await listening(server, "secureConnection")), authority: authority.certificate };
}

/** Starts any server on a port of its own and counts what comes. */
export async function listening(server: Server, counted: "connection" | "secureConnection"): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  server.on(counted, (_: Socket | TLSSocket) => {
    count++;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    addr: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => count,
    drop,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      drop();
      await closed;
    },
  };
}
