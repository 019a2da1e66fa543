import type { DistinguishedName } from "./certificate-subject";
import { firstValue, nameOid } from "./certificate-subject";

/** What the subject of a client certificate says. */
export interface TlsIdentity {
  /** User name, or `<host uuid>.<cluster>` of a service. */
  readonly name: string;
  /** Role names of a user, or the system role of a service. DER sorts them: their order is not the user's. */
  readonly groups: readonly string[];
  /** Restrictions of what the certificate is for; normally none. */
  readonly usage: readonly string[];
  readonly principals: readonly string[];
  readonly traits: Readonly<Record<string, readonly string[]>>;
  readonly kubernetesUsers: readonly string[];
  readonly kubernetesGroups: readonly string[];
  readonly databaseNames: readonly string[];
  readonly databaseUsers: readonly string[];
  readonly awsRoleArns: readonly string[];
  /** Cluster that issued the certificate, as the subject says; empty when it does not. */
  readonly clusterName: string;
}

/** Roles that services have; a certificate that holds one speaks for a service, never for a user. */
const systemRoles = new Set([
  "Auth",
  "Node",
  "Proxy",
  "Admin",
  "App",
  "Bot",
  "Database",
  "Db",
  "Discovery",
  "Instance",
  "Kube",
  "MDM",
  "Nop",
  "Okta",
  "Provisiontoken",
  "Remoteproxy",
  "Signup",
  "Trusted_cluster",
  "WindowsDesktop",
]);

/** Whether a name in O is a system role. */
export function isSystemRole(name: string): boolean {
  return systemRoles.has(name);
}

/** Reads an identity from a subject. @throws Error when traits are not the JSON that they have to be */
export function identityFromSubject(subject: DistinguishedName): TlsIdentity {
  const values = (oid: string) => subject.get(oid) ?? [];
  return {
    name: firstValue(subject, nameOid.commonName),
    groups: values(nameOid.organization),
    usage: values(nameOid.organizationalUnit),
    principals: values(nameOid.locality),
    traits: traitsFromJson(firstValue(subject, nameOid.postalCode)),
    kubernetesUsers: values(nameOid.kubernetesUser),
    kubernetesGroups: values(nameOid.kubernetesGroup),
    databaseNames: values(nameOid.databaseName),
    databaseUsers: values(nameOid.databaseUser),
    awsRoleArns: values(nameOid.awsRoleArn),
    clusterName: firstValue(subject, nameOid.clusterName),
  };
}

/** Reads traits as certificates hold them. @throws Error when they are not the JSON that they have to be */
export function traitsFromJson(json: string): Record<string, readonly string[]> {
  if (json === "") return {};
  const parsed: unknown = JSON.parse(json);
  if (parsed === null) return {};
  if (typeof parsed !== "object" || Array.isArray(parsed)) throw new Error("the certificate's traits are no object");
  const traits: Record<string, readonly string[]> = {};
  for (const [name, values] of Object.entries(parsed)) {
    if (values === null) continue;
    if (!Array.isArray(values) || values.some((value) => typeof value !== "string")) {
      throw new Error(`the certificate's trait "${name}" is no list of texts`);
    }
    traits[name] = values as string[];
  }
  return traits;
}
