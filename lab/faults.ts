import type { Duplex } from "node:stream";
import { duplexPair } from "node:stream";

import { connectTcp } from "./address";
import type { ByteLimit, Direction, LinkState } from "./relay";
import { Relay, resetStream } from "./relay";

export type { Direction, LinkState } from "./relay";

/** The links of a cluster: reverse tunnels, its Auth service, its web proxy. */
export const linkNames = ["tunnel", "auth", "proxy"] as const;

/** Name of a link. */
export type LinkName = (typeof linkNames)[number];

/**
 * One link of a cluster: every connection over it is relayed here and suffers what the link suffers.
 *
 * A link that never had a fault hands bytes on as they come.
 */
export class Link {
  readonly #relays = new Set<Relay>();
  #state: LinkState = { fault: "none" };
  #limit: ByteLimit | undefined;
  #disposed = false;

  constructor(
    readonly cluster: string,
    readonly name: LinkName,
  ) {}

  /** What the link does now. */
  get state(): LinkState {
    return this.#state;
  }

  /** How many connections go over the link now. */
  get connections(): number {
    return this.#relays.size;
  }

  /** Resets all connections, and every new one, until {@link restore}. */
  cut(): void {
    this.#enter({ fault: "cut" });
    this.drop();
  }

  /** Holds all bytes back; {@link restore} lets them go on, nothing is lost. As a network that comes back in time. */
  pause(): void {
    this.#enter({ fault: "pause" });
  }

  /** Swallows all bytes without a sign; connections that lost some are reset by {@link restore}. */
  blackhole(): void {
    this.#enter({ fault: "blackhole" });
  }

  /** Hands every byte on `delayMs` real milliseconds late, in order. */
  delay(delayMs: number): void {
    if (!Number.isFinite(delayMs) || delayMs < 0) {
      throw new RangeError(`a delay is 0 or more milliseconds, got ${delayMs}`);
    }
    this.#enter({ fault: "delay", delayMs });
  }

  /** Resets the connections of this moment; new ones are served. */
  drop(): void {
    for (const relay of [...this.#relays]) relay.reset();
  }

  /** Resets each new connection as soon as `bytes` bytes went over it in `direction`; byte `bytes + 1` never arrives. */
  cutAtByte(bytes: number, direction: Direction = "down"): void {
    if (!Number.isInteger(bytes) || bytes < 0) throw new RangeError(`a byte count is a whole number, got ${bytes}`);
    this.#limit = { bytes, direction };
  }

  /** Ends all faults. */
  restore(): void {
    this.#limit = undefined;
    const swallowed = this.#state.fault === "blackhole";
    this.#enter({ fault: "none" });
    if (!swallowed) return;
    for (const relay of [...this.#relays]) if (relay.lostBytes) relay.reset();
  }

  /**
   * Joins two ends of a connection over this link; from now on both belong to it.
   *
   * @param near the side that dialled
   * @param far the side that accepts
   */
  join(near: Duplex, far: Duplex): void {
    const relay = new Relay(near, far, this.#state, this.#limit);
    this.#relays.add(relay);
    relay.onClosed = () => this.#relays.delete(relay);
    const late = near.destroyed || far.destroyed;
    if (this.#disposed || late || this.#state.fault === "cut") relay.reset();
  }

  /**
   * Dials `address` over this link.
   *
   * @param address `host:port`
   * @throws Error with a `code` when nobody answers there, or the link is cut
   */
  async dial(address: string, signal?: AbortSignal): Promise<Duplex> {
    if (this.#disposed || this.#state.fault === "cut") throw refused(address);
    const far = await connectTcp(address, signal);
    const [near, inner] = createPair();
    this.join(inner, far);
    return near;
  }

  /** Takes an accepted connection over this link; what arrives of it can be read from the answer. */
  accept(near: Duplex): Duplex {
    const [far, inner] = createPair();
    this.join(near, inner);
    return far;
  }

  /** Resets everything and serves nothing more. */
  dispose(): void {
    this.#disposed = true;
    this.drop();
  }

  #enter(state: LinkState): void {
    this.#state = state;
    for (const relay of [...this.#relays]) relay.suffer(state);
  }
}

/** Two streams, each of which reads what is written to the other. Unlike Node's own pair, both go when one is destroyed. */
function createPair(): [Duplex, Duplex] {
  const [a, b] = duplexPair();
  closeTogether(a, b);
  closeTogether(b, a);
  return [a, b];
}

function closeTogether(stream: Duplex, other: Duplex): void {
  // A reset must not end the process when it comes before the stream's owner listens.
  stream.on("error", () => {});
  stream.once("close", () => {
    const endsByItself = other.readableEnded && other.writableEnded;
    if (!endsByItself) resetStream(other);
  });
}

function refused(address: string): Error {
  return Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: "ECONNREFUSED" });
}
