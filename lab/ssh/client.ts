import type { Duplex } from "node:stream";
import type { SshCertificate } from "./certificate";
import { SshConnection, type SshConnectionHandlers } from "./connection";
import type { SshPublicKey } from "./public-key";
import { SshTransport } from "./transport";
import { authenticateToServer, type SshClientCredentials } from "./user-auth-client";

/** How a client comes in, and what it does for the server. */
export interface SshClientOptions extends SshClientCredentials, SshConnectionHandlers {
  /**
   * Looks at the host key or host certificate; throws to refuse. A certificate is parsed, not trusted: it has to be
   * checked here (`checkCertificate`). That the server holds the key is seen to.
   */
  readonly verifyHostKey: (presented: SshPublicKey | SshCertificate) => void;
}

/**
 * Connects and authenticates over a stream; owns the stream from then on.
 *
 * @param signal ends the attempt; has no meaning any more once the connection stands
 * @throws SshError when the server is refused, refuses us, or does not speak SSH; the stream is closed then
 */
export async function connectSsh(
  stream: Duplex,
  options: SshClientOptions,
  signal: AbortSignal,
): Promise<SshConnection> {
  const transport = await SshTransport.connect(stream, options.verifyHostKey, signal);
  const abort = () => transport.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await authenticateToServer(transport, options);
    return new SshConnection(transport, () => options);
  } catch (error) {
    transport.end();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
