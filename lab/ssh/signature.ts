import { type KeyObject, sign, verify } from "node:crypto";
import { ecdsaCoordinateBytes, publicKeyFromKeyObject, type SshKeyType, type SshPublicKey } from "./public-key";
import { SshError } from "./ssh-error";
import { WireReader, WireWriter } from "./wire";

/** Signature algorithms: the key's type, and for RSA the hash is named too (RFC 8332). */
export type SshSignatureAlgorithm = Exclude<SshKeyType, "ssh-rsa"> | "rsa-sha2-256" | "rsa-sha2-512" | "ssh-rsa";

interface AlgorithmFacts {
  readonly keyType: SshKeyType;
  /** As node:crypto names it; null where the algorithm brings its own hash. */
  readonly hash: string | null;
}

const algorithms: { readonly [name in SshSignatureAlgorithm]: AlgorithmFacts } = {
  "ssh-ed25519": { keyType: "ssh-ed25519", hash: null },
  "ecdsa-sha2-nistp256": { keyType: "ecdsa-sha2-nistp256", hash: "sha256" },
  "ecdsa-sha2-nistp384": { keyType: "ecdsa-sha2-nistp384", hash: "sha384" },
  "ecdsa-sha2-nistp521": { keyType: "ecdsa-sha2-nistp521", hash: "sha512" },
  "rsa-sha2-512": { keyType: "ssh-rsa", hash: "sha512" },
  "rsa-sha2-256": { keyType: "ssh-rsa", hash: "sha256" },
  // SHA-1: read in old certificates only, never offered and never made.
  "ssh-rsa": { keyType: "ssh-rsa", hash: "sha1" },
};

/** A signature as RFC 4253 §6.6 frames it, taken apart. */
export interface SshSignature {
  readonly algorithm: string;
  /** The algorithm's own bytes: for ECDSA two numbers, otherwise the plain signature. */
  readonly bytes: Buffer;
}

/** The algorithms by which keys of this type sign here, best first. SHA-1 is not among them. */
export function signatureAlgorithms(type: SshKeyType): readonly Exclude<SshSignatureAlgorithm, "ssh-rsa">[] {
  return type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];
}

/**
 * Signs, and frames the signature for the wire.
 *
 * @param algorithm one of {@link signatureAlgorithms} of the key; the best of them when left out
 * @throws SshError `malformed` when the key cannot sign by that algorithm
 */
export function createSignature(key: KeyObject, data: Buffer, algorithm?: SshSignatureAlgorithm): Buffer {
  const { type } = publicKeyFromKeyObject(key);
  const chosen = algorithm ?? signatureAlgorithms(type)[0] ?? "ssh-ed25519";
  return new WireWriter()
    .string(chosen)
    .string(createSignatureBytes(key, data, chosen))
    .done();
}

/** As {@link createSignature}, but without the frame that names the algorithm. */
export function createSignatureBytes(key: KeyObject, data: Buffer, algorithm: SshSignatureAlgorithm): Buffer {
  const { type } = publicKeyFromKeyObject(key);
  const facts = algorithms[algorithm];
  if (facts.keyType !== type) {
    throw new SshError("malformed", `a ${type} key cannot sign with ${algorithm}`);
  }
  if (ecdsaCoordinateBytes(type) === undefined) {
    return sign(facts.hash, data, key);
  }
  const pair = sign(facts.hash, data, { key, dsaEncoding: "ieee-p1363" });
  const half = pair.length / 2;
  return new WireWriter().unsignedMpint(pair.subarray(0, half)).unsignedMpint(pair.subarray(half)).done();
}

/**
 * Takes a framed signature apart.
 *
 * @throws SshError `malformed`
 */
export function parseSignature(blob: Buffer): SshSignature {
  const reader = new WireReader(blob, "signature");
  const algorithm = reader.text();
  const bytes = reader.string();
  reader.end();
  return { algorithm, bytes };
}

/** Tells whether `key` made this signature of `data`. Anything malformed is no. */
export function isSignatureOf(key: SshPublicKey, data: Buffer, signature: SshSignature): boolean {
  const facts = Object.hasOwn(algorithms, signature.algorithm)
    ? algorithms[signature.algorithm as SshSignatureAlgorithm]
    : undefined;
  if (facts === undefined || facts.keyType !== key.type) return false;
  try {
    const coordinateBytes = ecdsaCoordinateBytes(key.type);
    if (coordinateBytes === undefined) {
      return verify(facts.hash, data, key.keyObject, signature.bytes);
    }
    const pair = readEcdsaPair(signature.bytes, coordinateBytes);
    return verify(facts.hash, data, { key: key.keyObject, dsaEncoding: "ieee-p1363" }, pair);
  } catch {
    return false;
  }
}

/** The two numbers of an ECDSA signature (RFC 5656 §3.1.2), each padded to the size of the curve. */
function readEcdsaPair(bytes: Buffer, coordinateBytes: number): Buffer {
  const reader = new WireReader(bytes, "ECDSA signature");
  const pair = Buffer.alloc(2 * coordinateBytes);
  for (const end of [coordinateBytes, 2 * coordinateBytes]) {
    const number = reader.unsignedMpint();
    if (number.length > coordinateBytes) {
      throw new SshError("malformed", "a number of the ECDSA signature is too large for its curve");
    }
    number.copy(pair, end - number.length);
  }
  reader.end();
  return pair;
}
