import { SshError } from "./ssh-error";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the data types of RFC 4251 §5 from untrusted bytes.
 *
 * Every method throws SshError `malformed` when the bytes end early; no length is believed before it was compared
 * with what is there, so a length of 4 GiB costs nothing.
 */
export class WireReader {
  #offset = 0;

  constructor(
    private readonly bytes: Buffer,
    /** What is being read, for the error text: such as `certificate`. */
    private readonly what: string,
  ) {}

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.bytes.length - this.#offset;
  }

  raw(length: number): Buffer {
    if (length > this.remaining) {
      throw new SshError("malformed", `short read: ${this.what} ends ${length - this.remaining} bytes early`);
    }
    this.#offset += length;
    return this.bytes.subarray(this.#offset - length, this.#offset);
  }

  byte(): number {
    return this.raw(1).readUInt8();
  }

  boolean(): boolean {
    return this.byte() !== 0;
  }

  uint32(): number {
    return this.raw(4).readUInt32BE();
  }

  uint64(): bigint {
    return this.raw(8).readBigUInt64BE();
  }

  string(): Buffer {
    return this.raw(this.uint32());
  }

  /** A string that has to be UTF-8. */
  text(): string {
    const bytes = this.string();
    try {
      return utf8.decode(bytes);
    } catch (cause) {
      throw new SshError("malformed", `${this.what} holds text that is not UTF-8`, { cause });
    }
  }

  /** A multiple precision integer that must not be negative, without leading zero bytes. */
  unsignedMpint(): Buffer {
    const bytes = this.string();
    const first = bytes[0] ?? 0;
    if (first >= 0x80) {
      throw new SshError("malformed", `${this.what} holds a negative number`);
    }
    return first === 0 ? bytes.subarray(1) : bytes;
  }

  rest(): Buffer {
    return this.raw(this.remaining);
  }

  /** Asserts that everything was read. */
  end(): void {
    if (this.remaining > 0) {
      throw new SshError("malformed", `${this.remaining} bytes behind the end of ${this.what}`);
    }
  }
}

/** Builds messages of the data types of RFC 4251 §5; each method adds one value and returns the writer. */
export class WireWriter {
  readonly #parts: Buffer[] = [];

  raw(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }

  byte(value: number): this {
    return this.raw(Buffer.of(value));
  }

  boolean(value: boolean): this {
    return this.byte(value ? 1 : 0);
  }

  uint32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return this.raw(bytes);
  }

  uint64(value: bigint): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(value);
    return this.raw(bytes);
  }

  string(value: Buffer | string): this {
    const bytes = typeof value === "string" ? Buffer.from(value) : value;
    return this.uint32(bytes.length).raw(bytes);
  }

  /** A non-negative integer, given as big-endian bytes. */
  unsignedMpint(value: Buffer): this {
    let start = 0;
    while (start < value.length && value[start] === 0) start += 1;
    const magnitude = value.subarray(start);
    const needsSignByte = (magnitude[0] ?? 0) >= 0x80;
    return this.string(needsSignByte ? Buffer.concat([Buffer.of(0), magnitude]) : magnitude);
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
