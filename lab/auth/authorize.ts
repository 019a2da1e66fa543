import { listsByName } from "../access";
import { accessDenied, notFound } from "../trace-error";
import type { Caller, Traits } from "./caller";
import type { AuthContext } from "./context";
import { holder, mapRemoteRoles, remoteUserName } from "./role-holder";
import type { TlsIdentity } from "./tls-identity";
import { isSystemRole } from "./tls-identity";
import type { VerifiedPeer } from "./verify-peer";

/**
 * Who calls, decided anew for each call: role names come from the certificate, what they mean is read from the storage now.
 *
 * @param peer what the handshake found; `undefined` for a client without certificate
 * @throws TraceError access_denied for a certificate that fits no caller, or no local role; not_found for a role that is gone
 */
export function authorize(peer: VerifiedPeer | undefined, context: AuthContext): Caller {
  if (peer === undefined) return { kind: "nop", user: "nop" };
  if (peer.certificates !== 1) throw accessDenied("access denied: intermediaries are not supported");
  const systemRole = peer.identity.groups.find(isSystemRole);
  assertConsistent(peer, systemRole, context);
  const isLocal = peer.authorityCluster === context.clusterName;
  if (systemRole === undefined) return isLocal ? localUser(peer.identity, context) : remoteUser(peer, context);
  const user = peer.identity.name;
  if (isLocal) return { kind: "builtin", user, systemRole };
  if (systemRole === "Proxy") {
    return { kind: "remote-builtin", user, systemRole, clusterName: peer.authorityCluster };
  }
  throw accessDenied(
    `access denied: remote service "${systemRole}" of cluster "${peer.authorityCluster}" is not supported`,
  );
}

/** The subject must say what the issuer is: its cluster, and the type of authority that its kind of name asks for. */
function assertConsistent(peer: VerifiedPeer, systemRole: string | undefined, { rules }: AuthContext): void {
  const { identity, authorityCluster, authorityType } = peer;
  const wantedType = systemRole === undefined ? "user" : "host";
  // Certificates of services of older releases do not name their cluster.
  const fitsCluster =
    identity.clusterName === authorityCluster || (identity.clusterName === "" && systemRole !== undefined);
  const fitsType = !rules.checksAuthorityType || authorityType === wantedType;
  if (!fitsCluster || !fitsType || identity.usage.length > 0 || identity.name === "") {
    throw accessDenied("access denied: invalid client certificate");
  }
}

function localUser(identity: TlsIdentity, context: AuthContext): Caller {
  const record = identity.groups.length === 0 ? context.storage.get("user", identity.name) : undefined;
  if (identity.groups.length === 0 && record === undefined) throw notFound(`user "${identity.name}" not found`);
  const roles = record?.spec?.roles ?? identity.groups;
  const traits = record === undefined ? identity.traits : listsByName(record.spec?.traits);
  return { kind: "local-user", user: identity.name, ...holder(roles, traits, context) };
}

function remoteUser(peer: VerifiedPeer, context: AuthContext): Caller {
  const { identity, authorityCluster } = peer;
  const who = `remote user "${identity.name}" from cluster "${authorityCluster}" with remote roles [${identity.groups.join(" ")}]`;
  const roles = mapRemoteRoles(authorityCluster, identity.groups, who, context);
  return {
    kind: "remote-user",
    user: remoteUserName(identity.name, authorityCluster),
    remoteUser: identity.name,
    clusterName: authorityCluster,
    remoteRoles: identity.groups,
    ...holder(roles, remoteTraits(identity), context),
  };
}

/** What the leaf sees of a root user: logins are those that the root allowed; other traits are the certificate's. */
function remoteTraits(identity: TlsIdentity): Traits {
  return {
    ...identity.traits,
    logins: identity.principals,
    kubernetes_groups: identity.kubernetesGroups,
    kubernetes_users: identity.kubernetesUsers,
    db_names: identity.databaseNames,
    db_users: identity.databaseUsers,
    aws_role_arns: identity.awsRoleArns,
  };
}
