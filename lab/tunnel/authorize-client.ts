import {
  certTypes,
  checkCertificateContent,
  isSameKey,
  type SshCertificate,
  type SshCredential,
  type SshPublicKey,
} from "../ssh";
import { badParameter, notFound } from "../trace-error";
import { certificateExtension } from "./tunnel-protocol";

/** Whom the tunnel port has let in. */
export type TunnelClient =
  /** A service, by its host certificate: the proxy of a leaf, or an agent of the own cluster. */
  | { readonly kind: "service"; readonly clusterName: string; readonly role: string; readonly hostName: string }
  /** An API client of the own cluster, by its user certificate. */
  | { readonly kind: "user"; readonly user: string };

/** What decides about a client of the tunnel port. */
export interface TunnelPolicy {
  readonly clusterName: string;
  /** Keys that sign host certificates of a cluster; `undefined` when no such cluster is known. */
  readonly hostAuthorities: (clusterName: string) => readonly SshPublicKey[] | undefined;
  /** Keys that sign user certificates of the own cluster. */
  readonly userAuthorities: () => readonly SshPublicKey[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The reference has the texts up to the semicolon; what follows is recalled. */
const notByTeleport =
  "this SSH host certificate was not issued by Teleport or issued by an older version of Teleport; try upgrading your Teleport nodes/proxies";

/**
 * Decides about a client of the tunnel port, as `keyAuth` of Teleport's `lib/reversetunnel/srv.go` does: a host
 * certificate has to be by the host authority of the cluster that it names, a user certificate by the own user authority.
 *
 * @throws TraceError bad_parameter or not_found; the client itself only learns that it was refused
 */
export function authorizeTunnelClient({ user, certificate }: SshCredential, policy: TunnelPolicy): TunnelClient {
  if (certificate === undefined) {
    throw badParameter("server doesn't support provided key type");
  }
  switch (certificate.certType) {
    case certTypes.host: {
      const clusterName = extension(certificate, certificateExtension.authority);
      const role = extension(certificate, certificateExtension.role);
      assertSignedFor(clusterName, policy.hostAuthorities(clusterName) ?? [], certificate);
      assertContent(user, certificate, policy.now);
      return { kind: "service", clusterName, role, hostName: user };
    }
    case certTypes.user: {
      assertSignedFor(policy.clusterName, policy.userAuthorities(), certificate);
      assertContent(user, certificate, policy.now);
      assertRoute(certificate, policy.clusterName);
      return { kind: "user", user };
    }
    default:
      throw badParameter(`unsupported cert type: ${certificate.certType}.`);
  }
}

function extension(certificate: SshCertificate, name: string): string {
  const value = certificate.extensions.get(name);
  if (value === undefined || value === "") {
    throw badParameter(`certificate missing ${JSON.stringify(name)} extension; ${notByTeleport}`);
  }
  return value;
}

function assertSignedFor(clusterName: string, authorities: readonly SshPublicKey[], certificate: SshCertificate): void {
  if (!authorities.some((key) => isSameKey(key, certificate.signatureKey))) {
    throw notFound(`cluster ${clusterName} has no matching CA keys`);
  }
}

function assertContent(user: string, certificate: SshCertificate, now: number): void {
  try {
    checkCertificateContent(certificate, { principal: user, now });
  } catch (error) {
    throw badParameter(error instanceof Error ? error.message : String(error));
  }
}

/** A certificate that is routed to a leaf cannot be used here: this port leads to the own Auth only. */
function assertRoute(certificate: SshCertificate, clusterName: string): void {
  const route = certificate.extensions.get(certificateExtension.routeToCluster) ?? "";
  if (route !== "" && route !== clusterName) {
    throw badParameter(
      `this endpoint does not support cross-cluster routing (cannot route from ${JSON.stringify(clusterName)} to ${JSON.stringify(route)})`,
    );
  }
}
