import { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";

import type { CertAuthorityV2 } from "../gen/teleport/types/cert_authority_pb";
import { unhandledCriticalExtensions } from "./certificate-extensions";
import { namesOfCertificate } from "./certificate-subject";
import type { AuthContext } from "./context";
import type { TlsIdentity } from "./tls-identity";
import { identityFromSubject } from "./tls-identity";

/** A client whose certificate a known authority has signed and that has shown, by TLS, to hold its key. */
export interface VerifiedPeer {
  readonly identity: TlsIdentity;
  /** How many certificates the client sent; more than one is refused when it calls. */
  readonly certificates: number;
  /** Type of the authority that signed: `host` or `user`. */
  readonly authorityType: string;
  /** Cluster that the authority belongs to: O of its certificate. */
  readonly authorityCluster: string;
}

/** Why a client certificate is refused, as the TLS alert of a Go server names it. */
export type RefusalReason = "unknown_ca" | "certificate_expired" | "bad_certificate";

/** A client certificate that ends the connection before any call. */
export class PeerRefused extends Error {
  override readonly name = "PeerRefused";

  constructor(
    readonly reason: RefusalReason,
    message: string,
  ) {
    super(message);
  }
}

const domain = "teleport.cluster.local";
const clientAuthentication = "1.3.6.1.5.5.7.3.2";

/** The server name by which a cluster's services say where their certificate comes from: `<hex of the name>.teleport.cluster.local`. */
export function encodeClusterName(clusterName: string): string {
  return `${Buffer.from(clusterName, "utf8").toString("hex")}.${domain}`;
}

/** The cluster that a server name stands for; `undefined` for the plain domain and for anything that does not decode. */
export function decodeClusterName(serverName: string): string | undefined {
  const hex = serverName.endsWith(`.${domain}`) ? serverName.slice(0, -domain.length - 1) : "";
  return /^([0-9a-f]{2})+$/i.test(hex) ? Buffer.from(hex, "hex").toString("utf8") : undefined;
}

/**
 * The certificates that a client sent in the handshake, its own one first.
 *
 * To be called once a connection: Node forgets the rest of the chain after the first time. The listener must have been
 * made without `ca`, or Node completes the chain from there.
 */
export function peerCertificatesOf(socket: TLSSocket): X509Certificate[] {
  const certificates: X509Certificate[] = [];
  let next = socket.getPeerX509Certificate();
  while (next !== undefined && !certificates.some((seen) => seen.fingerprint256 === next?.fingerprint256)) {
    certificates.push(next);
    next = next.issuerCertificate;
  }
  return certificates;
}

/**
 * Checks a client certificate as the TLS layer of the server does: signed by a user or host authority of this cluster or
 * of one it knows, within its validity by real time, meant for clients.
 *
 * @param certificates what the client sent, its own one first; TLS has checked that it holds the key
 * @param serverName SNI of the connection: an encoded cluster name restricts the authorities to that cluster's
 * @returns `undefined` for a client without certificate, which may connect but do next to nothing
 * @throws PeerRefused when the connection must end
 */
export function verifyPeer(
  certificates: readonly X509Certificate[],
  serverName: string,
  context: Pick<AuthContext, "storage" | "realNow">,
): VerifiedPeer | undefined {
  const [certificate] = certificates;
  if (certificate === undefined) return undefined;
  const authority = findAuthority(certificate, serverName, context);
  if (authority === undefined) {
    throw new PeerRefused(
      "unknown_ca",
      "tls: failed to verify certificate: x509: certificate signed by unknown authority",
    );
  }
  assertUsable(certificate, context.realNow());
  return {
    identity: readIdentity(certificate),
    certificates: certificates.length,
    authorityType: authority.spec?.type ?? "",
    authorityCluster: authority.spec?.clusterName ?? "",
  };
}

function findAuthority(
  certificate: X509Certificate,
  serverName: string,
  { storage, realNow }: Pick<AuthContext, "storage" | "realNow">,
): CertAuthorityV2 | undefined {
  const onlyCluster = decodeClusterName(serverName);
  return storage
    .list("cert_authority")
    .filter(({ spec }) => spec?.type === "host" || spec?.type === "user")
    .filter(({ spec }) => onlyCluster === undefined || spec?.clusterName === onlyCluster)
    .find((authority) =>
      authorityCertificates(authority).some((issuer) => hasSigned(issuer, certificate) && isValidAt(issuer, realNow())),
    );
}

/** The X.509 certificates of an authority, those that are only still trusted included. */
export function authorityCertificates(authority: CertAuthorityV2): X509Certificate[] {
  const { activeKeys, additionalTrustedKeys } = authority.spec ?? {};
  const pairs = [...(activeKeys?.tls ?? []), ...(additionalTrustedKeys?.tls ?? [])];
  return pairs.map(({ cert }) => new X509Certificate(Buffer.from(cert)));
}

function hasSigned(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isValidAt(certificate: X509Certificate, nowMs: number): boolean {
  return Date.parse(certificate.validFrom) <= nowMs && nowMs <= Date.parse(certificate.validTo);
}

function assertUsable(certificate: X509Certificate, nowMs: number): void {
  if (!isValidAt(certificate, nowMs)) {
    throw new PeerRefused(
      "certificate_expired",
      "tls: failed to verify certificate: x509: certificate has expired or is not yet valid",
    );
  }
  // Absent means good for everything.
  const usage = (certificate.keyUsage ?? []) as readonly string[];
  if (usage.length > 0 && !usage.includes(clientAuthentication)) {
    throw new PeerRefused(
      "bad_certificate",
      "tls: failed to verify certificate: x509: certificate specifies an incompatible key usage",
    );
  }
}

function readIdentity(certificate: X509Certificate): TlsIdentity {
  try {
    if (unhandledCriticalExtensions(certificate.raw).length > 0) throw new Error("x509: unhandled critical extension");
    return identityFromSubject(namesOfCertificate(certificate.raw).subject);
  } catch (error) {
    throw new PeerRefused("bad_certificate", `tls: bad certificate: ${(error as Error).message}`);
  }
}
