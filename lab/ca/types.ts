import type { KeyObject } from "node:crypto";

import type { CertAuthorityV2 } from "../gen/teleport/types/cert_authority_pb";
import type { SshCertificate } from "../ssh";

/** Which keys a cluster uses: `legacy` is RSA throughout, `balanced-v1` is P-256 for TLS and Ed25519 for SSH. */
export type Suite = "balanced-v1" | "legacy";

/** The authorities that a cluster of the lab has. */
export type AuthorityType = "host" | "user" | "db" | "openssh" | "jwt";

/** Who a user certificate speaks for. */
export interface UserIdentity {
  readonly user: string;
  /** Role names; at least one. */
  readonly roles: readonly string[];
  /** Logins that the certificate allows on nodes: SSH principals and the subject's L. */
  readonly logins: readonly string[];
  readonly traits: Readonly<Record<string, readonly string[]>>;
  /** Cluster that the certificate is routed to; the own one when absent. */
  readonly routeToCluster?: string;
  /** User that had this certificate made for itself. */
  readonly impersonator?: string;
}

/** Which service a host certificate speaks for. */
export interface HostIdentity {
  readonly role: "Auth" | "Proxy" | "Node";
  /** The host's UUID; the certificate's name is `<uuid>.<cluster>`. */
  readonly hostId: string;
  /** DNS names and IP addresses beside the ones that every certificate of the role has. */
  readonly names: readonly string[];
}

/** A certificate and its private key, both PEM. */
export interface TlsKeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A host's key for SSH and the certificate over it. */
export interface SshHostKeyPair {
  readonly privateKey: KeyObject;
  readonly certificate: SshCertificate;
}

/** A service's credentials towards the rest of the world. */
export interface HostCredentials {
  readonly identity: HostIdentity;
  readonly tls: TlsKeyPair;
  readonly ssh: SshHostKeyPair;
}

/** What a login gives: certificates for TLS and SSH over one key. */
export interface UserCredentials {
  readonly identity: UserIdentity;
  readonly tls: TlsKeyPair;
  /** The SSH certificate as one line in the form of authorized_keys. */
  readonly sshCertificate: string;
  /** When both certificates end. */
  readonly expires: Date;
  /** All of it in tsh's identity file format, with the cluster's authorities. */
  readonly identityFile: string;
}

/** The authorities of one cluster: what they publish, and what they sign. */
export interface CertificateAuthorities {
  readonly clusterName: string;
  readonly suite: Suite;
  /** The authority as others may see it: public keys only. */
  public(type: AuthorityType): CertAuthorityV2;
  /** `sha256:<hex>` of the host authority's public key, the pin by which joining hosts check the cluster. */
  readonly pins: readonly string[];
  /** Signs an X.509 user certificate over somebody's public key. Answers PEM. */
  signUserTls(publicKey: KeyObject, identity: UserIdentity, ttlMs: number): string;
  /** Signs an SSH user certificate over somebody's public key. Answers a line in the form of authorized_keys. */
  signUserSsh(publicKey: KeyObject, identity: UserIdentity, ttlMs: number): string;
  /** Makes a key and certificates for a user, as a login does. */
  issueUser(identity: UserIdentity, ttlMs: number): Promise<UserCredentials>;
  /** Makes keys and certificates for a service of this cluster. */
  issueHost(identity: HostIdentity): Promise<HostCredentials>;
}
