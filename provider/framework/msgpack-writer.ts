/** Writes msgpack into one growing buffer, which is used again by the next value. */
export class MsgpackWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(4096);
  #length = 0;

  /** Copies out what was written and begins anew. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  /** Forgets what was written, after an error. */
  reset(): void {
    this.#length = 0;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  /** Bytes that are msgpack already. */
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  nil(): void {
    this.byte(0xc0);
  }

  /** An extension of one ignored byte: what Terraform writes for "unknown". */
  unknown(): void {
    this.#room(3);
    this.#bytes[this.#length++] = 0xd4;
    this.#bytes[this.#length++] = 0;
    this.#bytes[this.#length++] = 0;
  }

  bool(value: boolean): void {
    this.byte(value ? 0xc3 : 0xc2);
  }

  /** A whole number within ±2^63, in the shortest form. */
  integer(value: bigint): void {
    this.#room(9);
    if (value >= -0x80000000n && value <= 0xffffffffn) {
      this.smallInteger(Number(value));
      return;
    }
    if (value >= 0n) {
      this.#bytes[this.#length] = 0xcf;
      this.#bytes.writeBigUInt64BE(value, this.#length + 1);
    } else {
      this.#bytes[this.#length] = 0xd3;
      this.#bytes.writeBigInt64BE(value, this.#length + 1);
    }
    this.#length += 9;
  }

  /** A whole number from -2^31 to 2^32-1, in the shortest form. */
  smallInteger(value: number): void {
    if (value >= 0) {
      if (value < 0x80) this.byte(value);
      else if (value <= 0xff) this.#tagged(0xcc, value, 1);
      else if (value <= 0xffff) this.#tagged(0xcd, value, 2);
      else this.#tagged(0xce, value, 4);
    } else if (value >= -0x20) this.byte(value & 0xff);
    else if (value >= -0x80) this.#tagged(0xd0, value & 0xff, 1);
    else if (value >= -0x8000) this.#tagged(0xd1, value & 0xffff, 2);
    else this.#tagged(0xd2, value >>> 0, 4);
  }

  double(value: number): void {
    this.#room(9);
    this.#bytes[this.#length] = 0xcb;
    this.#bytes.writeDoubleBE(value, this.#length + 1);
    this.#length += 9;
  }

  /** The caller has normalised the text. */
  string(text: string): void {
    if (text.length <= 31 && this.#shortAscii(text)) return;
    const size = Buffer.byteLength(text);
    if (size <= 31) this.byte(0xa0 | size);
    else if (size <= 0xff) this.#tagged(0xd9, size, 1);
    else if (size <= 0xffff) this.#tagged(0xda, size, 2);
    else this.#tagged(0xdb, size, 4);
    this.#room(size);
    this.#bytes.write(text, this.#length, size, "utf8");
    this.#length += size;
  }

  binary(bytes: Uint8Array): void {
    if (bytes.length <= 0xff) this.#tagged(0xc4, bytes.length, 1);
    else if (bytes.length <= 0xffff) this.#tagged(0xc5, bytes.length, 2);
    else this.#tagged(0xc6, bytes.length, 4);
    this.raw(bytes);
  }

  arrayHeader(length: number): void {
    if (length <= 15) this.byte(0x90 | length);
    else if (length <= 0xffff) this.#tagged(0xdc, length, 2);
    else this.#tagged(0xdd, length, 4);
  }

  mapHeader(length: number): void {
    if (length <= 15) this.byte(0x80 | length);
    else if (length <= 0xffff) this.#tagged(0xde, length, 2);
    else this.#tagged(0xdf, length, 4);
  }

  /** Most texts are short and ASCII: a loop beats the call into the runtime. */
  #shortAscii(text: string): boolean {
    this.#room(32);
    const bytes = this.#bytes;
    const start = this.#length;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return false;
      bytes[start + 1 + i] = unit;
    }
    bytes[start] = 0xa0 | text.length;
    this.#length = start + 1 + text.length;
    return true;
  }

  #tagged(tag: number, value: number, size: 1 | 2 | 4): void {
    this.#room(1 + size);
    this.#bytes[this.#length++] = tag;
    for (let shift = (size - 1) * 8; shift >= 0; shift -= 8) this.#bytes[this.#length++] = (value >>> shift) & 0xff;
  }

  #room(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + size));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
