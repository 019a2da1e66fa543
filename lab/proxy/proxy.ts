import http2 from "node:http2";
import type { Duplex } from "node:stream";
import tls from "node:tls";

import { connectTcp } from "../address";
import type { TlsKeyPair } from "../ca";
import type { Link } from "../faults";
import { Listener } from "../listener";
import { openFront, openRelay, tunnelProtocol } from "./front";
import type { WebOptions } from "./web";
import { createWebHandler } from "./web";

/** What a proxy needs to listen. */
export interface ProxyOptions extends WebOptions {
  /** The web certificate, from an authority that has nothing to do with Teleport's. */
  readonly webCertificate: TlsKeyPair;
  readonly links: { readonly proxy: Link; readonly tunnel: Link };
  /** Connects to the Auth of the own cluster or of a leaf. @throws when there is no such cluster, or it is offline */
  readonly dialAuth: (clusterName: string, signal: AbortSignal) => Promise<Duplex>;
  /** Takes a stream on which an agent begins to speak SSH. */
  readonly acceptAgent: (stream: Duplex, remoteAddress: string) => void;
}

/** A proxy that listens. */
export interface LabProxy {
  /** `host:port` of the one port that serves everything by ALPN. */
  readonly webAddr: string;
  /** `host:port` of the plain port for reverse tunnels. */
  readonly tunnelAddr: string;
  /** Ends all connections and listens no more. */
  close(): Promise<void>;
}

/** Starts a proxy on free ports of the loopback interface. */
export async function startProxy(options: ProxyOptions): Promise<LabProxy> {
  const web = await Listener.open(createWebServer(options));
  const agents = await Listener.open(createAgentServer(options));
  const routes = {
    web: () => connectTcp(web.address),
    tunnel: () => connectTcp(agents.address),
    auth: options.dialAuth,
  };
  const front = await openFront(routes, options.links);
  const plain = await openRelay(options.links.tunnel, options.acceptAgent);
  return {
    webAddr: front.address,
    tunnelAddr: plain.address,
    close: async () => {
      await Promise.all([front, plain, web, agents].map((listener) => listener.close()));
    },
  };
}

/** HTTPS; a client that speaks both gets HTTP/1.1, as with the real proxy. */
function createWebServer(options: ProxyOptions): http2.Http2SecureServer {
  const { certificate, privateKey } = options.webCertificate;
  const settings = { cert: certificate, key: privateKey, allowHTTP1: true, ALPNCallback: preferHttp1 };
  const server = http2.createSecureServer(settings, createWebHandler(options));
  // A client that breaks off is no event for a server.
  server.on("sessionError", () => {});
  return server;
}

function preferHttp1({ protocols }: { protocols: string[] }): string | undefined {
  return ["http/1.1", "h2"].find((protocol) => protocols.includes(protocol));
}

/** TLS with the web certificate around SSH: how an agent comes in by the web port. */
function createAgentServer(options: ProxyOptions): tls.Server {
  const { certificate, privateKey } = options.webCertificate;
  const settings = { cert: certificate, key: privateKey, ALPNProtocols: [tunnelProtocol] };
  return tls.createServer(settings, (socket) => options.acceptAgent(socket, socket.remoteAddress ?? ""));
}
