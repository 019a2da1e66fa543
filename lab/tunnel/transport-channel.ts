import type { Duplex, Readable } from "node:stream";

import type { Cancel, Clock } from "../clock";
import { joinStreams } from "../join-streams";
import type { SshChannel, SshChannelOpening, SshConnection } from "../ssh";
import { connectionProblem } from "../trace-error";
import { type DialRequest, encodeDialRequest, parseDialRequest } from "./dial-request";
import { tunnelDefaults, tunnelProtocol } from "./tunnel-protocol";

/** Connects to what the other end asks for. */
export type Dialer = (request: DialRequest, signal: AbortSignal) => Promise<Duplex>;

/**
 * Connects to something at the other end of a tunnel: the channel becomes the connection.
 *
 * @throws TraceError connection_problem, in the other end's words where it said why
 */
export async function dialThrough(
  connection: SshConnection,
  request: DialRequest,
  signal: AbortSignal,
): Promise<Duplex> {
  const channel = await openTransport(connection, signal);
  const abort = () => channel.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    if (signal.aborted) abort();
    const isConnected = await channel.request(tunnelProtocol.transportDial, encodeDialRequest(request));
    if (!isConnected) throw new Error(await readReason(channel.stderr, request));
    channel.stderr.resume();
    return channel;
  } catch (error) {
    channel.destroy();
    throw connectionProblem(error instanceof Error ? error.message : String(error), error);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function openTransport(connection: SshConnection, signal: AbortSignal): Promise<SshChannel> {
  const opening = connection.openChannel(tunnelProtocol.transportChannel);
  let abort = () => {};
  const aborted = new Promise<never>((_, fail) => {
    abort = () => fail(new Error("dial was given up"));
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([opening, aborted]);
  } catch (error) {
    // A channel that opens too late is nobody's.
    opening.then((channel) => channel.destroy()).catch(() => {});
    throw connectionProblem(error instanceof Error ? error.message : String(error), error);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function readReason(stderr: Readable, { address, serverId }: DialRequest): Promise<string> {
  let text = "";
  for await (const chunk of stderr) text += String(chunk);
  return text.trim() || `failed connecting to ${address ?? ""} [${serverId ?? ""}]`;
}

/** Serves one transport channel: waits for its request, dials, and joins the two streams. */
export function serveTransport(opening: SshChannelOpening, dial: Dialer, clock: Clock): SshChannel {
  let isFirst = true;
  const abandon = new AbortController();
  const channel = opening.accept(async ({ type, payload }) => {
    // Says whether we reached the target through another tunnel: never, as the lab's clusters have one host each.
    if (type === tunnelProtocol.connectionType) return false;
    if (type !== tunnelProtocol.transportDial || !isFirst) return false;
    isFirst = false;
    cancelTimeout();
    return answerDial(channel, payload, dial, abandon.signal);
  });
  const cancelTimeout: Cancel = clock.after(tunnelDefaults.dialTimeoutMs, () => channel.destroy());
  void channel.whenClosed.then(() => {
    cancelTimeout();
    abandon.abort();
  });
  // So that the dialer's read of stderr returns even if nothing is ever said.
  void channel.writeStderr(" ");
  return channel;
}

async function answerDial(channel: SshChannel, payload: Buffer, dial: Dialer, signal: AbortSignal): Promise<boolean> {
  try {
    const target = await dial(parseDialRequest(payload), signal);
    target.on("error", () => {});
    // After the reply, which leaves when this function has returned.
    setImmediate(() => joinStreams(channel, target));
    return true;
  } catch (error) {
    await channel.writeStderr(`connection rejected: ${error instanceof Error ? error.message : String(error)}`);
    setImmediate(() => channel.destroy());
    return false;
  }
}
