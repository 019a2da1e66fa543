import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

import {
  bitString,
  boolean,
  der,
  explicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from "./der-writer";

const oids = {
  commonName: "2.5.4.3",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  basicConstraints: "2.5.29.19",
  keyUsage: "2.5.29.15",
  extendedKeyUsage: "2.5.29.37",
  subjectAltName: "2.5.29.17",
  subjectKeyIdentifier: "2.5.29.14",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;

/** A key and the certificate that it signed for itself. */
export interface SelfSigned {
  readonly privateKey: KeyObject;
  readonly certificate: Buffer;
}

/** Clocks of one machine agree, but hosts refuse a certificate of the future; go-plugin takes the same 30 s. */
const backdateMs = 30_000;

/** A provider process lives for minutes; a debugged one perhaps for days. */
const lifetimeMs = 365 * 24 * 3_600_000;

/**
 * Makes a P-256 key and a certificate for `localhost`, which is the name that a go-plugin host asks for.
 *
 * By hand, because a library costs 12 to 43 ms of every start. The certificate is its own trust anchor: the host gets it
 * whole in the handshake line.
 *
 * @param nowMs epoch milliseconds
 * @param serial random bytes, at most 20
 */
export function createSelfSigned(nowMs: number, serial: Uint8Array): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(objectIdentifier(oids.ecdsaWithSha256));
  const name = sequence(set(sequence(objectIdentifier(oids.commonName), utf8String("localhost"))));
  const spki = publicKey.export({ type: "spki", format: "der" });
  const toBeSigned = sequence(
    explicit(0, integer(Uint8Array.of(2))), // X.509 v3
    integer(serial),
    algorithm,
    name,
    sequence(time(new Date(nowMs - backdateMs)), time(new Date(nowMs + lifetimeMs))),
    name,
    spki,
    explicit(3, extensions(spki)),
  );
  const signature = sign("sha256", toBeSigned, privateKey);
  return { privateKey, certificate: sequence(toBeSigned, algorithm, bitString(signature)) };
}

function extensions(spki: Uint8Array): Buffer {
  const dnsName = der(0x82, Buffer.from("localhost"));
  return sequence(
    extension(oids.basicConstraints, sequence(boolean(true)), true),
    extension(oids.keyUsage, bitString(Uint8Array.of(0b1000_0100), 2), true), // digitalSignature, keyCertSign
    extension(oids.extendedKeyUsage, sequence(objectIdentifier(oids.serverAuth))),
    extension(oids.subjectAltName, sequence(dnsName)),
    extension(oids.subjectKeyIdentifier, octetString(createHash("sha1").update(spki).digest())),
  );
}

function extension(oid: string, value: Uint8Array, critical = false): Buffer {
  const flag = critical ? [boolean(true)] : [];
  return sequence(objectIdentifier(oid), ...flag, octetString(value));
}

/** PEM of a certificate. Lines of exactly 64: OpenSSL refuses an empty one at the end. */
export function certificatePem(certificate: Buffer): string {
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/**
 * The bytes of the first certificate of a PEM text. They are decoded, not looked at.
 *
 * @throws Error when there is none
 */
export function certificateFromPem(pem: string): Buffer {
  const [, body] = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem) ?? [];
  if (body === undefined) throw new Error("the host's certificate (PLUGIN_CLIENT_CERT) is no PEM certificate");
  return Buffer.from(body, "base64");
}
