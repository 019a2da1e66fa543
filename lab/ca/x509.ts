import type { KeyObject } from "node:crypto";
import { createHash, createPublicKey, sign } from "node:crypto";
import { isIP } from "node:net";

import type { Der } from "./der";
import {
  bits,
  derBytes,
  derFrom,
  explicit,
  implicit,
  nothing,
  objectIdentifier,
  octets,
  positiveInteger,
  sequence,
  time,
  yes,
} from "./der";
import type { Name } from "./name";
import { nameToDer } from "./name";

/** An X.509 authority: its name and its key. */
export interface X509Issuer {
  readonly name: Name;
  readonly privateKey: KeyObject;
}

/** What a certificate shall say. */
export interface X509Request {
  readonly subject: Name;
  readonly publicKey: KeyObject;
  /** 16 random bytes or so; the first bit does not count. */
  readonly serialNumber: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** An authority may sign certificates and nothing else. */
  readonly authority?: boolean;
  /** DNS names and IP addresses. */
  readonly names?: readonly string[];
}

const keyUsage = { certSignAndCrlSign: 0x06, digitalSignatureAndKeyEncipherment: 0xa0 } as const;
const extendedKeyUsage = { serverAuth: "1.3.6.1.5.5.7.3.1", clientAuth: "1.3.6.1.5.5.7.3.2" } as const;

/**
 * Signs a certificate; answers PEM.
 *
 * @throws Error for a signing key that is neither RSA nor EC
 */
export function issueX509(issuer: X509Issuer, request: X509Request): string {
  const algorithm = signatureAlgorithm(issuer.privateKey);
  const serialNumber = Buffer.from(request.serialNumber);
  serialNumber[0] = (serialNumber[0] ?? 0) & 0x7f;
  const toBeSigned = sequence(
    explicit(0, positiveInteger(Buffer.of(2))),
    positiveInteger(serialNumber),
    algorithm,
    nameToDer(issuer.name),
    sequence(time(request.notBefore), time(request.notAfter)),
    nameToDer(request.subject),
    derFrom(publicKeyInfo(request.publicKey)),
    explicit(3, sequence(...extensions(issuer, request))),
  );
  const signature = sign("sha256", derBytes(toBeSigned), issuer.privateKey);
  return pem("CERTIFICATE", derBytes(sequence(toBeSigned, algorithm, bits(signature))));
}

/** SubjectPublicKeyInfo of a key; of a private one, its public half. */
export function publicKeyInfo(key: KeyObject): Buffer {
  return (key.type === "private" ? createPublicKey(key) : key).export({ type: "spki", format: "der" });
}

function signatureAlgorithm(key: KeyObject): Der {
  if (key.asymmetricKeyType === "rsa") return sequence(objectIdentifier("1.2.840.113549.1.1.11"), nothing());
  if (key.asymmetricKeyType === "ec") return sequence(objectIdentifier("1.2.840.10045.4.3.2"));
  throw new Error(
    `the lab signs certificates with RSA and EC keys, not with ${key.asymmetricKeyType}: a bug of the lab`,
  );
}

function extensions(issuer: X509Issuer, request: X509Request): Der[] {
  const usage = request.authority ? keyUsage.certSignAndCrlSign : keyUsage.digitalSignatureAndKeyEncipherment;
  const list = [
    extension("2.5.29.15", bits(Buffer.of(usage), trailingZeros(usage)), true),
    extension("2.5.29.19", request.authority ? sequence(yes()) : sequence(), true),
    extension("2.5.29.14", octets(keyIdentifier(request.publicKey))),
    extension("2.5.29.35", sequence(implicit(0, keyIdentifier(issuer.privateKey)))),
  ];
  if (!request.authority) {
    list.push(extension("2.5.29.37", sequence(...Object.values(extendedKeyUsage).map(objectIdentifier))));
  }
  if (request.names !== undefined && request.names.length > 0) {
    list.push(extension("2.5.29.17", sequence(...request.names.map(alternativeName))));
  }
  return list;
}

function extension(oid: string, value: Der, critical = false): Der {
  const content = octets(derBytes(value));
  return critical ? sequence(objectIdentifier(oid), yes(), content) : sequence(objectIdentifier(oid), content);
}

/** DER writes named bits without the zeros at their end. */
function trailingZeros(byte: number): number {
  return Math.max(0, 31 - Math.clz32(byte & -byte));
}

/** RFC 5280 §4.2.1.2, method 1 in spirit: a hash that tells keys apart, not a security measure. */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash("sha1").update(publicKeyInfo(key)).digest();
}

function alternativeName(name: string): Der {
  if (isIP(name) === 4) return implicit(7, Buffer.from(name.split(".").map(Number)));
  if (isIP(name) !== 0) throw new Error(`the lab certifies no IPv6 addresses such as ${name}`);
  return implicit(2, Buffer.from(name, "ascii"));
}

/** DER as PEM, with the line end after the last line. */
export function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
