import type { KeyObject } from "node:crypto";
import { certificateSuffix, parseCertificate, type SshCertificate } from "./certificate";
import { isSshKeyType, parsePublicKey, type SshPublicKey } from "./public-key";
import { signatureAlgorithms } from "./signature";
import { WireReader } from "./wire";

/** Algorithms of every key type, best first; they are also what our servers accept in user authentication. */
export const acceptedSignatureAlgorithms: readonly string[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** Where the host key of a server comes from. */
export interface SshHostKey {
  readonly privateKey: KeyObject;
  readonly publicKey: SshPublicKey;
  /** Presented to all clients that take certificates; the others get the plain key. */
  readonly certificate?: SshCertificate;
}

/** One way in which a server can prove who it is. */
export interface HostKeyOffer {
  /** Name in the key exchange, such as `ssh-ed25519-cert-v01@openssh.com` or `rsa-sha2-512`. */
  readonly algorithm: string;
  /** The key, or the certificate over it, as the client sees it. */
  readonly blob: Buffer;
}

/** What the server presents, by the names under which clients ask for it. */
export function hostKeyOffers({ publicKey, certificate }: SshHostKey): HostKeyOffer[] {
  const algorithms = signatureAlgorithms(publicKey.type);
  const plain = algorithms.map((algorithm) => ({ algorithm, blob: publicKey.blob }));
  if (certificate === undefined) return plain;
  return [
    ...algorithms.map((algorithm) => ({ algorithm: algorithm + certificateSuffix, blob: certificate.blob })),
    ...plain,
  ];
}

/**
 * Reads what a server presents. A certificate is parsed, not trusted.
 *
 * @throws SshError `malformed`
 */
export function parseHostKey(blob: Buffer): SshPublicKey | SshCertificate {
  const type = new WireReader(blob, "host key").text();
  return isSshKeyType(type) ? parsePublicKey(blob) : parseCertificate(blob);
}

/** The signature algorithm inside of a name that may say that there is a certificate. */
export function withoutCertificate(algorithm: string): string {
  return algorithm.endsWith(certificateSuffix) ? algorithm.slice(0, -certificateSuffix.length) : algorithm;
}
