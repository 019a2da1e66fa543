import type { KeyObject } from "node:crypto";
import type { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";

import type { Clock } from "../clock";
import type { SshPublicKey } from "../ssh";
import type { DialRequest } from "./dial-request";

/** A host's SSH key with the certificate over it, as `lab/ca` issues it. */
export interface TunnelCredentials {
  readonly privateKey: KeyObject;
  /** The certificate's bytes as they go over the wire. */
  readonly certificate: Buffer;
}

/** What both ends of a tunnel need. */
export interface TunnelEndOptions {
  /** Name of the own cluster. */
  readonly clusterName: string;
  /** Asked for each new connection, so that a rotated certificate is presented from then on. */
  readonly credentials: () => TunnelCredentials;
  /** Governs heartbeats and thresholds. */
  readonly clock: Clock;
  /** Epoch milliseconds by which certificates are checked: real time, as they are issued by real time. */
  readonly certificateTime: () => number;
  /** How long a connection may take to be authenticated, in milliseconds of real time. 30 s when left out. */
  readonly handshakeTimeoutMs?: number;
  /** How often a leaf says that it is there, in milliseconds of the clock; 5 min (`keep_alive_interval`) when left out. */
  readonly keepAliveIntervalMs?: number;
}

/** How the root's end of reverse tunnels behaves. */
export interface TunnelServerOptions extends TunnelEndOptions {
  /** Host UUID of this proxy. */
  readonly proxyId: string;
  /** Keys that sign host certificates of a cluster, own or remote; `undefined` when no such cluster is known. */
  readonly hostAuthorities: (clusterName: string) => readonly SshPublicKey[] | undefined;
  /** Keys that sign user certificates of the own cluster. */
  readonly userAuthorities: () => readonly SshPublicKey[];
  /** Connects to the own cluster's Auth, for API clients that come by the tunnel port. */
  readonly dialAuth: (signal: AbortSignal) => Promise<Duplex>;
  /** Intervals that may be missed before a leaf counts as offline; 3 (`keep_alive_count_max`) when left out. */
  readonly keepAliveCountMax?: number;
  /** Host UUIDs of all proxies of the own cluster, for discovery; only this one when left out. */
  readonly proxies?: () => readonly string[];
}

/** One leaf's tunnel to a root proxy, as the root sees it. */
export interface LeafTunnel {
  readonly clusterName: string;
  /** `<host uuid>.<cluster>` of the leaf's proxy. */
  readonly hostName: string;
  /** Version of the leaf's Auth, once it has answered. */
  readonly version: string | undefined;
  /** Epoch milliseconds by the lab's clock. */
  readonly connectedAt: number;
  readonly lastHeartbeatAt: number;
  /** Why it is no longer used for new dials; `undefined` while it is. */
  readonly invalid: string | undefined;
}

/** What happens at the root's end. */
export interface TunnelServerEvents {
  /** A leaf is authenticated, its first heartbeat is noted, and it can be dialled. */
  connected: [tunnel: LeafTunnel];
  /** A heartbeat came; the connection itself is the first one. */
  heartbeat: [tunnel: LeafTunnel];
  /** Threshold passed without a heartbeat. */
  invalid: [tunnel: LeafTunnel];
  /** The connection ended; `last` when no other one of that leaf is left on this proxy. */
  disconnected: [tunnel: LeafTunnel, last: boolean];
  /** Somebody was refused: the error says why in the server's words. */
  refused: [failure: { readonly user: string | undefined; readonly error: Error }];
}

/** The root's end: accepts agents, and dials through them. */
export interface TunnelServer {
  readonly events: EventEmitter<TunnelServerEvents>;
  /** Speaks SSH on a stream: an accepted TCP socket, or what is inside TLS with ALPN `teleport-reversetunnel`. */
  attach(stream: Duplex, remoteAddress?: string): void;
  /** Every tunnel that is open, in the order in which they came. */
  tunnels(clusterName?: string): readonly LeafTunnel[];
  /**
   * Connects to something inside a leaf.
   *
   * @throws TraceError connection_problem when the leaf has no tunnel or the other end cannot connect
   */
  dial(clusterName: string, request: DialRequest, signal: AbortSignal): Promise<Duplex>;
  /** Ends all tunnels of a leaf, as when its remote cluster is removed. */
  disconnect(clusterName: string): void;
  /** Advises all agents to go elsewhere (`reconnect@goteleport.com`), as a proxy does before it stops. */
  adviseReconnect(): Promise<void>;
  /** Ends everything; resolves when no connection or timer is left. */
  close(): Promise<void>;
}

/** An enabled reverse tunnel of a leaf, as its Auth makes one for each enabled trusted cluster. */
export interface ReverseTunnel {
  /** Name of the root cluster. */
  readonly name: string;
  /** `host:port` of the root's tunnel listener or multiplexed proxy port. */
  readonly tunnelAddr: string;
}

/** How a leaf's end of reverse tunnels behaves. */
export interface AgentPoolOptions extends TunnelEndOptions {
  /** Host UUID of the leaf's proxy. */
  readonly hostId: string;
  /** Keys that sign host certificates of every cluster that the leaf knows, its roots included. */
  readonly hostAuthorities: () => readonly SshPublicKey[];
  /** Connects to a tunnel address: `createTunnelTlsDialer` and `dialTunnelTcp` are the two ways. */
  readonly connect: (tunnelAddr: string, signal: AbortSignal) => Promise<Duplex>;
  /** Version of the leaf's Auth. */
  readonly version: () => string | Promise<string>;
  /** Connects to what a root asks for: address, special address or server id inside the leaf. */
  readonly dial: (request: DialRequest, signal: AbortSignal) => Promise<Duplex>;
  /** Draws from [0, 1), for the jitter of reconnects. */
  readonly random: () => number;
  /** First and longest pause between attempts, in milliseconds of the clock. */
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number };
}

/** What happens at the leaf's end. */
export interface AgentPoolEvents {
  /** A tunnel to a root's proxy is authenticated and has sent its first heartbeat. */
  connected: [tunnel: ReverseTunnel, proxyName: string];
  disconnected: [tunnel: ReverseTunnel, proxyName: string, error: Error | undefined];
  /** An attempt failed; the next one follows after the pause. */
  failed: [tunnel: ReverseTunnel, error: Error, retryInMs: number];
}

/** The leaf's end: keeps one connection to every proxy of every root. */
export interface AgentPool {
  readonly events: EventEmitter<AgentPoolEvents>;
  /** Sets which tunnels there shall be: new ones are dialled, missing ones are ended, the others stay as they are. */
  setTunnels(tunnels: readonly ReverseTunnel[]): void;
  /** Resolves when a tunnel to that root is up, at once when it is. Rejects when it is removed or the pool stops. */
  connected(rootName: string): Promise<void>;
  /** `<host uuid>.<cluster>` of the root proxies that this leaf has a connection to. */
  proxies(rootName: string): readonly string[];
  /** Ends everything; resolves when no connection, attempt or timer is left. */
  stop(): Promise<void>;
}
