import type { Duplex } from "node:stream";
import { certificateSuffix, type SshCertificate } from "./certificate";
import { acceptedSignatureAlgorithms, hostKeyOffers, parseHostKey, type SshHostKey } from "./host-key";
import { disconnectMessage, disconnectReason, serverSigAlgsMessage } from "./messages";
import type { SshPublicKey } from "./public-key";
import { createSignatureBytes } from "./signature";
import { SshError } from "./ssh-error";
import { createClientLayer, createServerLayer, type PacketLayer, type PacketLayerCallbacks } from "./ssh2-inside";

/** An encrypted connection: messages in order, nobody authenticated except, on the client's side, the server. */
export class SshTransport {
  /** Resolves when the connection is over: with the cause, or with `undefined` after an orderly end. */
  readonly whenClosed: Promise<SshError | undefined>;
  #settleClosed: (error: SshError | undefined) => void = () => {};
  #receiver: ((payload: Buffer) => void) | undefined;
  readonly #waiting: Buffer[] = [];
  #layer: PacketLayer | undefined;
  #isOver = false;
  readonly #afterDrain: (() => void)[] = [];

  private constructor(private readonly stream: Duplex) {
    this.whenClosed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
  }

  /**
   * Carries out the key exchange as the server.
   *
   * @throws SshError
   */
  static async accept(stream: Duplex, hostKey: SshHostKey, signal: AbortSignal): Promise<SshTransport> {
    const sign = (data: Buffer, algorithm: Parameters<typeof createSignatureBytes>[2]) =>
      createSignatureBytes(hostKey.privateKey, data, algorithm);
    return SshTransport.#open(stream, signal, (callbacks) =>
      createServerLayer(hostKeyOffers(hostKey), sign, callbacks, () =>
        serverSigAlgsMessage(acceptedSignatureAlgorithms),
      ),
    );
  }

  /**
   * Carries out the key exchange as the client.
   *
   * @param verifyHostKey throws to refuse the server; that it holds the key is verified here
   * @throws SshError also what `verifyHostKey` threw
   */
  static async connect(
    stream: Duplex,
    verifyHostKey: (presented: SshPublicKey | SshCertificate) => void,
    signal: AbortSignal,
  ): Promise<SshTransport> {
    const certificateAlgorithms = acceptedSignatureAlgorithms.map((name) => name + certificateSuffix);
    const verify = (blob: Buffer) => {
      const presented = parseHostKey(blob);
      verifyHostKey(presented);
      return presented;
    };
    return SshTransport.#open(stream, signal, (callbacks) =>
      createClientLayer([...certificateAlgorithms, ...acceptedSignatureAlgorithms], verify, callbacks),
    );
  }

  static async #open(
    stream: Duplex,
    signal: AbortSignal,
    createLayer: (callbacks: PacketLayerCallbacks) => PacketLayer,
  ): Promise<SshTransport> {
    const transport = new SshTransport(stream);
    const abort = () => {
      transport.fail(new SshError("closed", "SSH handshake was given up", { cause: signal.reason }));
      stream.destroy();
    };
    signal.addEventListener("abort", abort, { once: true });
    try {
      const handshake = new Promise<void>((handshaken) => transport.#start(createLayer, handshaken));
      const failed = transport.whenClosed.then((error) => {
        throw error ?? new SshError("closed", "connection closed during the SSH handshake");
      });
      if (signal.aborted) abort();
      await Promise.race([handshake, failed]);
      return transport;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  #start(createLayer: (callbacks: PacketLayerCallbacks) => PacketLayer, handshaken: () => void): void {
    const layer = createLayer({
      write: (bytes) => {
        if (!this.stream.destroyed && !this.stream.writableEnded) this.stream.write(bytes);
      },
      packet: (payload) => this.#deliver(payload),
      handshaken,
      disconnected: (reason, description) => this.#onDisconnect(reason, description),
      error: (error) => this.fail(asSshError(error)),
    });
    this.#layer = layer;
    this.stream.on("data", (bytes: Buffer) => this.#onBytes(layer, bytes));
    this.stream.on("drain", () => this.#onDrain());
    this.stream.on("end", () => this.#finish(undefined));
    this.stream.on("error", (cause) =>
      this.fail(new SshError("closed", `connection lost: ${cause.message}`, { cause })),
    );
    this.stream.on("close", () => this.#finish(undefined));
    layer.start();
  }

  #onBytes(layer: PacketLayer, bytes: Buffer): void {
    if (this.#isOver) return;
    try {
      layer.receive(bytes);
    } catch (error) {
      this.#complain(asSshError(error));
    }
  }

  #deliver(payload: Buffer): void {
    if (this.#isOver) return;
    if (this.#receiver === undefined) this.#waiting.push(payload);
    else this.#read(this.#receiver, payload);
  }

  #read(receiver: (payload: Buffer) => void, payload: Buffer): void {
    try {
      receiver(payload);
    } catch (error) {
      this.#complain(asSshError(error));
    }
  }

  #complain(error: SshError): void {
    this.end(disconnectReason.protocolError, error.message, error);
  }

  /** SSH_DISCONNECT_BY_APPLICATION is how everybody says good-bye; the other reasons are complaints. */
  #onDisconnect(reason: number, description: string): void {
    const text = description === "" ? `reason ${reason}` : description;
    const isGoodBye = reason === disconnectReason.byApplication;
    this.#finish(isGoodBye ? undefined : new SshError("closed", `the other side disconnected: ${text}`));
  }

  #onDrain(): void {
    for (const run of this.#afterDrain.splice(0)) run();
  }

  /** Covered by every signature of user authentication (RFC 4252 §7). */
  get sessionId(): Buffer {
    return this.#layer?.sessionId() ?? Buffer.alloc(0);
  }

  /**
   * Says who reads the messages from here on, or that they wait for the next reader. Messages that waited are delivered
   * at once.
   */
  setReceiver(receiver: ((payload: Buffer) => void) | undefined): void {
    this.#receiver = receiver;
    while (this.#receiver !== undefined && !this.#isOver) {
      const payload = this.#waiting.shift();
      if (payload === undefined) return;
      this.#read(this.#receiver, payload);
    }
  }

  /** Sends one message; dropped when the connection is over. */
  send(payload: Buffer): void {
    if (!this.#isOver) this.#layer?.send(payload);
  }

  /** Calls `run` when the network takes more: at once, or after what was sent has gone out. */
  whenWritable(run: () => void): void {
    if (this.stream.writableNeedDrain && !this.#isOver) this.#afterDrain.push(run);
    else run();
  }

  /** Changes the session's keys. */
  rekey(): void {
    if (!this.#isOver) this.#layer?.rekey();
  }

  /** Says good-bye with a reason and closes the connection. */
  end(reason: number = disconnectReason.byApplication, description = "", error?: SshError): void {
    if (this.#isOver) return;
    try {
      this.send(disconnectMessage(reason, description));
    } catch {
      // Before the first keys, or after a fatal error inside ssh2, nothing can be said any more.
    }
    this.#finish(error);
  }

  /** As {@link end}, and resolves when the stream is closed, whether or not the other side reads. */
  async close(): Promise<void> {
    const closed = new Promise<void>((done) => {
      if (this.stream.closed) done();
      else this.stream.once("close", () => done());
    });
    this.end();
    // What was written goes out first, as far as the network takes it.
    await new Promise((done) => setImmediate(done));
    this.stream.destroy();
    await closed;
  }

  /** Closes the connection because of a failure, without a word. */
  fail(error: SshError): void {
    this.#finish(error);
  }

  #finish(error: SshError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting.length = 0;
    this.#settleClosed(error);
    this.#onDrain();
    // What was written still goes out first: it may tell the other side why.
    if (!this.stream.writableEnded) this.stream.end(() => this.stream.destroy());
    else if (this.stream.writableFinished) this.stream.destroy();
    // ssh2 may be in the middle of a packet, and what it frees it must not touch again.
    queueMicrotask(() => this.#layer?.free());
  }

  /** Closes the connection at once, even when the other side does not read. */
  destroy(): void {
    this.#finish(new SshError("closed", "connection was closed"));
    this.stream.destroy();
  }
}

function asSshError(error: unknown): SshError {
  if (error instanceof SshError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new SshError("malformed", `SSH failed: ${text}`, { cause: error });
}
