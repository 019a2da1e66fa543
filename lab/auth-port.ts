import http2 from "node:http2";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";

import { connectTcp } from "./address";
import type { AuthHandler } from "./auth";
import type { TlsKeyPair } from "./ca";
import type { Link } from "./faults";
import { Listener } from "./listener";
import { openPort } from "./proxy";

/** A cluster's Auth service that listens. */
export interface AuthPort {
  /** `host:port`. */
  readonly address: string;
  /** Connects to it over its link, as services beside it do. */
  dial(signal?: AbortSignal): Promise<Duplex>;
  /** Ends all connections and listens no more. */
  close(): Promise<void>;
}

/**
 * Opens the one TLS port of an Auth service, for gRPC and the legacy HTTP API.
 *
 * @param onRefused called with the reason when a client's certificate is not accepted
 */
export async function openAuthPort(
  handler: AuthHandler,
  credentials: TlsKeyPair,
  link: Link,
  onRefused: (error: Error) => void,
): Promise<AuthPort> {
  const server = createServer(handler, credentials, onRefused);
  const inner = await Listener.open(server);
  const front = await openPort(link, () => connectTcp(inner.address));
  return {
    address: front.address,
    dial: (signal) => link.dial(inner.address, signal),
    close: async () => {
      await Promise.all([front.close(), inner.close()]);
    },
  };
}

function createServer(handler: AuthHandler, credentials: TlsKeyPair, onRefused: (error: Error) => void) {
  const settings = {
    cert: credentials.certificate,
    key: credentials.privateKey,
    allowHTTP1: true,
    // Asked for, and judged by the handler: Node would have to know every cluster that is ever trusted.
    requestCert: true,
    rejectUnauthorized: false,
  };
  const server = http2.createSecureServer(settings, handler.handle);
  server.on("sessionError", () => {});
  // The certificate is judged before HTTP sees the connection, so that a stranger's first byte is never read.
  const serve = server.listeners("secureConnection");
  server.removeAllListeners("secureConnection");
  server.on("secureConnection", (socket: TLSSocket) => {
    try {
      handler.accept(socket);
    } catch (error) {
      socket.destroy();
      onRefused(error as Error);
      return;
    }
    for (const listener of serve) listener.call(server, socket);
  });
  return server;
}
