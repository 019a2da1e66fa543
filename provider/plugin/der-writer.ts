// The few ASN.1 values that a self-signed certificate needs, in DER. Source: ITU-T X.690.

/** One value: tag, length, content. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthBytes(content.length), content]);
}

export function sequence(...values: readonly Uint8Array[]): Buffer {
  return der(0x30, ...values);
}

export function set(...values: readonly Uint8Array[]): Buffer {
  return der(0x31, ...values);
}

/** A context-specific, constructed value: `[number]`. */
export function explicit(number: number, ...values: readonly Uint8Array[]): Buffer {
  return der(0xa0 | number, ...values);
}

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  const from = bytes.findIndex((byte) => byte !== 0);
  const magnitude = from < 0 ? Uint8Array.of(0) : bytes.subarray(from);
  return der(0x02, (magnitude[0] as number) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(0), magnitude);
}

export function boolean(value: boolean): Buffer {
  return der(0x01, Uint8Array.of(value ? 0xff : 0));
}

/** An object identifier from its dotted text. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(0x06, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]));
}

export function utf8String(text: string): Buffer {
  return der(0x0c, Buffer.from(text, "utf8"));
}

export function octetString(bytes: Uint8Array): Buffer {
  return der(0x04, bytes);
}

/** Bits that fill whole bytes, but for so many at the end. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return der(0x03, Uint8Array.of(unusedBits), bytes);
}

/** A time of a certificate: two-digit years up to 2049, four digits from then on. Source: RFC 5280, section 4.1.2.5. */
export function time(date: Date): Buffer {
  const text = `${date.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

function lengthBytes(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  return Buffer.from([0x82, length >> 8, length & 0xff]);
}
