import { isUtf8 } from "node:buffer";
import { ValueError } from "./value-error";

/** Ends where the bytes end: every read checks, so hostile lengths cost nothing. */
export class MsgpackReader {
  position = 0;
  readonly bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get atEnd(): boolean {
    return this.position === this.bytes.length;
  }

  /** The next byte, not yet read. */
  peek(): number {
    const byte = this.bytes[this.position];
    if (byte === undefined) throw cutShort();
    return byte;
  }

  byte(): number {
    const byte = this.peek();
    this.position++;
    return byte;
  }

  /** Whether these very bytes come next; if so they are read. */
  matches(expected: Uint8Array): boolean {
    const { bytes, position } = this;
    const { length } = expected;
    if (position + length > bytes.length) return false;
    for (let i = 0; i < length; i++) if (bytes[position + i] !== expected[i]) return false;
    this.position = position + length;
    return true;
  }

  /** The length of the text or binary that comes next, or -1 when something else comes. */
  textLength(): number {
    const tag = this.byte();
    if (tag >= 0xa0 && tag <= 0xbf) return tag & 0x1f;
    if (tag === 0xd9 || tag === 0xc4) return this.unsigned(1);
    if (tag === 0xda || tag === 0xc5) return this.unsigned(2);
    if (tag === 0xdb || tag === 0xc6) return this.unsigned(4);
    this.position--;
    return -1;
  }

  arrayLength(): number {
    const tag = this.byte();
    if (tag >= 0x90 && tag <= 0x9f) return tag & 0x0f;
    if (tag === 0xdc) return this.unsigned(2);
    if (tag === 0xdd) return this.unsigned(4);
    this.position--;
    return -1;
  }

  mapLength(): number {
    const tag = this.byte();
    if (tag >= 0x80 && tag <= 0x8f) return tag & 0x0f;
    if (tag === 0xde) return this.unsigned(2);
    if (tag === 0xdf) return this.unsigned(4);
    this.position--;
    return -1;
  }

  /** So many bytes as text in normal form C. */
  text(length: number): string {
    const { bytes, position } = this;
    if (position + length > bytes.length) throw cutShort();
    this.position += length;
    if (length <= 24) {
      const ascii = shortAscii(bytes, position, length);
      if (ascii !== undefined) return ascii;
    }
    const text = bytes.toString("utf8", position, position + length);
    // A replacement character is either in the bytes or stands for bytes that are no text.
    if (text.includes("\ufffd") && !isUtf8(bytes.subarray(position, position + length))) {
      throw new ValueError("the text is not UTF-8");
    }
    return text.length === length ? text : text.normalize("NFC");
  }

  take(length: number): Buffer {
    if (this.position + length > this.bytes.length) throw cutShort();
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  unsigned(size: 1 | 2 | 4): number {
    return this.take(size).readUIntBE(0, size);
  }

  /** The payload of the extension that comes next and its type, or `undefined` when something else comes. */
  extension(): { readonly type: number; readonly payload: Buffer } | undefined {
    const tag = this.byte();
    let length: number;
    if (tag >= 0xd4 && tag <= 0xd8) length = 1 << (tag - 0xd4);
    else if (tag >= 0xc7 && tag <= 0xc9) length = this.unsigned((1 << (tag - 0xc7)) as 1 | 2 | 4);
    else {
      this.position--;
      return undefined;
    }
    return { type: this.take(1).readInt8(0), payload: this.take(length) };
  }

  /** Passes over one value of any form. */
  skip(): void {
    let pending = 1;
    while (pending > 0) {
      pending--;
      pending += this.#skipOne();
    }
  }

  /** Passes over a scalar, or a header: answers how many values the header announces. */
  #skipOne(): number {
    const tag = this.byte();
    if (tag <= 0x7f || tag >= 0xe0 || tag === 0xc0 || tag === 0xc2 || tag === 0xc3) return 0;
    if (tag <= 0x8f) return (tag & 0x0f) * 2;
    if (tag <= 0x9f) return tag & 0x0f;
    if (tag <= 0xbf) this.take(tag & 0x1f);
    else if (tag >= 0xc4 && tag <= 0xc6) this.take(this.unsigned((1 << (tag - 0xc4)) as 1 | 2 | 4));
    else if (tag >= 0xc7 && tag <= 0xc9) this.take(this.unsigned((1 << (tag - 0xc7)) as 1 | 2 | 4) + 1);
    else if (tag >= 0xd9 && tag <= 0xdb) this.take(this.unsigned((1 << (tag - 0xd9)) as 1 | 2 | 4));
    else if (tag >= 0xd4 && tag <= 0xd8) this.take((1 << (tag - 0xd4)) + 1);
    else if (tag === 0xdc) return this.unsigned(2);
    else if (tag === 0xdd) return this.unsigned(4);
    else if (tag === 0xde) return this.unsigned(2) * 2;
    else if (tag === 0xdf) return this.unsigned(4) * 2;
    else if (tag === 0xc1) throw new ValueError("byte c1 begins no value");
    else this.take(FIXED_SIZE[tag] as number);
    return 0;
  }
}

/** Bytes behind the tag: floats, unsigned and signed integers. */
const FIXED_SIZE: Readonly<Record<number, number>> = {
  202: 4,
  203: 8,
  204: 1,
  205: 2,
  206: 4,
  207: 8,
  208: 1,
  209: 2,
  210: 4,
  211: 8,
};

function shortAscii(bytes: Buffer, start: number, length: number): string | undefined {
  let text = "";
  for (let i = start; i < start + length; i++) {
    const byte = bytes[i] as number;
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** The error for bytes that end inside a value. */
export function cutShort(): ValueError {
  return new ValueError("the bytes end too early");
}
