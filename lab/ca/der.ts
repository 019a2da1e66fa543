import { asn1 } from "node-forge";

/** One value in DER, before it is written. node-forge can write any, but cannot sign or read EC keys: those stay with node:crypto. */
export type Der = asn1.Asn1;

const universal = asn1.Class.UNIVERSAL;
const contextSpecific = asn1.Class.CONTEXT_SPECIFIC;

const binary = (bytes: Buffer) => bytes.toString("binary");

/** The bytes of a value. */
export function derBytes(value: Der): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), "binary");
}

/** A value that was written elsewhere, such as a public key by node:crypto. */
export function derFrom(bytes: Buffer): Der {
  return asn1.fromDer(binary(bytes));
}

/** SEQUENCE. */
export function sequence(...items: readonly Der[]): Der {
  return asn1.create(universal, asn1.Type.SEQUENCE, true, [...items]);
}

/** SET OF: DER puts the elements in the order of their bytes. */
export function setOf(...items: readonly Der[]): Der {
  const sorted = items
    .map((item) => ({ item, bytes: derBytes(item) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  return asn1.create(
    universal,
    asn1.Type.SET,
    true,
    sorted.map(({ item }) => item),
  );
}

/** OBJECT IDENTIFIER, from its dotted form. */
export function objectIdentifier(dotted: string): Der {
  return asn1.create(universal, asn1.Type.OID, false, asn1.oidToDer(dotted).getBytes());
}

/** INTEGER of a positive number in big-endian bytes. */
export function positiveInteger(bytes: Buffer): Der {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  const padded = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
  return asn1.create(universal, asn1.Type.INTEGER, false, binary(padded));
}

/** BOOLEAN TRUE. */
export function yes(): Der {
  return asn1.create(universal, asn1.Type.BOOLEAN, false, "\xff");
}

/** NULL. */
export function nothing(): Der {
  return asn1.create(universal, asn1.Type.NULL, false, "");
}

/** OCTET STRING. */
export function octets(bytes: Buffer): Der {
  return asn1.create(universal, asn1.Type.OCTETSTRING, false, binary(bytes));
}

/** BIT STRING; `unused` bits at the end do not count. */
export function bits(bytes: Buffer, unused = 0): Der {
  return asn1.create(universal, asn1.Type.BITSTRING, false, String.fromCharCode(unused) + binary(bytes));
}

/** PrintableString where the text allows it, else UTF8String, as Go's encoder chooses. */
export function text(value: string): Der {
  const type = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value) ? asn1.Type.PRINTABLESTRING : asn1.Type.UTF8;
  return asn1.create(universal, type, false, binary(Buffer.from(value, "utf8")));
}

/** UTCTime up to 2049, GeneralizedTime later (RFC 5280 §4.1.2.5); whole seconds. */
export function time(at: Date): Der {
  const digits = at.toISOString().replace(/[-:T]/g, "").slice(0, 14);
  if (at.getUTCFullYear() >= 2050) return asn1.create(universal, asn1.Type.GENERALIZEDTIME, false, `${digits}Z`);
  return asn1.create(universal, asn1.Type.UTCTIME, false, `${digits.slice(2)}Z`);
}

/** `[n] EXPLICIT`. */
export function explicit(tag: number, ...items: readonly Der[]): Der {
  return asn1.create(contextSpecific, tag, true, [...items]);
}

/** `[n] IMPLICIT` of a value that is not constructed. */
export function implicit(tag: number, bytes: Buffer): Der {
  return asn1.create(contextSpecific, tag, false, binary(bytes));
}
