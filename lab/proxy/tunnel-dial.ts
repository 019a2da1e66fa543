import { once } from "node:events";
import type { Duplex } from "node:stream";
import tls from "node:tls";

import { splitAddress } from "../address";
import type { Link } from "../faults";
import { connectionProblem } from "../trace-error";
import { tunnelProtocol } from "./front";

/** How a leaf's agent reaches the tunnel address of a root. */
export interface TunnelDialOptions {
  readonly link: Link;
  /** PEM roots by which the root proxy's web certificate is checked. */
  readonly roots: () => readonly string[];
}

/**
 * Makes the dialler of an agent pool: TLS with ALPN `teleport-reversetunnel` where the address is a proxy's one port, plain
 * TCP where it is a tunnel port of its own.
 *
 * A real leaf knows which of the two from its root's settings; here the first answer tells: an SSH server does not speak TLS.
 */
export function createTunnelDial(
  options: TunnelDialOptions,
): (tunnelAddr: string, signal: AbortSignal) => Promise<Duplex> {
  return async (tunnelAddr, signal) => {
    try {
      return await dialTls(tunnelAddr, options, signal);
    } catch (error) {
      if (!isNotTls(error)) throw error;
      return options.link.dial(tunnelAddr, signal);
    }
  };
}

async function dialTls(tunnelAddr: string, options: TunnelDialOptions, signal: AbortSignal): Promise<Duplex> {
  const { host } = splitAddress(tunnelAddr);
  const raw = await options.link.dial(tunnelAddr, signal);
  const socket = tls.connect({ socket: raw, host, ca: [...options.roots()], ALPNProtocols: [tunnelProtocol] });
  try {
    await once(socket, "secureConnect", { signal });
    if (socket.alpnProtocol !== tunnelProtocol) {
      throw connectionProblem(`${tunnelAddr} does not speak ALPN ${tunnelProtocol}: it is no proxy with TLS routing`);
    }
    // Until SSH listens, which is at once, a failure must not bring the process down.
    socket.on("error", () => {});
    return socket;
  } catch (error) {
    socket.destroy();
    raw.destroy();
    throw error;
  }
}

/** An SSH server's greeting is no TLS record. */
function isNotTls(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG";
}
