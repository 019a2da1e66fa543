import { Duplex, Readable } from "node:stream";
import { ChannelWriter, type SshChannelPeer, stderrType } from "./channel-writer";
import { message } from "./messages";
import { SshError } from "./ssh-error";
import type { SshTransport } from "./transport";
import { WireWriter } from "./wire";

/** Bytes that the other side may send before we have read them. */
export const windowBytes = 2 * 1024 * 1024;
/** A request on a channel, as `exec` or `teleport-transport-dial`. */
export interface SshChannelRequest {
  readonly type: string;
  readonly wantsReply: boolean;
  readonly payload: Buffer;
}

/**
 * Answers a request on a channel: true for success. Whether a reply is wanted is seen to. Requests wait for one another,
 * so replies leave in the order of the requests.
 */
export type SshChannelRequestHandler = (request: SshChannelRequest) => boolean | Promise<boolean>;

/**
 * A channel of an SSH connection (RFC 4254 §5): a stream both ways, with requests and a second stream out of band.
 *
 * `end()` says that nothing follows; the channel closes when both sides have said so and what came was read, or by
 * `destroy()`. Loss of the connection destroys it with an error, which does not bring the process down when nobody
 * listens: `whenClosed` tells everybody. What is written after the other side closed is dropped, as TCP does it: reading
 * on remains possible.
 */
export class SshChannel extends Duplex {
  /** What the other side writes to its stderr. Ends with the channel; may be left unread as long as it is small. */
  readonly stderr: Readable;
  /**
   * Resolves when both sides have closed the channel, or the connection is gone. Requests may come until then: OpenSSH
   * sends its `exit-status` behind the end of the data.
   */
  readonly whenClosed: Promise<void>;
  #settleClosed: () => void = () => {};
  readonly #writer: ChannelWriter;
  readonly #pendingReplies: ((reply: boolean | SshError) => void)[] = [];
  #unread = { stdout: 0, stderr: 0 };
  #sentEof = false;
  #sentClose = false;
  #gotClose = false;
  #requestsDone: Promise<void> = Promise.resolve();
  #onRequest: SshChannelRequestHandler;

