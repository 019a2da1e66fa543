import type { KeyObject } from "node:crypto";

import type { CertAuthorityV2 } from "../gen/teleport/types/cert_authority_pb";
import { certificateLine, issueCertificate, publicKeyFromKeyObject } from "../ssh";
import type { CertificateSources } from "./authority";
import { Authority, authorityTtlMs, notBefore } from "./authority";
import { createIdentityFile } from "./identity-file";
import { createPrivateKey, privateKeyPem } from "./keys";
import { hostName, userName } from "./name";
import { hostExtensions, userExtensions, userPrincipals } from "./ssh-identity";
import type {
  AuthorityType,
  CertificateAuthorities,
  HostCredentials,
  HostIdentity,
  Suite,
  UserCredentials,
  UserIdentity,
} from "./types";
import { issueX509 } from "./x509";

/** The types of authority that a cluster of the lab has. */
export const authorityTypes: readonly AuthorityType[] = ["host", "user", "db", "openssh", "jwt"];

/** What a cluster and its proxy are called. */
export interface ClusterNames {
  readonly clusterName: string;
  /** Host name or address under which people reach the proxy; identity files name it. */
  readonly proxyHost: string;
}

/** Names in the certificate of every cluster's Auth service: clients ask for the first, other clusters for the second. */
const authNames = ["teleport.cluster.local", "*.teleport.cluster.local"];

/**
 * Makes the authorities of a new cluster.
 *
 * Takes a few 100 ms of another thread for the RSA keys: one in `balanced-v1` (databases know nothing else), all in `legacy`.
 *
 * @param types authorities to make; `host` and `user` must be among them
 */
export async function createAuthorities(
  cluster: ClusterNames,
  suite: Suite,
  sources: CertificateSources,
  types: readonly AuthorityType[] = authorityTypes,
): Promise<CertificateAuthorities> {
  const { clusterName } = cluster;
  const made = await Promise.all(types.map((type) => Authority.create(type, clusterName, suite, sources)));
  return new ClusterAuthorities(cluster, suite, new Map(made.map((authority) => [authority.type, authority])), sources);
}

class ClusterAuthorities implements CertificateAuthorities {
  constructor(
    private readonly names: ClusterNames,
    readonly suite: Suite,
    private readonly authorities: ReadonlyMap<AuthorityType, Authority>,
    private readonly sources: CertificateSources,
  ) {}

  get clusterName(): string {
    return this.names.clusterName;
  }

  get pins(): readonly string[] {
    return [this.#authority("host").pin];
  }

  public(type: AuthorityType): CertAuthorityV2 {
    return this.#authority(type).public();
  }

  signUserTls(publicKey: KeyObject, identity: UserIdentity, ttlMs: number): string {
    return issueX509(this.#authority("user").issuer, {
      subject: userName(identity, this.clusterName),
      publicKey,
      serialNumber: this.sources.randomBytes(16),
      notBefore: notBefore(this.sources),
      notAfter: this.#end(ttlMs),
    });
  }

  signUserSsh(publicKey: KeyObject, identity: UserIdentity, ttlMs: number): string {
    const certificate = issueCertificate(this.#authority("user").sshKey, {
      kind: "user",
      publicKey: publicKeyFromKeyObject(publicKey),
      nonce: this.sources.randomBytes(32),
      keyId: identity.user,
      principals: userPrincipals(identity),
      validAfter: notBefore(this.sources),
      validBefore: this.#end(ttlMs),
      extensions: userExtensions(identity, this.clusterName),
    });
    return certificateLine(certificate);
  }

  async issueUser(identity: UserIdentity, ttlMs: number): Promise<UserCredentials> {
    const key = await createPrivateKey(this.suite, "user");
    const tls = { certificate: this.signUserTls(key, identity, ttlMs), privateKey: privateKeyPem(key) };
    const sshCertificate = this.signUserSsh(key, identity, ttlMs);
    const host = this.#authority("host");
    const identityFile = createIdentityFile({
      tls,
      sshCertificate,
      ...this.names,
      hostKeys: [host.sshPublicKey],
      hostCertificates: [host.certificate],
    });
    return { identity, tls, sshCertificate, expires: this.#end(ttlMs), identityFile };
  }

  async issueHost(identity: HostIdentity): Promise<HostCredentials> {
    const [tlsKey, sshKey] = await Promise.all([
      createPrivateKey(this.suite, "tls"),
      createPrivateKey(this.suite, "ssh"),
    ]);
    const certificate = this.#signHostTls(tlsKey, identity);
    return {
      identity,
      tls: { certificate, privateKey: privateKeyPem(tlsKey) },
      ssh: { privateKey: sshKey, certificate: this.#signHostSsh(sshKey, identity) },
    };
  }

  #signHostTls(publicKey: KeyObject, identity: HostIdentity): string {
    const own = [identity.hostId, `${identity.hostId}.${this.clusterName}`, ...identity.names];
    return issueX509(this.#authority("host").issuer, {
      subject: hostName(identity.role, identity.hostId, this.clusterName),
      publicKey,
      serialNumber: this.sources.randomBytes(16),
      notBefore: notBefore(this.sources),
      notAfter: this.#end(authorityTtlMs),
      names: identity.role === "Auth" ? [...authNames, ...own] : own,
    });
  }

  /** The first principal is the host's full name: a leaf tells the proxies of its root apart by it. */
  #signHostSsh(publicKey: KeyObject, identity: HostIdentity) {
    return issueCertificate(this.#authority("host").sshKey, {
      kind: "host",
      publicKey: publicKeyFromKeyObject(publicKey),
      nonce: this.sources.randomBytes(32),
      keyId: `${identity.hostId}.${this.clusterName}`,
      principals: [`${identity.hostId}.${this.clusterName}`, identity.hostId, ...identity.names],
      validAfter: notBefore(this.sources),
      validBefore: "forever",
      extensions: hostExtensions(identity.role, this.clusterName),
    });
  }

  #end(ttlMs: number): Date {
    // Whole seconds, since neither form of certificate knows smaller ones.
    return new Date(Math.floor((this.sources.realNow() + ttlMs) / 1000) * 1000);
  }

  #authority(type: AuthorityType): Authority {
    const authority = this.authorities.get(type);
    if (authority === undefined) throw new Error(`the cluster has no ${type} authority: a bug of the lab`);
    return authority;
  }
}
