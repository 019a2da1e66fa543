import { GrpcError, GrpcStatus, protocolError } from "./status";

/** One byte for "compressed", four for the length. Source: gRPC over HTTP/2, "Length-Prefixed-Message". */
const prefixBytes = 5;

/** What an unfinished message first reserves: a peer that announces much and sends little costs no more than this. */
const firstReserveBytes = 64 * 1024;

/** A message as it goes over the wire, uncompressed. */
export function frameMessage(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(prefixBytes + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, prefixBytes);
  return frame;
}

/**
 * Cuts a byte stream into messages, wherever its chunks begin and end.
 *
 * Memory grows with what has arrived, never with what was announced. A message that lies within one chunk is a view
 * of that chunk, not a copy.
 */
export class FrameReader {
  private readonly prefix = Buffer.alloc(prefixBytes);
  private prefixFilled = 0;
  private length = 0;
  private body: Buffer | undefined;
  private bodyFilled = 0;

  constructor(private readonly maxMessageBytes: number) {}

  /** Whether a message has begun and not ended. */
  get isInsideMessage(): boolean {
    return this.prefixFilled > 0;
  }

  /**
   * The messages that this chunk completes.
   *
   * @throws GrpcError RESOURCE_EXHAUSTED when a message is longer than allowed, told from its prefix alone
   * @throws GrpcError INTERNAL when a message is marked as compressed, or in a way that gRPC does not have
   */
  push(chunk: Buffer): Uint8Array[] {
    const messages: Uint8Array[] = [];
    let offset = 0;
    while (offset < chunk.length) {
      const took = this.body === undefined ? this.takePrefix(chunk, offset, messages) : this.takeBody(chunk, offset);
      offset += took;
      if (this.body !== undefined && this.bodyFilled === this.length) this.finish(this.body, messages);
    }
    return messages;
  }

  private takePrefix(chunk: Buffer, offset: number, messages: Uint8Array[]): number {
    const taken = chunk.copy(this.prefix, this.prefixFilled, offset, offset + prefixBytes - this.prefixFilled);
    this.prefixFilled += taken;
    if (this.prefixFilled < prefixBytes) return taken;
    this.length = this.announcedLength();
    const start = offset + taken;
    if (chunk.length - start >= this.length) {
      messages.push(chunk.subarray(start, start + this.length));
      this.prefixFilled = 0;
      return taken + this.length;
    }
    this.body = Buffer.allocUnsafe(Math.min(this.length, firstReserveBytes));
    this.bodyFilled = 0;
    return taken;
  }

  private takeBody(chunk: Buffer, offset: number): number {
    const end = Math.min(chunk.length, offset + this.length - this.bodyFilled);
    const body = this.reserve(this.bodyFilled + end - offset);
    this.bodyFilled += chunk.copy(body, this.bodyFilled, offset, end);
    return end - offset;
  }

  /** The body's buffer, at least this long; doubling keeps the copies linear in what has arrived. */
  private reserve(bytes: number): Buffer {
    const body = this.body as Buffer;
    if (body.length >= bytes) return body;
    const larger = Buffer.allocUnsafe(Math.min(this.length, Math.max(bytes, body.length * 2)));
    body.copy(larger, 0, 0, this.bodyFilled);
    this.body = larger;
    return larger;
  }

  private finish(body: Buffer, messages: Uint8Array[]): void {
    messages.push(body.subarray(0, this.length));
    this.body = undefined;
    this.prefixFilled = 0;
  }

  private announcedLength(): number {
    const flag = this.prefix[0];
    if (flag === 1) throw protocolError("the message is compressed, though no compression was offered");
    if (flag !== 0) throw protocolError(`the message begins with ${flag}, where only 0 and 1 have a meaning`);
    const length = this.prefix.readUInt32BE(1);
    if (length > this.maxMessageBytes) {
      throw new GrpcError(
        GrpcStatus.RESOURCE_EXHAUSTED,
        `the message has ${length} bytes; at most ${this.maxMessageBytes} are taken`,
      );
    }
    return length;
  }
}
