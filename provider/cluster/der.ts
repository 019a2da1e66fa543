/** One ASN.1 value in DER: its tag byte and its content. */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
}

/**
 * Splits DER bytes into the values that stand one after another.
 *
 * Only what certificate names need: tags of one byte, definite lengths up to 2^24.
 *
 * @throws RangeError when a value goes past the end or has a form that DER does not allow
 */
export function readDer(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes.readUInt8(at);
    const { length, size } = readLength(bytes, at + 1);
    const start = at + 1 + size;
    const end = start + length;
    if (end > bytes.length) throw new RangeError("an ASN.1 value goes past the end");
    values.push({ tag, content: bytes.subarray(start, end) });
    at = end;
  }
  return values;
}

function readLength(bytes: Buffer, at: number): { length: number; size: number } {
  const first = bytes.readUInt8(at);
  if (first < 0x80) return { length: first, size: 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 3) throw new RangeError("an ASN.1 length has a form that is not used in certificates");
  return { length: bytes.readUIntBE(at + 1, count), size: 1 + count };
}

/** The dotted text of an object identifier's content bytes. */
export function oidText(content: Buffer): string {
  const parts: number[] = [];
  let part = 0;
  for (const byte of content) {
    part = part * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (parts.length === 0) {
      const first = Math.min(Math.floor(part / 40), 2);
      parts.push(first, part - first * 40);
    } else {
      parts.push(part);
    }
    part = 0;
  }
  return parts.join(".");
}
