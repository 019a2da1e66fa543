import { asn1 } from "node-forge";

/** A name in a certificate: the values of each attribute type, by OID, in the order in which they stand. */
export type DistinguishedName = ReadonlyMap<string, readonly string[]>;

/** Attribute types of names that matter here. */
export const nameOid = {
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  organizationalUnit: "2.5.4.11",
  locality: "2.5.4.7",
  street: "2.5.4.9",
  postalCode: "2.5.4.17",
  kubernetesUser: "1.3.9999.1.1",
  kubernetesGroup: "1.3.9999.1.2",
  clusterName: "1.3.9999.1.7",
  awsRoleArn: "1.3.9999.1.12",
  databaseName: "1.3.9999.2.5",
  databaseUser: "1.3.9999.2.6",
} as const;

/**
 * Reads subject and issuer of a certificate.
 *
 * Node's own text form cannot be taken apart safely (a role may hold a newline), so the DER is read. Nobody has checked
 * the signature here.
 */
export function namesOfCertificate(der: Buffer): { subject: DistinguishedName; issuer: DistinguishedName } {
  const fields = fieldsOfCertificate(der);
  // An explicit version comes first in all but version 1 certificates.
  const first = fields[0]?.tagClass === asn1.Class.CONTEXT_SPECIFIC ? 1 : 0;
  return { issuer: readName(fields[first + 2]), subject: readName(fields[first + 4]) };
}

/** The fields of a certificate's signed part (TBSCertificate of RFC 5280). @throws Error when it is not well formed */
export function fieldsOfCertificate(der: Buffer): asn1.Asn1[] {
  return childrenOf(childrenOf(asn1.fromDer(der.toString("binary"), true))[0]);
}

/** The first value of an attribute, empty when there is none. */
export function firstValue(name: DistinguishedName, oid: string): string {
  return name.get(oid)?.[0] ?? "";
}

function readName(name: asn1.Asn1 | undefined): DistinguishedName {
  const values = new Map<string, string[]>();
  for (const relative of childrenOf(name)) {
    for (const attribute of childrenOf(relative)) {
      const [type, value] = childrenOf(attribute);
      if (typeof type?.value !== "string" || typeof value?.value !== "string") throw malformed();
      const oid = asn1.derToOid(type.value);
      const text = Buffer.from(value.value, "binary").toString("utf8");
      values.set(oid, [...(values.get(oid) ?? []), text]);
    }
  }
  return values;
}

/** What a constructed value holds. @throws Error when it is not constructed */
export function childrenOf(node: asn1.Asn1 | undefined): asn1.Asn1[] {
  if (node === undefined || !Array.isArray(node.value)) throw malformed();
  return node.value;
}

function malformed(): Error {
  return new Error("the certificate's names are not well formed");
}
