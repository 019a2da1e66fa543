import net from "node:net";
import type { Duplex } from "node:stream";

/** Which bytes are meant: from the dialling side to the accepting one, or back. */
export type Direction = "up" | "down";

/** What a link does to its connections. Delays are real milliseconds: they are the network's, not the lab's clock's. */
export type LinkState =
  | { readonly fault: "none" | "cut" | "pause" | "blackhole" }
  | { readonly fault: "delay"; readonly delayMs: number };

/** After how many bytes of one direction a connection is reset. */
export interface ByteLimit {
  readonly bytes: number;
  readonly direction: Direction;
}

/** One direction of a {@link Relay}. */
class Pump {
  /** Bytes (or, as `null`, the end) that are on their way, oldest first; each with its timer. */
  readonly #late: { readonly chunk: Buffer | null; readonly timer: NodeJS.Timeout }[] = [];
  #left: number;
  #state: LinkState = { fault: "none" };
  #ended = false;

  /** Whether bytes, or the end of them, were swallowed. */
  lost = false;

  constructor(
    private readonly source: Duplex,
    private readonly target: Duplex,
    limit: number | undefined,
    private readonly onLimit: () => void,
  ) {
    this.#left = limit ?? Number.POSITIVE_INFINITY;
    source.on("data", (chunk: Buffer) => this.#take(chunk));
    source.on("end", () => this.#take(null));
    target.on("drain", () => this.#flow());
  }

  /** Whether the source's end was handed on. */
  get ended(): boolean {
    return this.#ended;
  }

  suffer(state: LinkState): void {
    this.#state = state;
    if (state.fault === "none" || state.fault === "delay") this.#flush();
    this.#flow();
  }

  stop(): void {
    for (const { timer } of this.#late.splice(0)) clearTimeout(timer);
  }

  #flow(): void {
    const blocked = this.#state.fault === "pause" || this.target.writableNeedDrain;
    if (blocked) this.source.pause();
    else this.source.resume();
  }

  #take(chunk: Buffer | null): void {
    if (this.#state.fault === "blackhole") {
      this.lost = true;
      return;
    }
    if (this.#state.fault === "delay") {
      const timer = setTimeout(() => this.#onDue(), this.#state.delayMs);
      this.#late.push({ chunk, timer });
      return;
    }
    // What was delayed before goes first, also when it comes to a pause in between.
    this.#flush();
    this.#deliver(chunk);
  }

  /** The oldest late bytes are due; in a pause they wait on for its end, in a black hole they are lost. */
  #onDue(): void {
    if (this.#state.fault === "pause") return;
    if (this.#state.fault === "blackhole") {
      this.#late.shift();
      this.lost = true;
      return;
    }
    this.#deliverFirst();
  }

  #deliverFirst(): void {
    const first = this.#late.shift();
    if (first === undefined) return;
    clearTimeout(first.timer);
    this.#deliver(first.chunk);
  }

  #flush(): void {
    while (this.#late.length > 0) this.#deliverFirst();
  }

  #deliver(chunk: Buffer | null): void {
    if (this.target.destroyed || !this.target.writable) return;
    if (chunk === null) {
      this.#ended = true;
      this.target.end();
      return;
    }
    if (chunk.length < this.#left) {
      this.#left -= chunk.length;
      this.target.write(chunk);
      this.#flow();
      return;
    }
    const rest = chunk.subarray(0, this.#left);
    this.#left = 0;
    this.source.pause();
    this.target.write(rest, () => this.onLimit());
  }
}

/** One connection over a link: two ends, joined. Whoever made it owns neither end any more. */
export class Relay {
  readonly #up: Pump;
  readonly #down: Pump;
  #state: LinkState = { fault: "none" };
  #closed = false;

  /** Called once, when both ends are gone. */
  onClosed: () => void = () => {};

  constructor(
    private readonly near: Duplex,
    private readonly far: Duplex,
    state: LinkState,
    limit: ByteLimit | undefined,
  ) {
    const bytes = (direction: Direction) => (limit?.direction === direction ? limit.bytes : undefined);
    this.#up = new Pump(near, far, bytes("up"), () => this.reset());
    this.#down = new Pump(far, near, bytes("down"), () => this.reset());
    this.#watch(near);
    this.#watch(far);
    this.suffer(state);
  }

  /** Whether bytes of this connection were swallowed, so that it can never be whole again. */
  get lostBytes(): boolean {
    return this.#up.lost || this.#down.lost;
  }

  suffer(state: LinkState): void {
    this.#state = state;
    this.#up.suffer(state);
    this.#down.suffer(state);
  }

  /** Breaks the connection at both ends, as a reset by the network. */
  reset(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#up.stop();
    this.#down.stop();
    resetStream(this.near);
    resetStream(this.far);
    this.onClosed();
  }

  #watch(end: Duplex): void {
    // An error is always followed by "close", which is where the other end hears of it.
    end.on("error", () => {});
    end.on("close", () => this.#onClose());
  }

  #onClose(): void {
    // In a black hole nobody hears that the other end is gone.
    if (this.#state.fault === "blackhole") {
      this.#up.lost = true;
      return;
    }
    if (this.near.destroyed && this.far.destroyed) {
      this.reset();
      return;
    }
    // Both directions ended in order: the second end closes by itself as soon as its last bytes are out.
    if (!(this.#up.ended && this.#down.ended)) this.reset();
  }
}

/** Ends a stream so that the other side sees a reset, where the transport knows such a thing. */
export function resetStream(stream: Duplex): void {
  if (stream.destroyed) return;
  // While its end is on the way a TCP socket cannot be reset: libuv refuses, and its handle would stay open for ever.
  if (stream instanceof net.Socket && !stream.writableEnded) stream.resetAndDestroy();
  else stream.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
}
