import { SshChannel, type SshChannelRequestHandler, windowBytes } from "./channel";
import { maxPacketBytes, readChannelPeer, type SshChannelPeer } from "./channel-writer";
import { message, openFailure } from "./messages";
import { SshError } from "./ssh-error";
import type { SshTransport } from "./transport";
import { WireReader, WireWriter } from "./wire";

/** A global request (RFC 4254 §4). */
export interface SshGlobalRequest {
  readonly type: string;
  readonly wantsReply: boolean;
  readonly payload: Buffer;
}

/** How a global request ended. */
export interface SshGlobalReply {
  readonly ok: boolean;
  readonly payload: Buffer;
}

/** A channel that the other side wants to open: exactly one of the two answers has to be given. */
export interface SshChannelOpening {
  readonly type: string;
  /** What the type brings with it. */
  readonly extra: Buffer;
  accept(onRequest?: SshChannelRequestHandler): SshChannel;
  /** @param reason one of `openFailure` */
  reject(reason: number, text: string): void;
}

/** What one side of a connection does for the other one. */
export interface SshConnectionHandlers {
  /** Called in order; a channel nobody answers stays half open until the connection ends. All are rejected when left out. */
  readonly onChannel?: (opening: SshChannelOpening) => void;
  /** Replies leave in the order of the requests. All are answered with failure when left out. */
  readonly onRequest?: (request: SshGlobalRequest) => SshGlobalReply | Promise<SshGlobalReply>;
}

interface PendingOpen {
  readonly done: (channel: SshChannel) => void;
  readonly fail: (error: SshError) => void;
  readonly onRequest: SshChannelRequestHandler;
}

const nothing = Buffer.alloc(0);
const refuseRequest: SshChannelRequestHandler = () => false;
/** More than any use of the lab needs; keeps a hostile peer from filling the memory. */
const maxChannels = 1000;

/** The channels and global requests of an authenticated SSH connection (RFC 4254); both sides have the same rights. */
export class SshConnection {
  /** Resolves when the connection is over: with the cause, or with `undefined` after an orderly end. */
  readonly whenClosed: Promise<SshError | undefined>;
  readonly #channels = new Map<number, SshChannel>();
  readonly #opening = new Map<number, PendingOpen>();
  readonly #pendingReplies: { done(reply: SshGlobalReply): void; fail(error: SshError): void }[] = [];
  readonly #handlers: SshConnectionHandlers;
  #nextChannel = 0;
  #requestsDone: Promise<void> = Promise.resolve();
  #isOver = false;

