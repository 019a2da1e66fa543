import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";

/**
 * Reads a private key in any form that Teleport writes: PKCS#1, PKCS#8, SEC 1 (`EC PRIVATE KEY`), OpenSSH.
 *
 * @throws Error that says why the key cannot be used, without any part of it
 */
export function parsePrivateKey(pem: string): KeyObject {
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem)?.[1];
  if (label === undefined) throw new Error("it is not PEM");
  if (label === "OPENSSH PRIVATE KEY") return createPrivateKey({ key: opensshToJwk(pem), format: "jwk" });
  if (label.startsWith("PIV ")) throw new Error("the key is on a hardware token (PIV), which only tsh can use");
  if (label.startsWith("ENCRYPTED") || pem.includes("Proc-Type: 4,ENCRYPTED")) {
    throw new Error("the key is encrypted; it must be readable without a passphrase");
  }
  if (!label.endsWith("PRIVATE KEY")) throw new Error(`it is a "${label}", not a private key`);
  try {
    return createPrivateKey(pem);
  } catch {
    // OpenSSL's own text names decoder routines, which help nobody.
    throw new Error(`its "${label}" block cannot be decoded`);
  }
}

/** Walks the length-prefixed fields of OpenSSH's formats. */
class SshReader {
  private at = 0;
  constructor(private readonly bytes: Buffer) {}

  number(): number {
    const value = this.bytes.readUInt32BE(this.at);
    this.at += 4;
    return value;
  }

  field(): Buffer {
    const length = this.number();
    if (this.at + length > this.bytes.length) throw new Error("its OpenSSH block is cut off");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    return this.field().toString("latin1");
  }

  /** An unsigned integer; SSH puts a zero byte before a set top bit, JWK does not. */
  integer(): Buffer {
    const bytes = this.field();
    return bytes[0] === 0 ? bytes.subarray(1) : bytes;
  }
}

const opensshMagic = Buffer.from("openssh-key-v1\0", "latin1");

/** OpenSSH's PROTOCOL.key: magic, cipher, kdf, options, count, public key, private section (check, check, key, comment). */
function opensshToJwk(pem: string): JsonWebKey {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/.exec(pem)?.[1];
  const bytes = Buffer.from(body ?? "", "base64");
  if (!bytes.subarray(0, opensshMagic.length).equals(opensshMagic))
    throw new Error("its OpenSSH block cannot be decoded");
  try {
    const outer = new SshReader(bytes.subarray(opensshMagic.length));
    if (outer.text() !== "none") throw new Error("the key is encrypted; it must be readable without a passphrase");
    outer.field();
    outer.field();
    if (outer.number() !== 1) throw new Error("its OpenSSH block holds several keys");
    outer.field();
    return privateSection(new SshReader(outer.field()));
  } catch (error) {
    if (error instanceof RangeError) throw new Error("its OpenSSH block is cut off");
    throw error;
  }
}

function privateSection(reader: SshReader): JsonWebKey {
  const [check, again] = [reader.number(), reader.number()];
  if (check !== again) throw new Error("its OpenSSH block is damaged");
  const type = reader.text();
  switch (type) {
    case "ssh-rsa":
      return rsaJwk(reader);
    case "ssh-ed25519":
      return ed25519Jwk(reader);
    case "ecdsa-sha2-nistp256":
    case "ecdsa-sha2-nistp384":
    case "ecdsa-sha2-nistp521":
      return ecdsaJwk(reader);
    default:
      throw new Error(`its key type "${type}" is not supported`);
  }
}

function base64url(bytes: Buffer): string {
  return bytes.toString("base64url");
}

function ed25519Jwk(reader: SshReader): JsonWebKey {
  const publicKey = reader.field();
  const seed = reader.field().subarray(0, 32);
  return { kty: "OKP", crv: "Ed25519", x: base64url(publicKey), d: base64url(seed) };
}

function ecdsaJwk(reader: SshReader): JsonWebKey {
  const curve = reader.text();
  const point = reader.field();
  const size = (point.length - 1) / 2;
  const secret = reader.integer();
  const padded = Buffer.concat([Buffer.alloc(Math.max(0, size - secret.length)), secret]);
  return {
    kty: "EC",
    crv: curve.replace("nistp", "P-"),
    x: base64url(point.subarray(1, 1 + size)),
    y: base64url(point.subarray(1 + size)),
    d: base64url(padded),
  };
}

function rsaJwk(reader: SshReader): JsonWebKey {
  const [n, e, d, qi, p, q] = [reader, reader, reader, reader, reader, reader].map((each) => each.integer());
  const exponent = toBigInt(d!);
  const bytesOf = (value: bigint) => base64url(fromBigInt(value));
  return {
    kty: "RSA",
    n: base64url(n!),
    e: base64url(e!),
    d: base64url(d!),
    p: base64url(p!),
    q: base64url(q!),
    dp: bytesOf(exponent % (toBigInt(p!) - 1n)),
    dq: bytesOf(exponent % (toBigInt(q!) - 1n)),
    qi: base64url(qi!),
  };
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

function fromBigInt(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}
