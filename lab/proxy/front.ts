import net from "node:net";
import type { Duplex } from "node:stream";

import type { Link } from "../faults";
import { Listener } from "../listener";
import { resetStream } from "../relay";
import { clusterOfAuthProtocol, isAuthProtocol } from "./auth-protocol";
import type { ClientHello } from "./client-hello";
import { maxClientHelloBytes, parseClientHello } from "./client-hello";

/** Where a proxy's one port leads to. None of the ways ends TLS: each backend sees the client's own bytes from the first one on. */
export interface FrontRoutes {
  /** To the HTTPS server. */
  web(): Promise<Duplex>;
  /** To the TLS server behind which agents speak SSH. */
  tunnel(): Promise<Duplex>;
  /** To the Auth service of a cluster, the own one or that of a leaf. @throws when there is no such cluster, or it is offline */
  auth(clusterName: string, signal: AbortSignal): Promise<Duplex>;
}

/** Links that the connections of a proxy's port go over. */
export interface FrontLinks {
  readonly proxy: Link;
  readonly tunnel: Link;
}

/** ALPN protocol of reverse tunnels. */
export const tunnelProtocol = "teleport-reversetunnel";

/** Real milliseconds that a client may take until its ClientHello is complete. */
const helloTimeoutMs = 10_000;

/** Opens a proxy's one public port, which looks at each ClientHello and hands the connection on by its ALPN. */
export async function openFront(routes: FrontRoutes, links: FrontLinks): Promise<Listener> {
  // Half-open as TCP is: a client may end its direction and still wait for the answer.
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    void serve(socket, routes, links);
  });
  return Listener.open(server);
}

async function serve(socket: net.Socket, routes: FrontRoutes, links: FrontLinks): Promise<void> {
  const gone = new AbortController();
  socket.on("error", () => socket.destroy());
  socket.once("close", () => gone.abort());
  try {
    const hello = await readHello(socket);
    const { link, backend } = await route(hello, routes, links, gone.signal);
    link.join(socket, backend);
  } catch {
    // The real proxy says no more either: there is no protocol in which it could.
    socket.destroy();
  }
}

async function route(hello: ClientHello, routes: FrontRoutes, links: FrontLinks, signal: AbortSignal) {
  const forAuth = hello.protocols.find(isAuthProtocol);
  if (forAuth !== undefined) {
    const clusterName = clusterOfAuthProtocol(forAuth);
    if (clusterName === undefined) throw new Error(`${forAuth} names no cluster`);
    return { link: links.proxy, backend: await routes.auth(clusterName, signal) };
  }
  if (hello.protocols.includes(tunnelProtocol)) return { link: links.tunnel, backend: await routes.tunnel() };
  return { link: links.proxy, backend: await routes.web() };
}

/** Waits for the ClientHello and puts its bytes back, so that the next reader sees them first. */
function readHello(socket: net.Socket): Promise<ClientHello> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const timer = setTimeout(() => finish(() => reject(new Error("no ClientHello in time"))), helloTimeoutMs);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      socket.removeListener("data", onData);
      socket.removeListener("end", onEnd);
      socket.removeListener("close", onEnd);
      socket.pause();
      settle();
    };
    const onEnd = () => finish(() => reject(new Error("closed before the ClientHello")));
    const onData = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      try {
        const hello = parseClientHello(seen);
        if (hello === undefined && seen.length <= maxClientHelloBytes) return;
        if (hello === undefined) throw new Error("ClientHello is too long");
        finish(() => {
          socket.unshift(seen);
          resolve(hello);
        });
      } catch (error) {
        finish(() => reject(error));
      }
    };
    socket.on("data", onData);
    socket.on("end", onEnd);
    socket.on("close", onEnd);
  });
}

/** Lets a plain port's connections go over a link, each to what `accept` does with it. */
export async function openRelay(
  link: Link,
  accept: (stream: Duplex, remoteAddress: string) => void,
): Promise<Listener> {
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on("error", () => resetStream(socket));
    accept(link.accept(socket), socket.remoteAddress ?? "");
  });
  return Listener.open(server);
}

/** Opens a public port in front of an inner one, with a link between them. */
export async function openPort(link: Link, connect: () => Promise<Duplex>): Promise<Listener> {
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on("error", () => resetStream(socket));
    connect().then(
      (backend) => link.join(socket, backend),
      () => resetStream(socket),
    );
  });
  return Listener.open(server);
}
