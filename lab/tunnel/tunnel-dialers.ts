import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";

import { connectionProblem } from "../trace-error";
import { tunnelProtocol } from "./tunnel-protocol";

/**
 * Connects to a plain tunnel listener (`host:3024`).
 *
 * @throws TraceError connection_problem
 */
export function dialTunnelTcp(tunnelAddr: string, signal: AbortSignal): Promise<Duplex> {
  const { host, port } = parseAddress(tunnelAddr);
  return established(connectTcp({ host, port }), "connect", tunnelAddr, signal);
}

/**
 * Makes the dialer for proxies with TLS routing: TLS with ALPN `teleport-reversetunnel`.
 *
 * @param options `ca`: PEM of who may sign the proxy's web certificate, as in the system's store
 */
export function createTunnelTlsDialer(options: { readonly ca: () => string | readonly string[] }) {
  return async (tunnelAddr: string, signal: AbortSignal): Promise<Duplex> => {
    const { host, port } = parseAddress(tunnelAddr);
    const ca = options.ca();
    const socket = connectTls({
      host,
      port,
      ca: typeof ca === "string" ? ca : [...ca],
      ALPNProtocols: [tunnelProtocol.alpn],
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    await established(socket, "secureConnect", tunnelAddr, signal);
    if (socket.alpnProtocol !== tunnelProtocol.alpn) {
      socket.destroy();
      throw connectionProblem(
        `${tunnelAddr} did not negotiate ALPN ${tunnelProtocol.alpn}: it is no proxy with TLS routing, or something in between strips ALPN`,
      );
    }
    return socket;
  };
}

function established(socket: Socket, event: string, tunnelAddr: string, signal: AbortSignal): Promise<Duplex> {
  return new Promise((done, fail) => {
    const give = (cause: unknown) => {
      socket.destroy();
      signal.removeEventListener("abort", onAbort);
      const text = cause instanceof Error ? cause.message : String(cause);
      fail(connectionProblem(`failed to dial ${tunnelAddr}: ${text}`, cause));
    };
    const onAbort = () => give(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", give);
    socket.once(event, () => {
      signal.removeEventListener("abort", onAbort);
      socket.removeListener("error", give);
      // Until SSH listens, which is at once, a failure must not bring the process down.
      socket.on("error", () => {});
      socket.setNoDelay(true);
      done(socket);
    });
    if (signal.aborted) onAbort();
  });
}

function parseAddress(address: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw connectionProblem(`${JSON.stringify(address)} is not a tunnel address host:port`);
  return { host, port: Number(port) };
}
