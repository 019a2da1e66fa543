import type { Duplex } from "node:stream";

import { connectTcp } from "./address";
import type { AuthContext } from "./auth";
import type { AuthPort } from "./auth-port";
import type { HostCredentials } from "./ca";
import type { Cancel, Clock } from "./clock";
import type { Link } from "./faults";
import { createTunnelDial } from "./proxy";
import { allHostKeys, sshAuthorityKeys } from "./ssh-authorities";
import { connectionProblem } from "./trace-error";
import type { AgentPool, DialRequest, TunnelServer } from "./tunnel";
import { createAgentPool, createTunnelServer, remoteAuthServer } from "./tunnel";

/** What a cluster's two ends of reverse tunnels work with. */
export interface TunnelParts {
  readonly context: AuthContext;
  readonly clock: Clock;
  readonly credentials: HostCredentials;
  readonly auth: Pick<AuthPort, "dial">;
  readonly link: Link;
  readonly webRoots: () => readonly string[];
  readonly random: () => number;
}

/** Both ends of reverse tunnels: a cluster can be a root for some and a leaf of others. */
export interface Tunnels {
  readonly server: TunnelServer;
  readonly agents: AgentPool;
  /** Ends everything; resolves when no connection or timer is left. */
  close(): Promise<void>;
}

/** Makes both ends and keeps them in step with what the cluster has stored. */
export function createTunnels(parts: TunnelParts): Tunnels {
  const server = createServer(parts);
  const agents = createAgents(parts);
  recordConnections(server, parts);
  const stop = [followStorage(server, agents, parts), tellEvents(server, agents, parts)];
  return {
    server,
    agents,
    close: async () => {
      for (const cancel of stop) cancel();
      await Promise.all([agents.stop(), server.close()]);
    },
  };
}

function commonOptions({ context, clock, credentials }: TunnelParts) {
  const { privateKey, certificate } = credentials.ssh;
  return {
    clusterName: context.clusterName,
    clock,
    certificateTime: context.realNow,
    credentials: () => ({ privateKey, certificate: certificate.blob }),
  };
}

function createServer(parts: TunnelParts): TunnelServer {
  const { storage, clusterName } = parts.context;
  return createTunnelServer({
    ...commonOptions(parts),
    proxyId: parts.credentials.identity.hostId,
    hostAuthorities: (name) => sshAuthorityKeys(storage, "host", name),
    userAuthorities: () => sshAuthorityKeys(storage, "user", clusterName) ?? [],
    dialAuth: (signal) => parts.auth.dial(signal),
  });
}

function createAgents(parts: TunnelParts): AgentPool {
  return createAgentPool({
    ...commonOptions(parts),
    hostId: parts.credentials.identity.hostId,
    hostAuthorities: () => allHostKeys(parts.context.storage),
    connect: createTunnelDial({ link: parts.link, roots: parts.webRoots }),
    version: () => parts.context.announcedVersion,
    dial: (request, signal) => dialInside(parts, request, signal),
    random: parts.random,
  });
}

/** Connects a root to what it asks for: the Auth service, or any address that the proxy can reach, as the real one does. */
async function dialInside(parts: TunnelParts, request: DialRequest, signal: AbortSignal): Promise<Duplex> {
  const { address = "", serverId } = request;
  if (address === remoteAuthServer) return parts.auth.dial(signal);
  if (address === "" || address.startsWith("@")) {
    throw connectionProblem(`no service ${serverId ?? address} in cluster ${parts.context.clusterName}`);
  }
  return connectTcp(address, signal);
}

/** Keeps the records from which the status of leaves is computed; also of what ends when the server is closed. */
function recordConnections(server: TunnelServer, { context, credentials }: TunnelParts): void {
  const proxyName = credentials.identity.hostId;
  server.events.on("heartbeat", ({ clusterName, lastHeartbeatAt }) => {
    context.tunnels.upsert({ clusterName, proxyName, lastHeartbeatMs: lastHeartbeatAt });
  });
  server.events.on("disconnected", ({ clusterName }, last) => {
    if (last) context.tunnels.delete(clusterName, proxyName);
  });
}

/** Reverse tunnels that Auth adds or removes are dialled or ended; a leaf that the root forgets loses its tunnel. */
function followStorage(server: TunnelServer, agents: AgentPool, { context: { storage } }: TunnelParts): Cancel {
  const setTunnels = () => {
    agents.setTunnels(
      storage.list("tunnel").flatMap(({ metadata, spec }) => {
        const [tunnelAddr] = spec?.dialAddrs ?? [];
        return tunnelAddr === undefined ? [] : [{ name: metadata?.name ?? "", tunnelAddr }];
      }),
    );
  };
  setTunnels();
  return storage.onChange(({ type, kind, key }) => {
    if (kind === "tunnel") setTunnels();
    if (kind === "remote_cluster" && type === "delete") server.disconnect(key);
  });
}

/** The lab's own events about tunnels, so that people can watch and tests can wait; a real cluster has log lines for these. */
function tellEvents(server: TunnelServer, agents: AgentPool, { context }: TunnelParts): Cancel {
  const tell = (event: string, user: string, name: string, success: boolean, detail?: string) => {
    const rest = detail === undefined ? {} : { detail };
    context.audit.emit({ event, user, name, success, cluster: context.clusterName, timeMs: context.now(), ...rest });
  };
  server.events.on("connected", (leaf) => tell("tunnel.connected", leaf.hostName, leaf.clusterName, true));
  server.events.on("invalid", (leaf) => tell("tunnel.invalid", leaf.hostName, leaf.clusterName, false, leaf.invalid));
  server.events.on("disconnected", (leaf) => tell("tunnel.disconnected", leaf.hostName, leaf.clusterName, true));
  server.events.on("refused", ({ user, error }) => tell("tunnel.refused", user ?? "", "", false, error.message));
  agents.events.on("failed", (tunnel, error) => tell("agent.failed", "", tunnel.name, false, error.message));
  return () => {
    server.events.removeAllListeners("refused");
    agents.events.removeAllListeners("failed");
  };
}
