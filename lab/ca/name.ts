import type { Der } from "./der";
import { objectIdentifier, sequence, setOf, text } from "./der";
import type { UserIdentity } from "./types";

/** Attribute types of subjects: X.520's and Teleport's own (lib/tlsca/ca.go). */
const oids = {
  commonName: "2.5.4.3",
  serialNumber: "2.5.4.5",
  locality: "2.5.4.7",
  street: "2.5.4.9",
  organization: "2.5.4.10",
  postalCode: "2.5.4.17",
  teleportCluster: "1.3.9999.1.7",
  impersonator: "1.3.9999.2.7",
} as const;

type Attribute = keyof typeof oids;

/** One relative name: several values of an attribute stand in one set, as Go writes them. */
type RelativeName = readonly [Attribute, ...values: string[]];

/** A subject or issuer, in the order in which it is written. */
export type Name = readonly RelativeName[];

/** Writes a name. Values of one attribute lose their order: a set is sorted by its bytes. */
export function nameToDer(name: Name): Der {
  const relative = name.map(([attribute, ...values]) =>
    setOf(...values.map((value) => sequence(objectIdentifier(oids[attribute]), text(value)))),
  );
  return sequence(...relative);
}

/** Name of a cluster's own authority: others read the cluster's name from O. */
export function authorityName(clusterName: string, serialNumber: string): Name {
  return [
    ["organization", clusterName],
    ["commonName", clusterName],
    ["serialNumber", serialNumber],
  ];
}

/**
 * Subject of a user's certificate: roles in O, logins in L, the route in street, traits in postalCode, the user in CN, and
 * the cluster that issued it. The street is there even when the certificate goes nowhere else.
 */
export function userName(identity: UserIdentity, clusterName: string): Name {
  const logins: Name = identity.logins.length === 0 ? [] : [["locality", ...identity.logins]];
  const impersonator: Name = identity.impersonator === undefined ? [] : [["impersonator", identity.impersonator]];
  return [
    ["organization", ...identity.roles],
    ...logins,
    ["street", identity.routeToCluster ?? ""],
    ["postalCode", JSON.stringify(identity.traits)],
    ["commonName", identity.user],
    ["teleportCluster", clusterName],
    ...impersonator,
  ];
}

/** Subject of a service's certificate: its system role in O, `<uuid>.<cluster>` in CN. */
export function hostName(role: string, hostId: string, clusterName: string): Name {
  return [
    ["organization", role],
    ["commonName", `${hostId}.${clusterName}`],
    ["teleportCluster", clusterName],
  ];
}

/** Name that has nothing to do with Teleport, such as the company's that certifies web proxies. */
export function plainName(organization: string, commonName: string): Name {
  return [
    ["organization", organization],
    ["commonName", commonName],
  ];
}
