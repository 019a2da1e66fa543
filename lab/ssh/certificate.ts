import {
  isSshKeyType,
  parseKeyLine,
  parsePublicKey,
  readPublicKeyBody,
  type SshKeyType,
  type SshPublicKey,
} from "./public-key";
import { parseSignature, type SshSignature } from "./signature";
import { SshError } from "./ssh-error";
import { WireReader } from "./wire";

/** What a certificate is for, as the number on the wire says. Other numbers parse, and no check lets them in. */
export type SshCertificateKind = "user" | "host";

/** `valid_before` of a certificate that never expires. */
export const forever = 0xffff_ffff_ffff_ffffn;

/**
 * An OpenSSH certificate (PROTOCOL.certkeys of OpenSSH), parsed.
 *
 * Parsed means read, not trusted: nobody has looked at the signature, the authority or the time. That is
 * `checkCertificate`.
 */
export interface SshCertificate {
  /** Such as `ssh-ed25519-cert-v01@openssh.com`. */
  readonly type: `${SshKeyType}-cert-v01@openssh.com`;
  /** The whole certificate, as it goes over the wire. */
  readonly blob: Buffer;
  readonly nonce: Buffer;
  /** The key whose holder the certificate speaks of. */
  readonly publicKey: SshPublicKey;
  readonly serial: bigint;
  /** 1 user, 2 host. */
  readonly certType: number;
  readonly keyId: string;
  /** Logins of a user, names of a host. */
  readonly principals: readonly string[];
  /** Unix seconds; the certificate is valid from here on. */
  readonly validAfter: bigint;
  /** Unix seconds; this second is the first one at which it is no longer valid. {@link forever} has no end. */
  readonly validBefore: bigint;
  readonly criticalOptions: ReadonlyMap<string, string>;
  readonly extensions: ReadonlyMap<string, string>;
  readonly reserved: Buffer;
  /** The key of the authority. */
  readonly signatureKey: SshPublicKey;
  readonly signature: SshSignature;
  /** The bytes that the authority signed. */
  readonly signedBytes: Buffer;
}

/** Behind the name of a key type or signature algorithm: the same with a certificate. */
export const certificateSuffix = "-cert-v01@openssh.com";

/** The numbers of the two kinds on the wire. */
export const certTypes: { readonly [kind in SshCertificateKind]: number } = { user: 1, host: 2 };

/** The certificate type of keys of a type. */
export function certificateType(keyType: SshKeyType): SshCertificate["type"] {
  return `${keyType}${certificateSuffix}`;
}

/** Tells whether a name on the wire is that of a certificate type which the lab knows. */
export function isCertificateType(name: string): name is SshCertificate["type"] {
  return name.endsWith(certificateSuffix) && isSshKeyType(name.slice(0, -certificateSuffix.length));
}

/**
 * Reads a certificate, strictly, as x/crypto/ssh does: options in order and unique, values wrapped, no byte behind.
 *
 * @throws SshError `malformed` for anything else, however hostile
 */
export function parseCertificate(blob: Buffer): SshCertificate {
  const reader = new WireReader(blob, "certificate");
  const type = reader.text();
  if (!isCertificateType(type)) {
    throw new SshError("malformed", `unknown key algorithm: ${type}`);
  }
  const nonce = reader.string();
  const publicKey = readPublicKeyBody(type.slice(0, -certificateSuffix.length) as SshKeyType, reader);
  const serial = reader.uint64();
  const certType = reader.uint32();
  const keyId = reader.text();
  const principals = readPrincipals(reader.string());
  const validAfter = reader.uint64();
  const validBefore = reader.uint64();
  const criticalOptions = readOptions(reader.string());
  const extensions = readOptions(reader.string());
  const reserved = reader.string();
  const signatureKey = parseSignatureKey(reader.string());
  const signedBytes = blob.subarray(0, reader.offset);
  const signature = parseSignature(reader.string());
  reader.end();
  return {
    type,
    blob,
    nonce,
    publicKey,
    serial,
    certType,
    keyId,
    principals,
    validAfter,
    validBefore,
    criticalOptions,
    extensions,
    reserved,
    signatureKey,
    signature,
    signedBytes,
  };
}

/**
 * Reads a certificate from its line, as it stands in `id-cert.pub` and in identity files.
 *
 * @throws SshError `malformed`
 */
export function parseCertificateLine(line: string): SshCertificate {
  return parseCertificate(parseKeyLine(line).blob);
}

/** The line of a certificate, as it stands in `id-cert.pub` and in identity files, without the end of line. */
export function certificateLine(certificate: SshCertificate, comment = ""): string {
  return `${certificate.type} ${certificate.blob.toString("base64")}${comment === "" ? "" : ` ${comment}`}`;
}

function readPrincipals(bytes: Buffer): string[] {
  const reader = new WireReader(bytes, "list of principals");
  const principals: string[] = [];
  while (reader.remaining > 0) principals.push(reader.text());
  return principals;
}

function readOptions(bytes: Buffer): Map<string, string> {
  const reader = new WireReader(bytes, "list of certificate options");
  const options = new Map<string, string>();
  let previous: Buffer | undefined;
  while (reader.remaining > 0) {
    const name = reader.text();
    const nameBytes = Buffer.from(name);
    if (previous !== undefined && Buffer.compare(previous, nameBytes) >= 0) {
      throw new SshError("malformed", "certificate options are not in lexical order");
    }
    previous = nameBytes;
    options.set(name, readOptionValue(reader.string()));
  }
  return options;
}

/** A value is a string inside a string; no value at all is an empty outer one. */
function readOptionValue(bytes: Buffer): string {
  if (bytes.length === 0) return "";
  const reader = new WireReader(bytes, "certificate option");
  const value = reader.text();
  reader.end();
  return value;
}

/** An authority is a plain key: a certificate that signs certificates would be a chain, which SSH does not have. */
function parseSignatureKey(blob: Buffer): SshPublicKey {
  const type = new WireReader(blob, "signature key").text();
  if (isCertificateType(type)) {
    throw new SshError("malformed", `the signature key type ${JSON.stringify(type)} is invalid for certificates`);
  }
  return parsePublicKey(blob);
}
