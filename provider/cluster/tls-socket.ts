import { isIP } from "node:net";
import { checkServerIdentity, connect, type SecureContext, type TLSSocket } from "node:tls";

import { parseAddress } from "../../trust";
import { DialFailure, dialFailure, timedOut } from "./connection-errors";

/** One TLS connection to be made. */
export interface TlsDial {
  /** `host:port`. */
  readonly addr: string;
  /** Name to send and to verify; an IP address is only verified, as RFC 6066 §3 wants. */
  readonly serverName: string;
  /** Protocols to offer, best first. */
  readonly alpn: readonly string[];
  readonly context: SecureContext;
  /** Whether the server's certificate must verify. */
  readonly verify: boolean;
  readonly timeoutMs: number;
  /**
   * Whether the server speaks first, as in HTTP/2. Then the socket is given out when it has spoken: in TLS 1.3 a server
   * looks at our certificate only after our handshake is done, so that its refusal would come in the middle of a call.
   */
  readonly serverSpeaksFirst: boolean;
}

/** A server that has not spoken by then is taken as it is. */
const SILENCE_MS = 2000;

/**
 * Makes a TLS connection.
 *
 * @throws DialFailure, or the signal's reason when it is aborted
 */
export async function dialTls(dial: TlsDial, signal: AbortSignal): Promise<TLSSocket> {
  signal.throwIfAborted();
  const { host, port } = parseAddress(dial.addr);
  const socket = connect({
    host,
    port,
    ...(isIP(dial.serverName) === 0
      ? { servername: dial.serverName }
      : { checkServerIdentity: (_, certificate) => checkServerIdentity(dial.serverName, certificate) }),
    ALPNProtocols: [...dial.alpn],
    secureContext: dial.context,
    rejectUnauthorized: dial.verify,
  });
  socket.setNoDelay(true);
  // Node tells of one loss twice, as "end" and as "error"; whichever comes second must not end the process.
  socket.on("error", () => {});
  try {
    await settled(socket, "secureConnect", dial.timeoutMs, "fail", dial.timeoutMs, signal);
    if (dial.serverSpeaksFirst && socket.readableLength === 0) {
      await settled(socket, "readable", SILENCE_MS, "pass", dial.timeoutMs, signal);
    }
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function settled(
  socket: TLSSocket,
  event: "secureConnect" | "readable",
  afterMs: number,
  then: "fail" | "pass",
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.off(event, onEvent).off("error", onError).off("close", onClose).off("end", onClose);
      settle();
    };
    // At the end of the stream "readable" is emitted too; "end" or "close" then tells.
    const onEvent = () => (event === "secureConnect" || socket.readableLength > 0 ? end(resolve) : undefined);
    const onError = (error: Error) => end(() => reject(dialFailure(error, timeoutMs)));
    const onClose = () => end(() => reject(closed(event)));
    const onAbort = () => end(() => reject(signal.reason));
    const timer = setTimeout(() => end(() => (then === "pass" ? resolve() : reject(timedOut(timeoutMs)))), afterMs);
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on(event, onEvent).on("error", onError).on("close", onClose).on("end", onClose);
  });
}

function closed(event: "secureConnect" | "readable"): DialFailure {
  return event === "secureConnect"
    ? new DialFailure("other", "it closed the connection before the TLS handshake was done")
    : new DialFailure("untrusted-client", "it closed the connection when it had seen the identity's certificate");
}
