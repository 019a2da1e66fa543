import { message } from "./messages";
import { SshError } from "./ssh-error";
import type { SshTransport } from "./transport";
import { type WireReader, WireWriter } from "./wire";

/** Largest piece of data that we send or take in one message; OpenSSH and x/crypto take this much too. */
export const maxPacketBytes = 32 * 1024;

const maxWindowBytes = 0xffff_ffff;

/** Type of SSH_MSG_CHANNEL_EXTENDED_DATA that is known (RFC 4254 §5.2). */
export const stderrType = 1;

/** What the other side said about itself when the channel was opened. */
export interface SshChannelPeer {
  readonly channel: number;
  readonly windowBytes: number;
  readonly maxPacketBytes: number;
}

/**
 * Reads how the other side numbers a channel, and how much it takes.
 *
 * @throws SshError `malformed`, also for messages of no size, with which nothing could ever be sent
 */
export function readChannelPeer(reader: WireReader): SshChannelPeer {
  const peer = { channel: reader.uint32(), windowBytes: reader.uint32(), maxPacketBytes: reader.uint32() };
  if (peer.maxPacketBytes === 0) {
    throw new SshError("malformed", "protocol error: a channel whose messages may hold 0 bytes");
  }
  return peer;
}

interface PendingWrite {
  data: Buffer;
  readonly stderr: boolean;
  readonly done: () => void;
}

/** The data that leaves by a channel: in order, and never more than the other side's window allows (RFC 4254 §5.2). */
export class ChannelWriter {
  readonly #pending: PendingWrite[] = [];
  #window: number;
  #isClosed = false;

  constructor(
    private readonly transport: SshTransport,
    private readonly peer: SshChannelPeer,
  ) {
    this.#window = peer.windowBytes;
  }

  /** Sends data as the window allows; `done` is called when all of it has gone out, or never will. */
  write(data: Buffer, stderr: boolean, done: () => void): void {
    if (this.#isClosed) {
      done();
      return;
    }
    this.#pending.push({ data, stderr, done });
    if (this.#pending.length === 1) this.#flush();
  }

  /**
   * The other side's window grew.
   *
   * @throws SshError `malformed` when it is larger than the protocol allows
   */
  grow(bytes: number): void {
    this.#window += bytes;
    if (this.#window > maxWindowBytes) {
      throw new SshError("malformed", "protocol error: the channel's window grew beyond its limit");
    }
    this.#flush();
  }

  /** Drops what has not gone out. */
  close(): void {
    this.#isClosed = true;
    for (const write of this.#pending.splice(0)) write.done();
  }

  /** What the window does not allow now waits for `grow`. */
  #flush(): void {
    for (let write = this.#pending[0]; write !== undefined; write = this.#pending[0]) {
      while (write.data.length > 0 && this.#window > 0) this.#send(write);
      if (write.data.length > 0) return;
      this.#pending.shift();
      // A fast writer waits for the network here, not in our memory.
      this.transport.whenWritable(write.done);
    }
  }

  #send(write: PendingWrite): void {
    const piece = write.data.subarray(0, Math.min(this.#window, this.peer.maxPacketBytes, maxPacketBytes));
    write.data = write.data.subarray(piece.length);
    this.#window -= piece.length;
    const type = write.stderr ? message.channelExtendedData : message.channelData;
    const writer = new WireWriter().byte(type).uint32(this.peer.channel);
    if (write.stderr) writer.uint32(stderrType);
    this.transport.send(writer.string(piece).done());
  }
}
