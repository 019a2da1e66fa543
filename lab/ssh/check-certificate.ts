import { BlockList, isIP } from "node:net";
import { certTypes, forever, type SshCertificate, type SshCertificateKind } from "./certificate";
import { isSameKey, type SshPublicKey } from "./public-key";
import { isSignatureOf } from "./signature";
import { SshError } from "./ssh-error";

/** What a certificate is measured against. */
export interface SshCertificateCheck {
  readonly kind: SshCertificateKind;
  /** The login or host name that must be among the principals; a certificate without principals fits every name. */
  readonly principal: string;
  /** Keys that may have signed it. */
  readonly authorities: readonly SshPublicKey[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** Critical options that the caller enforces by itself, besides `source-address`. Any other one refuses. */
  readonly supportedOptions?: readonly string[];
}

/**
 * Lets a certificate in, or says why not, in the order and the words of x/crypto/ssh (CertChecker), which Teleport uses.
 *
 * Guarantees on return: right kind, known authority, no critical option that nobody enforces, principal, time and
 * signature. Not checked here: that the peer holds the key (the handshake does) and where it comes from
 * ({@link assertSourceAddress}).
 *
 * @throws SshError `untrusted`
 */
export function checkCertificate(certificate: SshCertificate, check: SshCertificateCheck): void {
  if (certificate.certType !== certTypes[check.kind]) {
    throw refusal(
      check.kind === "user"
        ? `ssh: cert has type ${certificate.certType}`
        : `ssh: certificate presented as a host key has type ${certificate.certType}`,
    );
  }
  if (!check.authorities.some((authority) => isSameKey(authority, certificate.signatureKey))) {
    throw refusal(
      check.kind === "user"
        ? "ssh: certificate signed by unrecognized authority"
        : `ssh: no authorities for hostname: ${check.principal}`,
    );
  }
  checkCertificateContent(certificate, check);
}

/**
 * The half of {@link checkCertificate} that remains when the caller has found kind and authority by itself, as the
 * tunnel server does by cluster name.
 *
 * @throws SshError `untrusted`
 */
export function checkCertificateContent(
  certificate: SshCertificate,
  check: Pick<SshCertificateCheck, "principal" | "now" | "supportedOptions">,
): void {
  for (const option of certificate.criticalOptions.keys()) {
    if (option !== "source-address" && !check.supportedOptions?.includes(option)) {
      throw refusal(`ssh: unsupported critical option ${quote(option)} in certificate`);
    }
  }
  if (certificate.principals.length > 0 && !certificate.principals.includes(check.principal)) {
    const principals = certificate.principals.map(quote).join(" ");
    throw refusal(
      `ssh: principal ${quote(check.principal)} not in the set of valid principals for given certificate: [${principals}]`,
    );
  }
  assertValidAt(certificate, check.now);
  if (!isSignatureOf(certificate.signatureKey, certificate.signedBytes, certificate.signature)) {
    throw refusal("ssh: certificate signature does not verify");
  }
}

/** Both ends are compared as signed numbers, as x/crypto does: one above 2^63 is negative, and never valid. */
function assertValidAt(certificate: SshCertificate, now: number): void {
  const seconds = BigInt(Math.floor(now / 1000));
  const after = BigInt.asIntN(64, certificate.validAfter);
  const before = BigInt.asIntN(64, certificate.validBefore);
  if (after < 0n || seconds < after) {
    throw refusal("ssh: cert is not yet valid");
  }
  if (certificate.validBefore !== forever && (before < 0n || seconds >= before)) {
    throw refusal("ssh: cert has expired");
  }
}

/**
 * Enforces the critical option `source-address`, a list of addresses and networks.
 *
 * @param address the peer's IP address; `undefined` when it is not known, which refuses a certificate with that option
 * @throws SshError `untrusted`
 */
export function assertSourceAddress(certificate: SshCertificate, address: string | undefined): void {
  const allowed = certificate.criticalOptions.get("source-address");
  if (allowed === undefined) return;
  if (address === undefined || !isInNetworks(address, allowed.split(","))) {
    throw refusal(`ssh: remote address ${address ?? "unknown"} is not allowed because of source-address restriction`);
  }
}

function isInNetworks(address: string, networks: readonly string[]): boolean {
  const list = new BlockList();
  try {
    for (const network of networks) addNetwork(list, network.trim());
    return list.check(plainAddress(address), family(plainAddress(address)));
  } catch (cause) {
    throw new SshError("untrusted", `ssh: error parsing source-address restriction ${quote(networks.join(","))}`, {
      cause,
    });
  }
}

function addNetwork(list: BlockList, text: string): void {
  const [network = "", prefix, ...rest] = text.split("/");
  if (isIP(network) === 0 || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) {
    throw new TypeError(`${quote(text)} is neither an address nor a network`);
  }
  if (prefix === undefined) list.addAddress(network, family(network));
  else list.addSubnet(network, Number(prefix), family(network));
}

/** A listener on `::` sees IPv4 peers as `::ffff:192.0.2.1`. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

function family(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

function refusal(message: string): SshError {
  return new SshError("untrusted", message);
}

/** Go's %q for the texts that occur here. */
function quote(text: string): string {
  return JSON.stringify(text);
}
