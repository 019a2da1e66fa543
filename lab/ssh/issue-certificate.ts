import type { KeyObject } from "node:crypto";
import {
  certificateType,
  certTypes,
  forever,
  parseCertificate,
  type SshCertificate,
  type SshCertificateKind,
} from "./certificate";
import { publicKeyFromKeyObject, type SshPublicKey } from "./public-key";
import { createSignature, type SshSignatureAlgorithm } from "./signature";
import { SshError } from "./ssh-error";
import { WireReader, WireWriter } from "./wire";

/** What a certificate shall say. */
export interface SshCertificateRequest {
  readonly kind: SshCertificateKind;
  readonly publicKey: SshPublicKey;
  /** 32 random bytes, so that nobody can choose what the authority signs. */
  readonly nonce: Buffer;
  readonly serial?: bigint;
  /** Name of the user or host in logs: Teleport puts the user name here. */
  readonly keyId: string;
  readonly principals: readonly string[];
  /** Cut to whole seconds. */
  readonly validAfter: Date;
  /** Cut to whole seconds; that second is no longer in. */
  readonly validBefore: Date | "forever";
  readonly criticalOptions?: Readonly<Record<string, string>>;
  readonly extensions?: Readonly<Record<string, string>>;
}

/**
 * Signs a certificate.
 *
 * @param authority private key of the authority; RSA keys sign with rsa-sha2-512 unless `algorithm` says otherwise
 * @throws SshError `malformed` when the authority's kind of key cannot sign SSH certificates
 */
export function issueCertificate(
  authority: KeyObject,
  request: SshCertificateRequest,
  algorithm?: SshSignatureAlgorithm,
): SshCertificate {
  const key = request.publicKey;
  const writer = new WireWriter()
    .string(certificateType(key.type))
    .string(request.nonce)
    .raw(keyBody(key))
    .uint64(request.serial ?? 0n)
    .uint32(certTypes[request.kind])
    .string(request.keyId)
    .string(encodePrincipals(request.principals))
    .uint64(unixSeconds(request.validAfter))
    .uint64(request.validBefore === "forever" ? forever : unixSeconds(request.validBefore))
    .string(encodeOptions(request.criticalOptions ?? {}))
    .string(encodeOptions(request.extensions ?? {}))
    .string("")
    .string(publicKeyFromKeyObject(authority).blob);
  const signed = writer.done();
  return parseCertificate(
    new WireWriter()
      .raw(signed)
      .string(createSignature(authority, signed, algorithm))
      .done(),
  );
}

/** The key's numbers without the type in front, as a certificate holds them. */
function keyBody(key: SshPublicKey): Buffer {
  const reader = new WireReader(key.blob, "public key");
  reader.string();
  return reader.rest();
}

function unixSeconds(time: Date): bigint {
  const seconds = Math.floor(time.getTime() / 1000);
  if (!(seconds >= 0)) {
    throw new SshError("malformed", `an SSH certificate cannot hold the time ${String(time)}`);
  }
  return BigInt(seconds);
}

function encodePrincipals(principals: readonly string[]): Buffer {
  const writer = new WireWriter();
  for (const principal of principals) writer.string(principal);
  return writer.done();
}

/** Names in the order of their bytes, which readers insist on. */
function encodeOptions(options: Readonly<Record<string, string>>): Buffer {
  const writer = new WireWriter();
  const sorted = Object.entries(options).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const [name, value] of sorted) {
    writer.string(name).string(value === "" ? "" : new WireWriter().string(value).done());
  }
  return writer.done();
}
