import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { SshError } from "./ssh-error";
import { WireReader, WireWriter } from "./wire";

/** The key types of the lab's clusters; the name is also the signature algorithm, except for RSA (RFC 8332). */
export type SshKeyType =
  | "ssh-ed25519"
  | "ecdsa-sha2-nistp256"
  | "ecdsa-sha2-nistp384"
  | "ecdsa-sha2-nistp521"
  | "ssh-rsa";

/** A public key, in the form of the wire and in Node's. */
export interface SshPublicKey {
  readonly type: SshKeyType;
  /** RFC 4253 §6.6: the type and the numbers of the key. */
  readonly blob: Buffer;
  readonly keyObject: KeyObject;
}

/** A curve as SSH (RFC 5656), JSON web keys and the bytes of a coordinate know it. */
const curves = {
  "ecdsa-sha2-nistp256": { ssh: "nistp256", jwk: "P-256", bytes: 32 },
  "ecdsa-sha2-nistp384": { ssh: "nistp384", jwk: "P-384", bytes: 48 },
  "ecdsa-sha2-nistp521": { ssh: "nistp521", jwk: "P-521", bytes: 66 },
} as const;

const ed25519KeyBytes = 32;
/** As x/crypto/ssh: a larger exponent or modulus only wastes the verifier's time. */
const maxRsaModulusBytes = 2048;
const maxRsaExponentBytes = 3;

/** Tells whether a name from the wire is a key type that the lab knows. */
export function isSshKeyType(name: string): name is SshKeyType {
  return name === "ssh-ed25519" || name === "ssh-rsa" || Object.hasOwn(curves, name);
}

/** Bytes of one coordinate of an ECDSA key; `undefined` for the other types. */
export function ecdsaCoordinateBytes(type: SshKeyType): number | undefined {
  return type in curves ? curves[type as keyof typeof curves].bytes : undefined;
}

/**
 * Reads the numbers of a public key, which follow its type on the wire and inside a certificate.
 *
 * @throws SshError `malformed` when they are not a key of that type, such as a point that is not on the curve
 */
export function readPublicKeyBody(type: SshKeyType, reader: WireReader): SshPublicKey {
  const jwk =
    type === "ssh-ed25519" ? readEd25519(reader) : type === "ssh-rsa" ? readRsa(reader) : readEcdsa(type, reader);
  try {
    return publicKeyFromKeyObject(createPublicKey({ key: jwk, format: "jwk" }));
  } catch (cause) {
    throw new SshError("malformed", `not a valid ${type} public key`, { cause });
  }
}

function readEd25519(reader: WireReader) {
  const x = reader.string();
  if (x.length !== ed25519KeyBytes) {
    throw new SshError("malformed", `invalid size ${x.length} for Ed25519 public key`);
  }
  return { kty: "OKP", crv: "Ed25519", x: x.toString("base64url") };
}

function readRsa(reader: WireReader) {
  const e = reader.unsignedMpint();
  const n = reader.unsignedMpint();
  if (e.length > maxRsaExponentBytes || n.length > maxRsaModulusBytes) {
    throw new SshError("malformed", "RSA public key is too large");
  }
  return { kty: "RSA", e: e.toString("base64url"), n: n.toString("base64url") };
}

function readEcdsa(type: keyof typeof curves, reader: WireReader) {
  const curve = curves[type];
  const name = reader.text();
  const point = reader.string();
  if (name !== curve.ssh || point.length !== 1 + 2 * curve.bytes || point[0] !== 4) {
    throw new SshError("malformed", `not a valid ${type} public key`);
  }
  return {
    kty: "EC",
    crv: curve.jwk,
    x: point.subarray(1, 1 + curve.bytes).toString("base64url"),
    y: point.subarray(1 + curve.bytes).toString("base64url"),
  };
}

/**
 * The public key in a blob of the wire.
 *
 * @throws SshError `malformed` when the blob is not exactly one key of a known type
 */
export function parsePublicKey(blob: Buffer): SshPublicKey {
  const reader = new WireReader(blob, "public key");
  const type = reader.text();
  if (!isSshKeyType(type)) {
    throw new SshError("malformed", `unknown key algorithm: ${type}`);
  }
  const key = readPublicKeyBody(type, reader);
  reader.end();
  return key;
}

/**
 * The SSH form of one of Node's keys; of a private key, its public half.
 *
 * @throws SshError `malformed` for a kind of key that SSH or the lab does not use
 */
export function publicKeyFromKeyObject(key: KeyObject): SshPublicKey {
  const keyObject = key.type === "private" ? createPublicKey(key) : key;
  const jwk = keyObject.export({ format: "jwk" });
  const number = (value: string | undefined) => Buffer.from(value ?? "", "base64url");
  if (jwk.kty === "OKP" && jwk.crv === "Ed25519") {
    return {
      type: "ssh-ed25519",
      blob: new WireWriter().string("ssh-ed25519").string(number(jwk.x)).done(),
      keyObject,
    };
  }
  if (jwk.kty === "RSA") {
    const writer = new WireWriter().string("ssh-rsa").unsignedMpint(number(jwk.e)).unsignedMpint(number(jwk.n));
    return { type: "ssh-rsa", blob: writer.done(), keyObject };
  }
  for (const [type, curve] of Object.entries(curves)) {
    if (jwk.kty === "EC" && jwk.crv === curve.jwk) {
      const point = Buffer.concat([Buffer.of(4), number(jwk.x), number(jwk.y)]);
      const blob = new WireWriter().string(type).string(curve.ssh).string(point).done();
      return { type: type as keyof typeof curves, blob, keyObject };
    }
  }
  throw new SshError("malformed", `SSH has no keys of kind ${keyObject.asymmetricKeyType} (${jwk.crv ?? jwk.kty})`);
}

/** Tells whether two keys are the same. */
export function isSameKey(a: SshPublicKey, b: SshPublicKey): boolean {
  return a.blob.equals(b.blob);
}

/** `SHA256:…` as `ssh-keygen -l` prints it. */
export function fingerprint(key: SshPublicKey): string {
  return `SHA256:${createHash("sha256").update(key.blob).digest("base64").replace(/=+$/, "")}`;
}

/** One line of an authorized_keys or known_hosts file, without the end of line. */
export function authorizedKey(key: SshPublicKey, comment = ""): string {
  return `${key.type} ${key.blob.toString("base64")}${comment === "" ? "" : ` ${comment}`}`;
}

/**
 * The bytes in an authorized_keys line, of a key or a certificate; nothing in them is checked except their type.
 *
 * @throws SshError `malformed` when it is not `type base64 [comment]`, or the text and the bytes name different types
 */
export function parseKeyLine(line: string): { readonly type: string; readonly blob: Buffer; readonly comment: string } {
  const [type = "", base64 = "", ...comment] = line.trim().split(/[ \t]+/);
  if (type === "" || base64 === "") {
    throw new SshError("malformed", "no key found");
  }
  const blob = Buffer.from(base64, "base64");
  if (blob.toString("base64") !== base64 || blob.length === 0) {
    throw new SshError("malformed", "illegal base64 data in a key line");
  }
  const inner = new WireReader(blob, "key line").text();
  if (inner !== type) {
    throw new SshError("malformed", `the text says ${type}, the bytes say ${inner}`);
  }
  return { type, blob, comment: comment.join(" ") };
}

/**
 * The public key in an authorized_keys line.
 *
 * @throws SshError `malformed` when the line does not hold a plain key of a known type
 */
export function parseAuthorizedKey(line: string): SshPublicKey {
  return parsePublicKey(parseKeyLine(line).blob);
}
