import type { Duplex } from "node:stream";

import type { Cancel, Clock } from "../clock";
import { openFailure, type SshChannel, type SshChannelOpening, type SshConnection } from "../ssh";
import type { DialRequest } from "./dial-request";
import { encodeDiscovery } from "./discovery";
import { goDuration } from "./go-duration";
import { dialThrough } from "./transport-channel";
import { tunnelDefaults, tunnelProtocol } from "./tunnel-protocol";
import type { LeafTunnel } from "./types";

/** What a leaf's connection tells the server that holds it. */
export interface LeafConnectionOwner {
  readonly clock: Clock;
  readonly thresholdMs: number;
  readonly proxies: () => readonly string[];
  readonly connected: (leaf: LeafConnection) => void;
  readonly heartbeat: (leaf: LeafConnection) => void;
  readonly invalid: (leaf: LeafConnection) => void;
}

/** Thresholds without a heartbeat after which an unused connection is closed (`missedHeartBeatThreshold`). */
const closeAfterThresholds = 3;

/**
 * The root's end of one connection from a leaf's proxy. It becomes a tunnel with the heartbeat channel that the agent
 * opens, and ends with the connection.
 */
export class LeafConnection implements LeafTunnel {
  version: string | undefined;
  invalid: string | undefined;
  lastHeartbeatAt: number;
  readonly connectedAt: number;
  #isRegistered = false;
  #missedThresholds = 0;
  #cancelThreshold: Cancel = () => {};
  #cancelDiscovery: Cancel = () => {};
  #discovery: Promise<SshChannel> | undefined;

  constructor(
    readonly clusterName: string,
    readonly hostName: string,
    private readonly connection: SshConnection,
    private readonly owner: LeafConnectionOwner,
  ) {
    this.connectedAt = owner.clock.now();
    this.lastHeartbeatAt = this.connectedAt;
    void connection.whenClosed.then(() => {
      this.invalid ??= "agent disconnected";
      this.#stopTimers();
    });
  }

  /** Whether the agent got as far as its heartbeat channel. */
  get isRegistered(): boolean {
    return this.#isRegistered;
  }

  /** Channels that the agent opens: the heartbeat, once. */
  openChannel(opening: SshChannelOpening): void {
    if (opening.type !== tunnelProtocol.heartbeatChannel || this.#isRegistered) {
      opening.reject(openFailure.connectFailed, `reversetunnel received unknown channel request ${opening.type}`);
      return;
    }
    this.#isRegistered = true;
    void this.#register(opening);
  }

  /** The agent answers the version before its channel is accepted, as Teleport's does. */
  async #register(opening: SshChannelOpening): Promise<void> {
    try {
      const reply = await this.connection.request(tunnelProtocol.version);
      if (reply.ok) this.version = reply.payload.toString("utf8");
    } catch {
      return;
    }
    const channel = opening.accept(({ type }) => {
      if (type === tunnelProtocol.ping) this.#onPing();
      return false;
    });
    // Nothing but requests is expected on it; without the channel the agent is as good as gone.
    channel.resume();
    void channel.whenClosed.then(() => this.end());
    this.#beat();
    this.owner.connected(this);
  }

  #onPing(): void {
    if (this.#discovery === undefined) this.#startDiscovery();
    this.#beat();
  }

  #beat(): void {
    this.lastHeartbeatAt = this.owner.clock.now();
    this.#missedThresholds = 0;
    this.invalid = undefined;
    this.#awaitHeartbeat();
    this.owner.heartbeat(this);
  }

  #awaitHeartbeat(): void {
    this.#cancelThreshold();
    this.#cancelThreshold = this.owner.clock.after(this.owner.thresholdMs, () => this.#missHeartbeat());
  }

  #missHeartbeat(): void {
    this.#missedThresholds += 1;
    if (this.#missedThresholds === 1) {
      this.invalid = `no heartbeats for ${goDuration(this.owner.thresholdMs)}`;
      this.owner.invalid(this);
    }
    if (this.#missedThresholds >= closeAfterThresholds && !this.#hasSessions()) this.destroy();
    else this.#awaitHeartbeat();
  }

  /** The heartbeat's channel and discovery's are no sessions. */
  #hasSessions(): boolean {
    return this.connection.channelCount > (this.#discovery === undefined ? 1 : 2);
  }

  #startDiscovery(): void {
    const { clock } = this.owner;
    this.#discovery = this.connection.openChannel(tunnelProtocol.discoveryChannel);
    this.#discovery.catch(() => {
      // An agent that takes no discovery still has its one connection.
    });
    this.sendDiscovery();
    this.#cancelDiscovery = clock.every(tunnelDefaults.proxySyncIntervalMs, () => this.sendDiscovery());
  }

  /** Names the root's proxies to the agent; does nothing before its first heartbeat. */
  sendDiscovery(): void {
    const message = encodeDiscovery(this.owner.proxies());
    this.#discovery?.then((channel) => channel.notify(tunnelProtocol.discovery, message)).catch(() => {});
  }

  /** Connects to something inside the leaf. */
  dial(request: DialRequest, signal: AbortSignal): Promise<Duplex> {
    return dialThrough(this.connection, request, signal);
  }

  /** Advises the agent to go to another proxy. */
  async adviseReconnect(): Promise<void> {
    await this.connection.request(tunnelProtocol.reconnect).catch(() => undefined);
  }

  #stopTimers(): void {
    this.#cancelThreshold();
    this.#cancelDiscovery();
  }

  end(): void {
    this.#stopTimers();
    this.connection.end();
  }

  destroy(): void {
    this.#stopTimers();
    this.connection.destroy();
  }
}
