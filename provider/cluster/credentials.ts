import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";

import { Problem } from "../../trust";
import { type CertificateIdentity, certificateIdentity } from "./certificate";
import {
  type CredentialMaterial,
  type CredentialSource,
  credentialTitle,
  decodeOrInvalid,
  howToRenew,
  invalidIdentity,
  readMaterial,
} from "./credential-material";
import type { Files } from "./files";
import { parsePrivateKey } from "./private-key";

/** What loading needs of the outside. */
export interface CredentialSurroundings {
  readonly files: Files;
  /** Epoch milliseconds of the machine's own clock: TLS judges certificates by it, whatever other clock a test moves. */
  readonly wallClock: () => number;
  readonly homeDir: string;
}

/** Credentials ready to dial with. The key is inside OpenSSL and a closure, so they can be printed. */
export interface Credentials {
  /** For messages: `identity file "leaf.pem"`. */
  readonly title: string;
  readonly identity: CertificateIdentity;
  /** Key, certificate and the cluster's authorities, and no others: the system's are not trusted for Auth. */
  readonly context: SecureContext;
  /** The same key and certificate, towards servers of other authorities and of no others (PEM): a leaf's, as its root tells them. */
  trusting(authorities: readonly string[]): SecureContext;
  /** What is not an error yet: a readable key file, a certificate about to expire. */
  readonly warnings: readonly Problem[];
}

/** A certificate that ends sooner than this is warned about: an apply must outlive no credential. */
const EXPIRY_WARNING_MS = 60 * 60 * 1000;

/**
 * Loads and checks credentials; dials nothing.
 *
 * The holder's certificate is parsed; nobody has checked its signature, and nobody knows yet whether a cluster takes it.
 *
 * @param owner for messages, such as `cluster "leaf"`
 * @throws Problem IDENTITY_INVALID when they cannot be read or do not fit together
 * @throws Problem IDENTITY_EXPIRED when the certificate has expired
 */
export async function loadCredentials(
  source: CredentialSource,
  owner: string,
  around: CredentialSurroundings,
): Promise<Credentials> {
  const title = credentialTitle(source);
  const material = await readMaterial(source, owner, around.files, around.homeDir);
  assertComplete(material, owner, title);
  const decode = <T>(part: string, attempt: () => T) => decodeOrInvalid(attempt, part, owner, title);
  const key = decode("its private key", () => parsePrivateKey(material.key));
  const identity = decode("its TLS certificate", () => certificateIdentity(material.cert));
  const ca = decode("its cluster authorities", () => material.authorities.flatMap(splitCertificates));
  assertNotExpired(identity, owner, title, around.wallClock());
  const pem = key.export({ type: "pkcs8", format: "pem" });
  const trusting = (authorities: readonly string[]) =>
    createSecureContext({ key: pem, cert: material.cert, ca: [...authorities], minVersion: "TLSv1.2" });
  const context = decode("its private key and certificate", () => trusting(ca));
  const warnings = [
    ...expiryWarning(identity, owner, title, around.wallClock()),
    ...(await modeWarnings(material.secretFiles, owner, around.files)),
  ];
  return { title, identity, context, trusting, warnings };
}

function assertComplete(material: CredentialMaterial, owner: string, title: string): void {
  const isEmpty = (text: string) => text.trim() === "";
  const missing = [
    ...(isEmpty(material.key) ? ["private key"] : []),
    ...(isEmpty(material.cert) ? ["TLS certificate"] : []),
    ...(material.authorities.every(isEmpty) ? ["certificate of the cluster's authorities"] : []),
  ];
  if (missing.length > 0) throw invalidIdentity(owner, title, `it has no ${missing.join(", no ")}`);
}

/** Node passes over authorities that it cannot read, and every server then looks forged; so they are read here. */
function splitCertificates(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0 && pem.trim() !== "") throw new Error("they hold no certificate");
  return blocks.map((block) => new X509Certificate(block).toString());
}

function assertNotExpired(identity: CertificateIdentity, owner: string, title: string, now: number): void {
  if (now < identity.notAfter) return;
  const what = `${owner}: the ${title} of user "${identity.userName}" expired at ${isoSeconds(identity.notAfter)}`;
  throw new Problem("IDENTITY_EXPIRED", what, [], howToRenew);
}

function expiryWarning(identity: CertificateIdentity, owner: string, title: string, now: number): Problem[] {
  const leftMs = identity.notAfter - now;
  if (leftMs > EXPIRY_WARNING_MS) return [];
  const minutes = Math.max(1, Math.floor(leftMs / 60_000));
  const what = `${owner}: the ${title} of user "${identity.userName}" expires at ${isoSeconds(identity.notAfter)}, in ${minutes} min`;
  return [new Problem("IDENTITY_EXPIRES_SOON", what, [], "Issue it again before a long apply.")];
}

async function modeWarnings(paths: readonly string[], owner: string, files: Files): Promise<Problem[]> {
  const warnings: Problem[] = [];
  for (const path of paths) {
    const mode = await files.mode(path).catch(() => 0);
    if ((mode & 0o077) === 0) continue;
    const what = `${owner}: "${path}" holds a private key, and its mode ${mode.toString(8).padStart(4, "0")} lets others at it`;
    warnings.push(new Problem("IDENTITY_READABLE", what, [], `Run \`chmod 600 ${path}\`.`));
  }
  return warnings;
}

/** RFC 3339 in UTC, to the second. */
function isoSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, "Z");
}
