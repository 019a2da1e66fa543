import { X509Certificate } from "node:crypto";

import { type DerValue, oidText, readDer } from "./der";

/** Who a client certificate says its holder is. Nobody has checked its signature. */
export interface CertificateIdentity {
  /** Subject CN. */
  readonly userName: string;
  /** Subject O, in the order of the bytes: that of DER, not that of the user record. */
  readonly roles: readonly string[];
  /** Issuer O: the cluster whose user authority signed it; empty when the issuer names none. */
  readonly clusterName: string;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  /** Epoch milliseconds. */
  readonly notAfter: number;
}

const OID_COMMON_NAME = "2.5.4.3";
const OID_ORGANIZATION = "2.5.4.10";

/**
 * Reads the identity out of a client certificate in PEM. The signature is not checked: that is the server's affair.
 *
 * Names are read from the DER bytes, as several organizations can share one relative name, which Node's text form
 * does not tell apart from one name with a plus sign in it.
 *
 * @throws Error when the text is no certificate
 */
export function certificateIdentity(pem: string): CertificateIdentity {
  const certificate = new X509Certificate(pem);
  const { issuer, subject } = names(certificate.raw);
  return {
    userName: subject.get(OID_COMMON_NAME)?.[0] ?? "",
    roles: subject.get(OID_ORGANIZATION) ?? [],
    clusterName: issuer.get(OID_ORGANIZATION)?.[0] ?? "",
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
}

type Name = ReadonlyMap<string, readonly string[]>;

/** RFC 5280 §4.1: [0] version, serial, signature, issuer, validity, subject, … */
function names(der: Buffer): { issuer: Name; subject: Name } {
  const tbs = child(child({ tag: 0, content: der }, 0), 0);
  const fields = readDer(tbs.content);
  const first = fields[0]?.tag === 0xa0 ? 1 : 0;
  return { issuer: readName(fields[first + 2]), subject: readName(fields[first + 4]) };
}

function child(value: DerValue, index: number): DerValue {
  const found = readDer(value.content)[index];
  if (found === undefined) throw new RangeError("a certificate field is missing");
  return found;
}

function readName(name: DerValue | undefined): Name {
  const values = new Map<string, string[]>();
  for (const relative of readDer(name?.content ?? Buffer.alloc(0))) {
    for (const attribute of readDer(relative.content)) {
      const oid = oidText(child(attribute, 0).content);
      const text = child(attribute, 1).content.toString("utf8");
      values.set(oid, [...(values.get(oid) ?? []), text]);
    }
  }
  return values;
}
