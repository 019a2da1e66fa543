import type { KeyObject } from "node:crypto";
import { createHash } from "node:crypto";

import type { MessageInitShape } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";

import type { CAKeySetSchema, CertAuthorityV2 } from "../gen/teleport/types/cert_authority_pb";
import { CertAuthorityV2Schema } from "../gen/teleport/types/cert_authority_pb";
import type { SshPublicKey } from "../ssh";
import { authorizedKey, publicKeyFromKeyObject } from "../ssh";
import { createPrivateKey } from "./keys";
import type { Name } from "./name";
import { authorityName } from "./name";
import type { AuthorityType, Suite } from "./types";
import type { X509Issuer } from "./x509";
import { issueX509, pem, publicKeyInfo } from "./x509";

/** Where certificates have their times and random bytes from. */
export interface CertificateSources {
  /** Real time, epoch milliseconds: TLS and OpenSSH know no other. */
  readonly realNow: () => number;
  readonly randomBytes: (size: number) => Buffer;
}

/** How long an authority's certificate is valid (ten years, as the server's). */
export const authorityTtlMs = 10 * 365 * 24 * 3_600_000;

/** Which keys the authorities have; db authorities sign for databases and know no SSH (lib/cryptosuites). */
const uses: Readonly<Record<AuthorityType, readonly ("ssh" | "tls" | "jwt")[]>> = {
  host: ["ssh", "tls"],
  user: ["ssh", "tls"],
  db: ["tls"],
  openssh: ["ssh"],
  jwt: ["jwt"],
};

/** One authority with its private keys, which stay in here. */
export class Authority {
  private constructor(
    readonly type: AuthorityType,
    readonly clusterName: string,
    private readonly keys: {
      readonly ssh?: KeyObject;
      readonly tls?: { readonly issuer: X509Issuer; readonly certificate: string };
      readonly jwt?: KeyObject;
    },
  ) {}

  /** Makes an authority with new keys. */
  static async create(
    type: AuthorityType,
    clusterName: string,
    suite: Suite,
    sources: CertificateSources,
  ): Promise<Authority> {
    const make = async (use: "ssh" | "tls" | "jwt", purpose = use as Parameters<typeof createPrivateKey>[1]) =>
      uses[type].includes(use) ? createPrivateKey(suite, purpose) : undefined;
    const [ssh, tls, jwt] = await Promise.all([make("ssh"), make("tls", type === "db" ? "db" : "tls"), make("jwt")]);
    return new Authority(type, clusterName, {
      ...(ssh === undefined ? {} : { ssh }),
      ...(tls === undefined ? {} : { tls: selfSigned(tls, clusterName, sources) }),
      ...(jwt === undefined ? {} : { jwt }),
    });
  }

  /** The key that signs SSH certificates. */
  get sshKey(): KeyObject {
    if (this.keys.ssh === undefined) throw new Error(`the ${this.type} authority signs no SSH certificates`);
    return this.keys.ssh;
  }

  /** The public half of {@link sshKey}. */
  get sshPublicKey(): SshPublicKey {
    return publicKeyFromKeyObject(this.sshKey);
  }

  /** The name and key that sign X.509 certificates. */
  get issuer(): X509Issuer {
    return this.#tls.issuer;
  }

  /** The authority's own X.509 certificate, PEM. */
  get certificate(): string {
    return this.#tls.certificate;
  }

  /** `sha256:<hex>` of the certificate's public key: what a joining host is given to recognise the cluster by. */
  get pin(): string {
    return `sha256:${createHash("sha256").update(publicKeyInfo(this.issuer.privateKey)).digest("hex")}`;
  }

  /** The authority as others may see it: public keys only. */
  public(): CertAuthorityV2 {
    return create(CertAuthorityV2Schema, {
      kind: "cert_authority",
      subKind: this.type,
      version: "v2",
      metadata: { name: this.clusterName, namespace: "default" },
      spec: {
        type: this.type,
        clusterName: this.clusterName,
        activeKeys: this.#publicKeys(),
        additionalTrustedKeys: {},
      },
    });
  }

  #publicKeys(): MessageInitShape<typeof CAKeySetSchema> {
    const { ssh, tls, jwt } = this.keys;
    const line = ssh && Buffer.from(`${authorizedKey(publicKeyFromKeyObject(ssh))}\n`);
    return {
      ssh: line === undefined ? [] : [{ publicKey: line }],
      tls: tls === undefined ? [] : [{ cert: Buffer.from(tls.certificate) }],
      jwt: jwt === undefined ? [] : [{ publicKey: Buffer.from(pem("PUBLIC KEY", publicKeyInfo(jwt))) }],
    };
  }

  get #tls() {
    if (this.keys.tls === undefined) throw new Error(`the ${this.type} authority signs no X.509 certificates`);
    return this.keys.tls;
  }
}

function selfSigned(privateKey: KeyObject, clusterName: string, sources: CertificateSources) {
  const serialNumber = sources.randomBytes(16);
  // The server puts the certificate's own serial number into its name, in decimal.
  const decimal = BigInt(`0x${serialNumber.toString("hex")}`).toString();
  return selfSignedAuthority(authorityName(clusterName, decimal), privateKey, serialNumber, sources);
}

/** An authority over its own key. */
export function selfSignedAuthority(
  name: Name,
  privateKey: KeyObject,
  serialNumber: Buffer,
  sources: CertificateSources,
): { readonly issuer: X509Issuer; readonly certificate: string } {
  const issuer = { name, privateKey };
  const certificate = issueX509(issuer, {
    subject: name,
    publicKey: privateKey,
    serialNumber,
    notBefore: notBefore(sources),
    notAfter: new Date(sources.realNow() + authorityTtlMs),
    authority: true,
  });
  return { issuer, certificate };
}

/** Certificates begin a minute early, so that a clock that is a little late does not refuse them. */
export function notBefore(sources: CertificateSources): Date {
  return new Date(sources.realNow() - 60_000);
}
