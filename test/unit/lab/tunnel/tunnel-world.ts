import assert from "node:assert/strict";
import type { KeyObject } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { LabClock } from "../../../../lab/clock";
import type { SshCertificate, SshCertificateRequest } from "../../../../lab/ssh";
import {
  type AgentPool,
  type AgentPoolOptions,
  createAgentPool,
  createTunnelServer,
  type DialRequest,
  dialTunnelTcp,
  type TunnelServer,
  type TunnelServerOptions,
} from "../../../../lab/tunnel";
import { listen, newCertificate, newKey, publicKeyOf } from "../../../support/ssh-fixtures";

/** Authorities of a cluster, and what they sign. */
export interface Cluster {
  readonly name: string;
  readonly hostAuthority: KeyObject;
  readonly userAuthority: KeyObject;
}

export const newCluster = (name: string): Cluster => ({ name, hostAuthority: newKey(), userAuthority: newKey() });

/** Credentials of a cluster's service. */
export function serviceOf(
  cluster: Cluster,
  hostId: string,
  change: Partial<SshCertificateRequest> & { readonly role?: string; readonly authority?: KeyObject } = {},
): { readonly privateKey: KeyObject; readonly certificate: Buffer; readonly parsed: SshCertificate } {
  const privateKey = newKey();
  const { role = "Proxy", authority = cluster.hostAuthority, ...request } = change;
  const parsed = newCertificate(authority, privateKey, {
    kind: "host",
    principals: [`${hostId}.${cluster.name}`],
    extensions: { "x-teleport-authority": cluster.name, "x-teleport-role": role },
    ...request,
  });
  return { privateKey, certificate: parsed.blob, parsed };
}

/** A root with a plain tunnel listener and, where a test wants it, one leaf. */
export interface World {
  readonly clock: LabClock;
  readonly root: Cluster;
  readonly leaf: Cluster;
  readonly server: TunnelServer;
  readonly tunnelAddr: string;
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  /** Stops and starts accepting. */
  readonly down: { now: boolean };
  readonly refusals: string[];
  startLeaf(change?: Partial<AgentPoolOptions>): AgentPool;
}

/** What a leaf's `dial` reaches: an echo that begins with the address. */
export async function echoDialer({ address = "", serverId = "" }: DialRequest): Promise<Duplex> {
  if (address === "nowhere:1") throw new Error("dial tcp: lookup nowhere: no such host");
  const echo = await listen((socket) => {
    socket.write(`${address} [${serverId}] `);
    socket.pipe(socket);
    socket.once("close", () => void echo.close());
  });
  const socket = connect({ port: echo.port, host: "127.0.0.1", allowHalfOpen: true });
  await once(socket, "connect");
  return socket;
}

export const rootProxyId = "11111111-0000-4000-8000-000000000001";
export const leafHostId = "22222222-0000-4000-8000-000000000001";

/** Runs a test in a world of its own and asserts that nothing of it stays open. */
export async function withWorld(
  change: Partial<TunnelServerOptions>,
  use: (world: World) => Promise<void>,
): Promise<void> {
  const clock = new LabClock();
  const root = newCluster("root.lab");
  const leaf = newCluster("leaf.lab");
  const credentials = serviceOf(root, rootProxyId);
  const known = new Map([root, leaf].map((cluster) => [cluster.name, [publicKeyOf(cluster.hostAuthority)]]));
  const server = createTunnelServer({
    clusterName: root.name,
    proxyId: rootProxyId,
    credentials: () => credentials,
    clock,
    certificateTime: Date.now,
    hostAuthorities: (name) => known.get(name),
    userAuthorities: () => [publicKeyOf(root.userAuthority)],
    dialAuth: () => echoDialer({ address: "the root's auth" }),
    ...change,
  });
  const refusals: string[] = [];
  server.events.on("refused", ({ user, error }) => refusals.push(`${user ?? "?"}: ${error.message}`));
  const down = { now: false };
  const listener = await listen((socket) => {
    if (down.now) socket.destroy();
    else server.attach(socket, socket.remoteAddress);
  });
  const pools: AgentPool[] = [];
  const tunnelAddr = `127.0.0.1:${listener.port}`;
  const leafCredentials = serviceOf(leaf, leafHostId);
  const startLeaf = (options: Partial<AgentPoolOptions> = {}) => {
    const pool = createAgentPool({
      clusterName: leaf.name,
      hostId: leafHostId,
      credentials: () => leafCredentials,
      clock,
      certificateTime: Date.now,
      hostAuthorities: () => [publicKeyOf(leaf.hostAuthority), publicKeyOf(root.hostAuthority)],
      connect: dialTunnelTcp,
      version: () => "17.7.0",
      dial: echoDialer,
      random: () => 0,
      backoff: { firstMs: 2, maxMs: 4 },
      ...options,
    });
    pools.push(pool);
    return pool;
  };
  try {
    await use({
      clock,
      root,
      leaf,
      server,
      tunnelAddr,
      port: listener.port,
      sockets: listener.sockets,
      down,
      refusals,
      startLeaf,
    });
  } finally {
    await Promise.all(pools.map((pool) => pool.stop()));
    await server.close();
    await listener.close();
    await assertNothingOpen();
    clock.dispose();
  }
}

/** Sockets, listeners and timers keep a process alive: none may be left when everything was stopped. */
async function assertNothingOpen(): Promise<void> {
  const open = () => process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS|Timeout)/.test(name));
  // What was closed is gone a few turns of the event loop later; the far ends of connections notice by then.
  for (let turn = 0; turn < 20 && open().length > 0; turn += 1) await new Promise((done) => setImmediate(done));
  assert.deepEqual(open(), []);
}

/** A leaf with its tunnel up. */
export async function join(world: World, change: Partial<AgentPoolOptions> = {}): Promise<AgentPool> {
  const pool = world.startLeaf(change);
  // The connection itself is the first heartbeat; behind it comes the agent's first ping.
  const pinged = once(world.server.events, "heartbeat").then(() => once(world.server.events, "heartbeat"));
  pool.setTunnels([{ name: world.root.name, tunnelAddr: world.tunnelAddr }]);
  await Promise.all([pinged, pool.connected(world.root.name)]);
  return pool;
}

/** All that comes out of a stream until it ends. */
export async function readAll(stream: Duplex): Promise<string> {
  let text = "";
  stream.setEncoding("utf8");
  for await (const chunk of stream) text += chunk as string;
  return text;
}
