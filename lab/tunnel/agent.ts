import type { Cancel } from "../clock";
import {
  checkCertificate,
  connectSsh,
  openFailure,
  parseCertificate,
  type SshCertificate,
  type SshChannelOpening,
  type SshConnection,
  SshError,
  type SshGlobalReply,
  type SshGlobalRequest,
  type SshPublicKey,
} from "../ssh";
import { parseDiscovery } from "./discovery";
import { goTime } from "./go-duration";
import { serveTransport } from "./transport-channel";
import { tunnelDefaults, tunnelProtocol } from "./tunnel-protocol";
import type { AgentPoolOptions } from "./types";

/** What an agent tells the pool that it belongs to. */
export interface AgentOwner {
  /** Whether this agent may have that proxy to itself; false when another agent has it. */
  readonly claim: (proxyName: string) => boolean;
  /** The root named its proxies, by host UUID. */
  readonly discovered: (proxyIds: readonly string[]) => void;
  /** The proxy asked to be left alone: what runs goes on, the claim is free. */
  readonly draining: (agent: Agent) => void;
}

/** One connection of a leaf to one proxy of a root. */
export class Agent {
  /** Resolves when the connection is over: with the cause, or with `undefined` after an orderly end. */
  readonly whenClosed: Promise<Error | undefined>;
  #isDraining = false;
  #sessions = 0;
  #cancelHeartbeat: Cancel = () => {};

  private constructor(
    /** `<host uuid>.<cluster>`, the first principal of the proxy's host certificate. */
    readonly proxyName: string,
    private readonly connection: SshConnection,
    private readonly options: AgentPoolOptions,
    private readonly owner: AgentOwner,
  ) {
    this.whenClosed = connection.whenClosed;
    void connection.whenClosed.then(() => this.#cancelHeartbeat());
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /**
   * Connects, claims the proxy, and sends the first heartbeat.
   *
   * @throws Error when the root cannot be reached, is not to be trusted, refuses the leaf, or is taken by another agent
   */
  static async connect(
    tunnelAddr: string,
    options: AgentPoolOptions,
    owner: AgentOwner,
    signal: AbortSignal,
  ): Promise<Agent> {
    const timeout = AbortSignal.timeout(options.handshakeTimeoutMs ?? tunnelDefaults.handshakeTimeoutMs);
    const either = AbortSignal.any([signal, timeout]);
    const { privateKey, certificate } = options.credentials();
    const parsedCertificate = parseCertificate(certificate);
    const stream = await options.connect(tunnelAddr, either);
    let proxyName = "";
    // The root asks for our version as soon as it sees us, which may be before `connectSsh` has returned.
    let agent: Agent | undefined;
    const connection = await connectSsh(
      stream,
      {
        user: `${options.hostId}.${options.clusterName}`,
        privateKey,
        certificate: parsedCertificate,
        verifyHostKey: (presented) => {
          proxyName = verifyRootProxy(presented, options);
        },
        onRequest: async (request) => answerRequest(request, options, () => agent?.drain()),
        onChannel: (opening) => {
          if (agent !== undefined) agent.openChannel(opening);
          else opening.reject(openFailure.connectFailed, "agent is not ready: channels come behind its heartbeat");
        },
      },
      either,
    );
    agent = new Agent(proxyName, connection, options, owner);
    await agent.#start(either);
    return agent;
  }

  async #start(signal: AbortSignal): Promise<void> {
    const abort = () => this.connection.destroy();
    signal.addEventListener("abort", abort, { once: true });
    try {
      if (!this.owner.claim(this.proxyName)) {
        throw new SshError("refused", `failed to claim proxy ${this.proxyName}: proxy already claimed`);
      }
      const heartbeat = await this.connection.openChannel(tunnelProtocol.heartbeatChannel);
      heartbeat.resume();
      void heartbeat.whenClosed.then(() => this.connection.end());
      heartbeat.notify(tunnelProtocol.ping);
      this.#cancelHeartbeat = this.options.clock.every(
        this.options.keepAliveIntervalMs ?? tunnelDefaults.keepAliveIntervalMs,
        () => heartbeat.notify(tunnelProtocol.ping, Buffer.from(goTime(this.options.clock.now()))),
      );
    } catch (error) {
      this.connection.end();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Channels that the root opens: connections into the leaf, and the names of its proxies. */
  openChannel(opening: SshChannelOpening): void {
    if (opening.type === tunnelProtocol.transportChannel) this.#serve(opening);
    else if (opening.type === tunnelProtocol.discoveryChannel) this.#discover(opening);
    else opening.reject(openFailure.unknownChannelType, `unknown channel type: ${opening.type}`);
  }

  #serve(opening: SshChannelOpening): void {
    if (this.#isDraining) {
      opening.reject(openFailure.connectFailed, "agent connection is draining");
      return;
    }
    this.#sessions += 1;
    const channel = serveTransport(opening, this.options.dial, this.options.clock);
    void channel.whenClosed.then(() => {
      this.#sessions -= 1;
      this.#endWhenDrained();
    });
  }

  #discover(opening: SshChannelOpening): void {
    const channel = opening.accept(({ type, payload }) => {
      const proxyIds = type === tunnelProtocol.discovery ? parseDiscovery(payload) : undefined;
      if (proxyIds !== undefined) this.owner.discovered(proxyIds);
      return proxyIds !== undefined;
    });
    channel.resume();
  }

  /** Takes no new work; the connection ends with the last transport that runs. */
  drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.owner.draining(this);
    // Not before the answer to the advice has left.
    setImmediate(() => this.#endWhenDrained());
  }

  #endWhenDrained(): void {
    if (this.#isDraining && this.#sessions === 0) this.connection.end();
  }

  /** Says good-bye and closes; resolves when nothing is left open. */
  close(): Promise<void> {
    return this.connection.close();
  }
}

/**
 * Asserts that the other end is a proxy of a cluster whose host authority the leaf knows. The name in the certificate is
 * whatever that authority signed: an agent dials by address and takes the name from there.
 */
function verifyRootProxy(presented: SshPublicKey | SshCertificate, options: AgentPoolOptions): string {
  if (!("principals" in presented)) {
    throw new SshError("untrusted", "ssh: the server presented a plain host key, a host certificate is required");
  }
  const [proxyName] = presented.principals;
  if (proxyName === undefined) {
    throw new SshError("untrusted", "ssh: the server's host certificate has no principals");
  }
  checkCertificate(presented, {
    kind: "host",
    principal: proxyName,
    authorities: options.hostAuthorities(),
    now: options.certificateTime(),
  });
  return proxyName;
}

async function answerRequest(
  { type }: SshGlobalRequest,
  options: AgentPoolOptions,
  drain: () => void,
): Promise<SshGlobalReply> {
  if (type === tunnelProtocol.version) {
    try {
      return { ok: true, payload: Buffer.from(await options.version()) };
    } catch {
      return { ok: false, payload: Buffer.from("Failed to retrieve auth version") };
    }
  }
  if (type === tunnelProtocol.reconnect) {
    drain();
    return { ok: true, payload: Buffer.alloc(0) };
  }
  // Keep-alives are answered, and with failure, as OpenSSH does it.
  return { ok: false, payload: Buffer.alloc(0) };
}