  readonly #messages: { readonly [type: number]: (reader: WireReader) => void } = {
    [message.extInfo]: () => {},
    [message.globalRequest]: (reader) => this.#onGlobalRequest(reader),
    [message.requestSuccess]: (reader) => this.#onGlobalReply({ ok: true, payload: reader.rest() }),
    [message.requestFailure]: (reader) => this.#onGlobalReply({ ok: false, payload: reader.rest() }),
    [message.channelOpen]: (reader) => this.#onOpen(reader),
    [message.channelOpenConfirmation]: (reader) => this.#onConfirmation(reader),
    [message.channelOpenFailure]: (reader) => this.#onOpenFailure(reader),
  };

  constructor(
    private readonly transport: SshTransport,
    /** Called once, with the connection, before the first message is read. */
    handlers: (connection: SshConnection) => SshConnectionHandlers,
  ) {
    this.whenClosed = transport.whenClosed;
    void transport.whenClosed.then((error) => this.#release(error ?? new SshError("closed", "connection was closed")));
    this.#handlers = handlers(this);
    transport.setReceiver((payload) => this.#receive(payload));
  }

  /** How many channels are open; one that was closed here counts no longer, though the other side may not know yet. */
  get channelCount(): number {
    return [...this.#channels.values()].filter((channel) => !channel.destroyed).length;
  }

  /**
   * Opens a channel.
   *
   * @throws SshError `refused` with the other side's words, `closed` when the connection ends first
   */
  openChannel(type: string, extra: Buffer = nothing, onRequest = refuseRequest): Promise<SshChannel> {
    return new Promise((done, fail) => {
      if (this.#isOver) {
        fail(new SshError("closed", `connection was closed before a channel ${type} could be opened`));
        return;
      }
      const id = this.#nextChannel++;
      this.#opening.set(id, { done, fail, onRequest });
      const writer = new WireWriter().byte(message.channelOpen).string(type);
      this.transport.send(writer.uint32(id).uint32(windowBytes).uint32(maxPacketBytes).raw(extra).done());
    });
  }

  /**
   * Sends a global request and waits for the answer.
   *
   * @throws SshError `closed` when the connection ends first
   */
  request(type: string, payload: Buffer = nothing): Promise<SshGlobalReply> {
    return new Promise((done, fail) => {
      if (this.#isOver) {
        fail(new SshError("closed", `connection was closed before the request ${type}`));
        return;
      }
      this.#pendingReplies.push({ done, fail });
      this.transport.send(new WireWriter().byte(message.globalRequest).string(type).boolean(true).raw(payload).done());
    });
  }

  /** Changes the session's keys. */
  rekey(): void {
    this.transport.rekey();
  }

  /** Says good-bye and closes. */
  end(description = ""): void {
    this.transport.end(undefined, description);
  }

  /** As {@link end}, and resolves when the stream is closed, which no other side can hold up. */
  close(): Promise<void> {
    return this.transport.close();
  }

  /** Closes at once, without a word. */
  destroy(): void {
    this.transport.destroy();
  }

  #release(error: SshError): void {
    this.#isOver = true;
    for (const channel of [...this.#channels.values()]) channel.lose(error);
    for (const opening of this.#opening.values()) opening.fail(error);
    for (const reply of this.#pendingReplies.splice(0)) reply.fail(error);
    this.#channels.clear();
    this.#opening.clear();
  }

  #receive(payload: Buffer): void {
    const reader = new WireReader(payload, "message");
    const type = reader.byte();
    const handle = this.#messages[type];
    if (handle !== undefined) handle(reader);
    else this.#onChannelMessage(type, reader);
  }

  #onGlobalRequest(reader: WireReader): void {
    const request = { type: reader.text(), wantsReply: reader.boolean(), payload: reader.rest() };
    const answer = async () => {
      let reply: SshGlobalReply = { ok: false, payload: nothing };
      try {
        reply = (await this.#handlers.onRequest?.(request)) ?? reply;
      } finally {
        if (request.wantsReply) {
          const type = reply.ok ? message.requestSuccess : message.requestFailure;
          this.transport.send(new WireWriter().byte(type).raw(reply.payload).done());
        }
      }
    };
    // A handler that fails has answered: with failure.
    this.#requestsDone = this.#requestsDone.then(answer).catch(() => {});
  }

  #onGlobalReply(reply: SshGlobalReply): void {
    const pending = this.#pendingReplies.shift();
    if (pending === undefined) {
      throw new SshError("malformed", "protocol error: a reply to a global request that nobody made");
    }
    pending.done(reply);
  }

  #onOpen(reader: WireReader): void {
    const type = reader.text();
    const peer = readChannelPeer(reader);
    const reject = (reason: number, text: string) => {
      const writer = new WireWriter().byte(message.channelOpenFailure).uint32(peer.channel);
      this.transport.send(writer.uint32(reason).string(text).string("").done());
    };
    const onChannel = this.#handlers.onChannel;
    if (onChannel === undefined) {
      reject(openFailure.unknownChannelType, `unknown channel type: ${type}`);
      return;
    }
    if (this.#channels.size >= maxChannels) {
      reject(openFailure.resourceShortage, "too many channels");
      return;
    }
    const accept = (onRequest: SshChannelRequestHandler = refuseRequest) => {
      const channel = this.#addChannel(this.#nextChannel++, peer, onRequest);
      const writer = new WireWriter().byte(message.channelOpenConfirmation).uint32(peer.channel).uint32(channel.id);
      this.transport.send(writer.uint32(windowBytes).uint32(maxPacketBytes).done());
      return channel;
    };
    onChannel({ type, extra: reader.rest(), accept, reject });
  }

  #addChannel(id: number, peer: SshChannelPeer, onRequest: SshChannelRequestHandler): SshChannel {
    const channel = new SshChannel(this.transport, id, peer, onRequest, (gone) => this.#channels.delete(gone));
    this.#channels.set(id, channel);
    return channel;
  }

  #onConfirmation(reader: WireReader): void {
    const id = reader.uint32();
    const opening = this.#takeOpening(id);
    const peer = readChannelPeer(reader);
    opening.done(this.#addChannel(id, peer, opening.onRequest));
  }

  #onOpenFailure(reader: WireReader): void {
    const opening = this.#takeOpening(reader.uint32());
    const reason = reader.uint32();
    opening.fail(new SshError("refused", reader.text() || `channel was refused, reason ${reason}`));
  }

  #takeOpening(id: number): PendingOpen {
    const opening = this.#opening.get(id);
    if (opening === undefined) {
      throw new SshError("malformed", `protocol error: an answer for channel ${id}, which nobody is opening`);
    }
    this.#opening.delete(id);
    return opening;
  }

  #onChannelMessage(type: number, reader: WireReader): void {
    const handle = channelMessages[type];
    if (handle === undefined) {
      throw new SshError("malformed", `protocol error: unexpected message ${type}`);
    }
    const id = reader.uint32();
    const channel = this.#channels.get(id);
    if (channel === undefined) {
      throw new SshError("malformed", `protocol error: message ${type} for channel ${id}, which is not open`);
    }
    handle(channel, reader);
  }
}

const channelMessages: { readonly [type: number]: (channel: SshChannel, reader: WireReader) => void } = {
  [message.channelWindowAdjust]: (channel, reader) => channel.grow(reader.uint32()),
  [message.channelData]: (channel, reader) => channel.receive(reader.string()),
  [message.channelExtendedData]: (channel, reader) => {
    const type = reader.uint32();
    channel.receive(reader.string(), type);
  },
  [message.channelEof]: (channel) => channel.receiveEof(),
  [message.channelClose]: (channel) => channel.receiveClose(),
  [message.channelRequest]: (channel, reader) =>
    channel.receiveRequest({ type: reader.text(), wantsReply: reader.boolean(), payload: reader.rest() }),
  [message.channelSuccess]: (channel) => channel.receiveReply(true),
  [message.channelFailure]: (channel) => channel.receiveReply(false),
};
