import type { CertificateSources } from "./authority";
import { authorityTtlMs, notBefore, selfSignedAuthority } from "./authority";
import { createPrivateKey, privateKeyPem } from "./keys";
import { plainName } from "./name";
import type { TlsKeyPair } from "./types";
import type { X509Issuer } from "./x509";
import { issueX509 } from "./x509";

/** Whoever certifies the web addresses of proxies: nothing of Teleport's, as a company's own authority. */
export class WebAuthority {
  private constructor(
    private readonly issuer: X509Issuer,
    /** The authority's certificate, PEM: what a client has to trust. */
    readonly certificate: string,
    private readonly sources: CertificateSources,
  ) {}

  /** Makes an authority with a new key. */
  static async create(commonName: string, sources: CertificateSources): Promise<WebAuthority> {
    const key = await createPrivateKey("balanced-v1", "tls");
    const name = plainName("teleport-trust lab", commonName);
    const { issuer, certificate } = selfSignedAuthority(name, key, sources.randomBytes(16), sources);
    return new WebAuthority(issuer, certificate, sources);
  }

  /** Certifies a server that is reached under these DNS names and addresses. */
  async issueServer(commonName: string, names: readonly string[]): Promise<TlsKeyPair> {
    const key = await createPrivateKey("balanced-v1", "tls");
    const certificate = issueX509(this.issuer, {
      subject: plainName("teleport-trust lab", commonName),
      publicKey: key,
      serialNumber: this.sources.randomBytes(16),
      notBefore: notBefore(this.sources),
      notAfter: new Date(this.sources.realNow() + authorityTtlMs),
      names,
    });
    return { certificate, privateKey: privateKeyPem(key) };
  }
}
