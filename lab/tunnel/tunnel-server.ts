import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";

import {
  openFailure,
  parseCertificate,
  type SshClient,
  type SshConnection,
  type SshConnectionHandlers,
  SshServer,
} from "../ssh";
import { badParameter, connectionProblem, notFound } from "../trace-error";
import { authorizeTunnelClient, type TunnelClient } from "./authorize-client";
import { type DialRequest, remoteAuthServer } from "./dial-request";
import { LeafConnection, type LeafConnectionOwner } from "./leaf-connection";
import { serveTransport } from "./transport-channel";
import { tunnelDefaults, tunnelProtocol } from "./tunnel-protocol";
import type { TunnelServer, TunnelServerEvents, TunnelServerOptions } from "./types";

/**
 * The root's end of reverse tunnels: lets in the proxies of leaves by the host authorities that the root knows, notes
 * their heartbeats, and dials through them. API clients of the own cluster reach its Auth here, too.
 */
export function createTunnelServer(options: TunnelServerOptions): TunnelServer {
  return new SshTunnelServer(options);
}

class SshTunnelServer implements TunnelServer {
  readonly events = new EventEmitter<TunnelServerEvents>();
  readonly #leaves: LeafConnection[] = [];
  readonly #ssh: SshServer<TunnelClient>;
  readonly #owner: LeafConnectionOwner;

  constructor(private readonly options: TunnelServerOptions) {
    const intervalMs = options.keepAliveIntervalMs ?? tunnelDefaults.keepAliveIntervalMs;
    this.#owner = {
      clock: options.clock,
      thresholdMs: intervalMs * (options.keepAliveCountMax ?? tunnelDefaults.keepAliveCountMax),
      proxies: options.proxies ?? (() => [options.proxyId]),
      connected: (leaf) => this.events.emit("connected", leaf),
      heartbeat: (leaf) => this.events.emit("heartbeat", leaf),
      invalid: (leaf) => this.events.emit("invalid", leaf),
    };
    this.#ssh = new SshServer<TunnelClient>({
      hostKey: () => {
        const { privateKey, certificate } = options.credentials();
        return { privateKey, certificate: parseCertificate(certificate) };
      },
      authorize: (credential) =>
        authorizeTunnelClient(credential, {
          clusterName: options.clusterName,
          hostAuthorities: options.hostAuthorities,
          userAuthorities: options.userAuthorities,
          now: options.certificateTime(),
        }),
      connected: (client, connection) => this.#onClient(client, connection),
      refused: (user, error) => this.events.emit("refused", { user, error }),
      handshakeTimeoutMs: options.handshakeTimeoutMs ?? tunnelDefaults.handshakeTimeoutMs,
    });
  }

  attach(stream: Duplex, remoteAddress?: string): void {
    this.#ssh.attach(stream, remoteAddress);
  }

  tunnels(clusterName?: string): readonly LeafConnection[] {
    return this.#leaves.filter(
      (leaf) => leaf.isRegistered && (clusterName === undefined || leaf.clusterName === clusterName),
    );
  }

  #onClient({ user, identity }: SshClient<TunnelClient>, connection: SshConnection): SshConnectionHandlers {
    if (identity.kind === "user") return this.#onApiClient();
    if (identity.role !== "Proxy") return this.#onOtherAgent(user, identity, connection);
    const leaf = new LeafConnection(identity.clusterName, identity.hostName, connection, this.#owner);
    this.#leaves.push(leaf);
    void connection.whenClosed.then(() => this.#onGone(leaf));
    return { onChannel: leaf.openChannel.bind(leaf) };
  }

  #onGone(leaf: LeafConnection): void {
    this.#leaves.splice(this.#leaves.indexOf(leaf), 1);
    if (leaf.isRegistered) this.events.emit("disconnected", leaf, this.tunnels(leaf.clusterName).length === 0);
  }

  /** A user's certificate leads to the own Auth and nowhere else. */
  #onApiClient(): SshConnectionHandlers {
    const dial = async ({ address = "" }: DialRequest, signal: AbortSignal) => {
      if (address !== remoteAuthServer) throw badParameter(`users cannot dial ${JSON.stringify(address)} by this port`);
      return this.options.dialAuth(signal);
    };
    return {
      onChannel: (opening) => {
        if (opening.type === tunnelProtocol.transportChannel) serveTransport(opening, dial, this.options.clock);
        else
          opening.reject(openFailure.connectFailed, `reversetunnel received unknown channel request ${opening.type}`);
      },
    };
  }

  /** Services that are no proxies register by tunnel, too, at a real root; the lab's run beside their proxy. */
  #onOtherAgent(
    user: string,
    identity: TunnelClient & { kind: "service" },
    connection: SshConnection,
  ): SshConnectionHandlers {
    const text =
      identity.clusterName === this.options.clusterName
        ? `the lab does not serve tunnels of ${identity.role} services`
        : `agent from cluster ${identity.clusterName} cannot register local service ${identity.role}`;
    return {
      onChannel: (opening) => {
        opening.reject(openFailure.connectFailed, text);
        this.events.emit("refused", { user, error: badParameter(text) });
        connection.end();
      },
    };
  }

  async dial(clusterName: string, request: DialRequest, signal: AbortSignal): Promise<Duplex> {
    const tunnels = this.tunnels(clusterName);
    if (tunnels.length === 0) throw this.#absent(clusterName);
    // The newest one first: an older one may be dead without anybody having noticed.
    const usable = tunnels.filter((leaf) => leaf.invalid === undefined).reverse();
    let failure: unknown;
    for (const leaf of usable) {
      try {
        return await leaf.dial(request, signal);
      } catch (error) {
        // Only a tunnel that died under the dial makes another one worth trying.
        if (leaf.invalid === undefined || signal.aborted) throw error;
        failure = error;
      }
    }
    const { address = request.serverId ?? "" } = request;
    const what = address === remoteAuthServer ? `cluster ${clusterName}` : `node ${address}`;
    throw connectionProblem(`${what} is offline`, failure);
  }

  #absent(clusterName: string): Error {
    if (this.options.hostAuthorities(clusterName) === undefined) {
      return notFound(`cluster ${JSON.stringify(clusterName)} is not found`);
    }
    return connectionProblem(`${clusterName} is offline: no active tunnels to ${this.options.clusterName} found`);
  }

  disconnect(clusterName: string): void {
    for (const leaf of this.#leaves.filter((candidate) => candidate.clusterName === clusterName)) leaf.end();
  }

  async adviseReconnect(): Promise<void> {
    await Promise.all(this.tunnels().map((leaf) => leaf.adviseReconnect()));
  }

  async close(): Promise<void> {
    for (const leaf of [...this.#leaves]) leaf.end();
    await this.#ssh.close();
  }
}
