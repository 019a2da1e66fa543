import type { SshPublicKey } from "../ssh";
import { authorizedKey } from "../ssh";
import type { TlsKeyPair } from "./types";

/** What stands in an identity file. */
export interface IdentityFileContent {
  readonly tls: TlsKeyPair;
  /** One line in the form of authorized_keys. */
  readonly sshCertificate: string;
  readonly clusterName: string;
  /** Host of the cluster's proxy, as people reach it. */
  readonly proxyHost: string;
  /** SSH keys of the host authorities. */
  readonly hostKeys: readonly SshPublicKey[];
  /** Certificates of the host authorities, PEM. */
  readonly hostCertificates: readonly string[];
}

/**
 * Writes tsh's identity file (api/identityfile/identityfile.go): private key, SSH certificate, TLS certificate, SSH
 * authorities, TLS authorities, in this order. Readers take the first PEM block for the key and the second for the certificate.
 */
export function createIdentityFile(content: IdentityFileContent): string {
  const { tls, sshCertificate, clusterName, proxyHost } = content;
  const hosts = [proxyHost, clusterName, `*.${clusterName}`].join(",");
  const parts = [
    tls.privateKey,
    sshCertificate,
    tls.certificate,
    ...content.hostKeys.map((key) => `@cert-authority ${hosts} ${authorizedKey(key)} type=host`),
    ...content.hostCertificates,
  ];
  return parts.map((part) => `${part.trimEnd()}\n`).join("");
}
