import type { UserIdentity } from "./types";

/** Principal that every user certificate has, by which Teleport's own nodes let users join sessions; no login. */
const internalJoin = "-teleport-internal-join";

/** Principal of users who may log in nowhere: an empty list would mean every login to some SSH servers. */
const noLogin = "-teleport-nologin-";

/** The logins that an SSH certificate of this user names. */
export function userPrincipals(identity: UserIdentity): string[] {
  const logins = identity.logins.length > 0 ? identity.logins : [`${noLogin}${identity.user}`];
  return [...logins, internalJoin];
}

/** What an SSH certificate says of a user beside the logins. */
export function userExtensions(identity: UserIdentity, clusterName: string): Record<string, string> {
  return {
    "permit-agent-forwarding": "",
    "permit-port-forwarding": "",
    "permit-pty": "",
    "private-key-policy": "none",
    "teleport-roles": JSON.stringify({ version: "v1", roles: identity.roles }),
    "teleport-route-to-cluster": identity.routeToCluster ?? clusterName,
    "teleport-traits": JSON.stringify(identity.traits),
    ...(identity.impersonator === undefined ? {} : { impersonator: identity.impersonator }),
  };
}

/** What an SSH certificate says of a host: a root refuses a leaf's proxy without these two (lib/reversetunnel/srv.go). */
export function hostExtensions(role: string, clusterName: string): Record<string, string> {
  return { "x-teleport-authority": clusterName, "x-teleport-role": role };
}