  constructor(
    private readonly transport: SshTransport,
    /** Number of the channel on our side. */
    readonly id: number,
    private readonly peer: SshChannelPeer,
    onRequest: SshChannelRequestHandler,
    private readonly forget: (id: number) => void,
  ) {
    super({ allowHalfOpen: true });
    this.#writer = new ChannelWriter(transport, peer);
    this.#onRequest = onRequest;
    this.whenClosed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
    this.stderr = new Readable({ read: () => this.#credit("stderr") });
    // The loss of a connection is nobody's mistake here: `whenClosed` and the pipelines that use the channel see it.
    this.on("error", () => {});
    this.stderr.on("error", () => {});
  }

  /** Takes over the requests that come from now on. */
  handleRequests(onRequest: SshChannelRequestHandler): void {
    this.#onRequest = onRequest;
  }

  /**
   * Sends a request and waits for the answer.
   *
   * @returns whether the other side carried it out
   * @throws SshError `closed` when the channel closes before the answer
   */
  request(type: string, payload: Buffer = Buffer.alloc(0)): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.#sentClose || this.#gotClose) {
        reject(new SshError("closed", `channel was closed before the request ${type}`));
        return;
      }
      this.#pendingReplies.push((reply) => (reply instanceof SshError ? reject(reply) : resolve(reply)));
      this.#sendRequest(type, true, payload);
    });
  }

  /** Sends a request that is not answered. */
  notify(type: string, payload: Buffer = Buffer.alloc(0)): void {
    if (!this.#sentClose) this.#sendRequest(type, false, payload);
  }

  /** Writes to the other side's stderr; resolves when the data has gone out, or will never do. */
  writeStderr(data: Buffer | string): Promise<void> {
    return new Promise((done) => this.#writer.write(Buffer.from(data), true, done));
  }

  #sendRequest(type: string, wantsReply: boolean, payload: Buffer): void {
    this.#send(message.channelRequest, (writer) => writer.string(type).boolean(wantsReply).raw(payload));
  }

  #send(type: number, fields: (writer: WireWriter) => WireWriter = (writer) => writer): void {
    this.transport.send(fields(new WireWriter().byte(type).uint32(this.peer.channel)).done());
  }

  override _read(): void {
    this.#credit("stdout");
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#writer.write(chunk, false, done);
  }

  override _final(done: () => void): void {
    this.#sendEof();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#close();
    this.#release(error instanceof SshError ? error : new SshError("closed", "channel was closed"));
    done(error);
  }

  #sendEof(): void {
    if (this.#sentEof || this.#sentClose) return;
    this.#sentEof = true;
    this.#send(message.channelEof);
  }

  #close(): void {
    if (this.#sentClose) return;
    this.#sentClose = true;
    this.#send(message.channelClose);
    if (this.#gotClose) this.#settle();
  }

  /** Both sides have closed. */
  #settle(): void {
    this.forget(this.id);
    this.#settleClosed();
  }

  /** The connection is gone, and the channel with it. */
  lose(error: SshError): void {
    this.destroy(error);
    this.#settleClosed();
  }

  /** Tells everybody who waits that nothing comes any more. */
  #release(error: SshError): void {
    this.#writer.close();
    for (const reply of this.#pendingReplies.splice(0)) reply(error);
    if (!this.stderr.readableEnded) this.stderr.push(null);
  }

  /** Gives the other side leave to send as much again as was read. */
  #credit(stream: "stdout" | "stderr"): void {
    const bytes = this.#unread[stream];
    if (bytes === 0 || this.#sentClose) return;
    this.#unread[stream] = 0;
    this.#send(message.channelWindowAdjust, (writer) => writer.uint32(bytes));
  }

  /** Data came; `type` is that of SSH_MSG_CHANNEL_EXTENDED_DATA, of which only stderr is known. */
  receive(data: Buffer, type?: number): void {
    if (this.#gotClose || this.destroyed) return;
    const stream = type === undefined ? "stdout" : "stderr";
    this.#unread[stream] += data.length;
    if (this.#unread.stdout + this.#unread.stderr > windowBytes) {
      throw new SshError("malformed", "protocol error: the other side sent more than the channel's window");
    }
    if (this.#take(data, type)) this.#credit(stream);
  }

  /** Whether more may come. Data of unknown types is read and dropped. */
  #take(data: Buffer, type: number | undefined): boolean {
    if (type === undefined) return this.push(data);
    return type === stderrType ? this.stderr.push(data) : true;
  }

  /** The other side's window grew. */
  grow(bytes: number): void {
    this.#writer.grow(bytes);
  }

  /** The other side has nothing more to send. */
  receiveEof(): void {
    if (this.#gotClose || this.destroyed) return;
    this.push(null);
    this.stderr.push(null);
  }

  /** The other side closed the channel; what came before can still be read. */
  receiveClose(): void {
    if (this.#gotClose) return;
    this.receiveEof();
    this.#gotClose = true;
    if (this.#sentClose) this.#settle();
    else this.#close();
    this.#release(new SshError("closed", "channel was closed by the other side"));
    // Nothing can be written any more, so the stream is over as soon as it is read.
    if (!this.destroyed) this.end();
  }

  /** A request came. */
  receiveRequest(request: SshChannelRequest): void {
    const answer = async () => {
      let ok = false;
      try {
        ok = await this.#onRequest(request);
      } finally {
        if (request.wantsReply && !this.#sentClose) this.#send(ok ? message.channelSuccess : message.channelFailure);
      }
    };
    this.#requestsDone = this.#requestsDone.then(answer).catch((error) => {
      this.destroy(error instanceof Error ? error : new SshError("refused", String(error)));
    });
  }

  /** The oldest of our requests was answered. */
  receiveReply(ok: boolean): void {
    const reply = this.#pendingReplies.shift();
    if (reply !== undefined) {
      reply(ok);
      return;
    }
    // Whoever waited for a reply was released when we closed; the reply may have been under way.
    if (!this.#sentClose) {
      throw new SshError("malformed", "protocol error: a reply to a channel request that nobody made");
    }
  }
}
