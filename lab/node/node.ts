import net from "node:net";
import { create } from "@bufbuild/protobuf";

import type { Labels } from "../access";
import type { AuthContext, SshCaller } from "../auth";
import { audit, auditRefusedLogin, loginText, timestampFromMs } from "../auth";
import type { HostCredentials } from "../ca";
import type { Clock } from "../clock";
import { ServerV2Schema } from "../gen/teleport/types/server_pb";
import { Listener } from "../listener";
import type { SshClient, SshConnectionHandlers } from "../ssh";
import { openFailure, SshServer } from "../ssh";
import { authorizeLogin } from "./authorize-login";
import type { CommandOutcome } from "./child-process";
import type { Homes } from "./homes";
import { Session } from "./session";

/** How long a node's registration stands without being repeated, and how often it is repeated (Teleport's defaults, recalled). */
const announcement = { ttlMs: 10 * 60_000, intervalMs: 5 * 60_000 };

const handshakeTimeoutMs = 30_000;

/** What a node is made of. */
export interface NodeParts {
  readonly context: AuthContext;
  readonly clock: Clock;
  /** Those of the node: its host certificate names it. */
  readonly credentials: HostCredentials;
  readonly hostname: string;
  readonly labels: Labels;
  readonly homes: Homes;
}

/** A node that listens. */
export interface LabNode {
  readonly hostname: string;
  /** UUID, by which its cluster stores it. */
  readonly id: string;
  /** `host:port`. */
  readonly address: string;
  readonly labels: Labels;
  /** Ends all sessions with what runs in them; resolves when nothing is left open. */
  close(): Promise<void>;
}

/** Starts an SSH node of a cluster on a free port of the loopback interface, and registers it with its cluster. */
export async function startNode(parts: NodeParts): Promise<LabNode> {
  const { hostname, labels, credentials, clock } = parts;
  const sessions = new Set<Session>();
  const ssh = new SshServer<SshCaller>({
    hostKey: () => credentials.ssh,
    authorize: (credential) => authorizeLogin(credential, parts, parts.context),
    connected: (client) => serveClient(client, parts, sessions),
    refused: (user, error) => auditRefusedLogin(parts.context, user, error, hostname),
    handshakeTimeoutMs,
  });
  // Half-open as TCP is: a client may have said everything and still read.
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    ssh.attach(socket, socket.remoteAddress);
  });
  const listener = await Listener.open(server);
  const { address } = listener;
  const announce = () => register(parts, address);
  announce();
  const cancel = clock.every(announcement.intervalMs, announce);
  return {
    hostname,
    id: credentials.identity.hostId,
    address,
    labels,
    close: async () => {
      cancel();
      await ssh.close();
      await Promise.all([...sessions].map((session) => session.whenEnded));
      await listener.close();
    },
  };
}

/** Tells the cluster that the node is there; it disappears when it does not say so again. */
function register({ context, credentials, hostname, labels }: NodeParts, addr: string): void {
  const expires = timestampFromMs(context.now() + announcement.ttlMs);
  const metadata = { name: credentials.identity.hostId, labels: { ...labels }, expires };
  const spec = { addr, hostname, version: context.announcedVersion };
  context.storage.upsert("node", create(ServerV2Schema, { kind: "node", version: "v2", metadata, spec }));
}

function serveClient(
  { identity, user: login }: SshClient<SshCaller>,
  { context, hostname, homes }: NodeParts,
  sessions: Set<Session>,
): SshConnectionHandlers {
  const tell = (event: string, detail: string, success = true) => {
    const facts = { ...identity.login, node: hostname };
    audit(context, { event, user: identity.caller.user, name: `${login}@${hostname}`, success, detail, login: facts });
  };
  const account = () => ({ login, hostname, folder: homes.folderOf(context.clusterName, hostname, login) });
  const events = {
    started: (command: string | undefined) => tell("session.start", startText(identity, command)),
    ended: (command: string | undefined, outcome: CommandOutcome) => {
      const isSuccess = "status" in outcome && outcome.status === 0;
      if (command !== undefined) tell("exec", `${command}: ${outcomeText(outcome)}`, isSuccess);
      tell("session.end", outcomeText(outcome));
    },
  };
  return {
    onChannel: (opening) => {
      if (opening.type !== "session") {
        opening.reject(openFailure.administrativelyProhibited, `a node of the lab opens no ${opening.type} channels`);
        return;
      }
      const session = new Session(opening, account, events);
      sessions.add(session);
      void session.whenEnded.then(() => sessions.delete(session));
    },
  };
}

function startText({ login }: SshCaller, command: string | undefined): string {
  return `${loginText(login)}; ${command === undefined ? "shell" : `command: ${command}`}`;
}

function outcomeText(outcome: CommandOutcome): string {
  return "status" in outcome ? `exit status ${outcome.status}` : `ended by ${outcome.signal}`;
}
