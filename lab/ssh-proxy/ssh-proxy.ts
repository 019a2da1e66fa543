import type { SshCaller } from "../auth";
import { audit, auditRefusedLogin, authorizeSsh } from "../auth";
import type { Link } from "../faults";
import { joinStreams } from "../join-streams";
import { openRelay } from "../proxy";
import type { SshChannel, SshChannelOpening, SshClient, SshConnectionHandlers } from "../ssh";
import { openFailure, SshServer, WireReader, WireWriter } from "../ssh";
import { tunnelDefaults } from "../tunnel";
import type { RouterParts } from "./router";
import { dialNode } from "./router";
import { parseProxySubsystem } from "./subsystem";

/** Exit status of a session that led nowhere; also of `ssh` itself when it fails. */
const failedStatus = 255;

/** What an SSH proxy is made of. */
export interface SshProxyParts extends RouterParts {
  /** The way of its clients to it. */
  readonly link: Link;
}

/** An SSH proxy that listens. */
export interface SshProxy {
  /** `host:port`. */
  readonly address: string;
  /** Ends all connections; resolves when nothing is left open. */
  close(): Promise<void>;
}

/**
 * Opens a proxy's port for SSH clients: they come with a certificate and ask for the subsystem
 * `proxy:<host>:<port>@<cluster>`, whose channel then is the connection to the node.
 */
export async function startSshProxy(parts: SshProxyParts): Promise<SshProxy> {
  const { context, credentials, link } = parts;
  const ssh = new SshServer<SshCaller>({
    hostKey: () => credentials.ssh,
    authorize: (credential) => authorizeSsh(credential, context),
    connected: (client) => serveClient(client, parts),
    refused: (user, error) => auditRefusedLogin(context, user, error),
    handshakeTimeoutMs: tunnelDefaults.handshakeTimeoutMs,
  });
  const listener = await openRelay(link, (stream, remoteAddress) => ssh.attach(stream, remoteAddress));
  return {
    address: listener.address,
    close: async () => {
      await ssh.close();
      await listener.close();
    },
  };
}

function serveClient({ identity }: SshClient<SshCaller>, parts: SshProxyParts): SshConnectionHandlers {
  return {
    onChannel: (opening) => {
      if (opening.type === "session") serveSession(opening, identity, parts);
      else opening.reject(openFailure.administrativelyProhibited, `the proxy opens no ${opening.type} channels`);
    },
  };
}

/** A session that may ask for one subsystem. A proxy is no node: it runs no commands. */
function serveSession(opening: SshChannelOpening, identity: SshCaller, parts: SshProxyParts): void {
  const gone = new AbortController();
  let isUsed = false;
  const channel = opening.accept(({ type, payload }) => {
    if (isUsed || !["subsystem", "exec", "shell"].includes(type)) return false;
    isUsed = true;
    const name = type === "subsystem" ? new WireReader(payload, "subsystem request").text() : type;
    // After the reply, which leaves when this function has returned. It is a success whatever follows: ssh ends at once
    // when a request fails, and drops the reason that came with it.
    setImmediate(() => void serveSubsystem(channel, name, identity, parts, gone.signal));
    return true;
  });
  void channel.whenClosed.then(() => gone.abort(new Error("the client has gone")));
}

async function serveSubsystem(
  channel: SshChannel,
  name: string,
  { caller, login }: SshCaller,
  parts: SshProxyParts,
  gone: AbortSignal,
): Promise<void> {
  const tell = (success: boolean, detail?: string) => {
    const rest = detail === undefined ? {} : { detail };
    audit(parts.context, { event: "subsystem", user: caller.user, name, success, login, ...rest });
  };
  const signal = AbortSignal.any([gone, AbortSignal.timeout(tunnelDefaults.dialTimeoutMs)]);
  try {
    const target = await dialNode(parseProxySubsystem(name), caller, parts, signal);
    tell(true);
    joinStreams(channel, target);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    tell(false, text);
    await channel.writeStderr(`ERROR: ${text}\n`);
    channel.notify("exit-status", new WireWriter().uint32(failedStatus).done());
    channel.destroy();
  }
}
