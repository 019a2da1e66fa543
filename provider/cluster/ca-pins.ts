import { createHash, X509Certificate } from "node:crypto";

import type { CertAuthorityV2 } from "./gen/teleport/types/cert_authority";

/**
 * The pins of an authority's TLS keys, by which a joining service recognises a cluster: `sha256:` and the hex digest of
 * the certificate's public key (SubjectPublicKeyInfo). During a rotation there are several; the active ones come first.
 *
 * @throws Error when a certificate cannot be read
 */
export function caPins(authority: CertAuthorityV2): string[] {
  const { active_keys, additional_trusted_keys } = authority.spec ?? {};
  const pairs = [...(active_keys?.tls ?? []), ...(additional_trusted_keys?.tls ?? [])];
  return [...new Set(pairs.map(({ cert }) => caPin(cert)))];
}

/**
 * The pin of one certificate: `sha256:` and the hex digest of its public key.
 *
 * @param pem the first certificate in it counts
 * @throws Error when it cannot be read
 */
export function caPin(pem: Uint8Array | string): string {
  const spki = new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" });
  return `sha256:${createHash("sha256").update(spki).digest("hex")}`;
}
