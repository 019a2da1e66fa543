import { asn1 } from "node-forge";

import { childrenOf, fieldsOfCertificate } from "./certificate-subject";

/** The extensions that a Go server understands (crypto/x509), by OID. */
const understood = new Set([
  "1.3.6.1.5.5.7.1.1",
  "2.5.29.14",
  "2.5.29.15",
  "2.5.29.17",
  "2.5.29.19",
  "2.5.29.30",
  "2.5.29.31",
  "2.5.29.32",
  "2.5.29.33",
  "2.5.29.35",
  "2.5.29.36",
  "2.5.29.37",
  "2.5.29.54",
]);

/**
 * The critical extensions of a certificate that nobody here understands: whoever meets one has to refuse the certificate
 * (RFC 5280 §4.2), which Node leaves to OpenSSL, and OpenSSL is not asked here.
 *
 * @throws Error when the certificate is not well formed
 */
export function unhandledCriticalExtensions(der: Buffer): string[] {
  const holder = fieldsOfCertificate(der).find(
    ({ tagClass, type }) => tagClass === asn1.Class.CONTEXT_SPECIFIC && Number(type) === 3,
  );
  if (holder === undefined) return [];
  return childrenOf(childrenOf(holder)[0]).flatMap((extension) => {
    // The flag is left out when it is false.
    const [oid, critical] = childrenOf(extension);
    if (typeof oid?.value !== "string" || critical?.type !== asn1.Type.BOOLEAN) return [];
    const isCritical = typeof critical.value === "string" && critical.value !== "\0";
    const name = asn1.derToOid(oid.value);
    return isCritical && !understood.has(name) ? [name] : [];
  });
}
