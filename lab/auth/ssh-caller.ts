import { checkCertificate, isSameKey, type SshCertificate, type SshCredential, type SshPublicKey } from "../ssh";
import { sshAuthorityKeys } from "../ssh-authorities";
import { accessDenied } from "../trace-error";
import type { AuditLogin } from "./audit-log";
import type { Caller, Traits } from "./caller";
import type { AuthContext } from "./context";
import { holder, mapRemoteRoles, remoteUserName } from "./role-holder";
import type { SshIdentity } from "./ssh-identity";
import { identityFromCertificate } from "./ssh-identity";

/** A user, of this cluster or of a root that it trusts. */
export type UserCaller = Extract<Caller, { readonly kind: "local-user" | "remote-user" }>;

/** Whom an SSH certificate stands for on this cluster. That the client holds its key is for the SSH server to see. */
export interface SshCaller {
  readonly caller: UserCaller;
  /** The same for the audit log. */
  readonly login: AuditLogin;
}

/** What decides about a certificate. */
export type SshAuthContext = Pick<AuthContext, "clusterName" | "storage" | "rules" | "realNow">;

/** A plain key: not even tried as a certificate. OpenSSH offers it behind each certificate that was refused. */
export class PlainKeyRefused extends Error {
  override readonly name = "PlainKeyRefused";

  constructor() {
    super("ssh: normal key pairs not accepted");
  }
}

/** A certificate that does not let its holder in, with the server's words and what is known of the holder. */
export class LoginDenied extends Error {
  override readonly name = "LoginDenied";

  constructor(
    readonly login: AuditLogin,
    cause: unknown,
    message = cause instanceof Error ? cause.message : String(cause),
  ) {
    super(message, { cause });
  }
}

/**
 * Decides who comes with an SSH certificate: signed by a user authority of this cluster or of a root that it trusts now,
 * valid, for this login; then the roles of the certificate, by the role map when it is a root's.
 *
 * @throws PlainKeyRefused when it is no certificate
 * @throws LoginDenied in the server's words
 */
export function authorizeSsh({ user: login, certificate }: SshCredential, context: SshAuthContext): SshCaller {
  if (certificate === undefined) throw new PlainKeyRefused();
  const known: { -readonly [Name in keyof AuditLogin]: AuditLogin[Name] } = { login };
  try {
    known.certificateUser = certificate.keyId;
    const userCluster = checkedCluster(certificate, login, context);
    known.userCluster = userCluster;
    const identity = identityFromCertificate(certificate);
    known.certificateRoles = identity.roles;
    if (identity.user === "") throw accessDenied("access denied: the certificate names no user");
    const caller = callerOf(identity, userCluster, certificate.principals, context);
    known.roles = caller.roles;
    return { caller, login: known };
  } catch (error) {
    throw new LoginDenied(known, error);
  }
}

/** The cluster whose user authority has signed a certificate that is good for this login now. @throws SshError */
function checkedCluster(certificate: SshCertificate, login: string, context: SshAuthContext): string {
  const authorities = userAuthorities(context);
  checkCertificate(certificate, {
    kind: "user",
    principal: login,
    authorities: authorities.map(({ key }) => key),
    now: context.realNow(),
  });
  const authority = authorities.find(({ key }) => isSameKey(key, certificate.signatureKey));
  if (authority === undefined) throw new Error("a checked certificate has no authority: this is a bug of the lab");
  return authority.cluster;
}

/** Disabled trusts have their authorities under another kind, so that they are not found here. */
function userAuthorities({ storage }: SshAuthContext): { readonly cluster: string; readonly key: SshPublicKey }[] {
  return storage
    .list("cert_authority")
    .filter(({ spec }) => spec?.type === "user")
    .flatMap(({ spec }) => {
      const cluster = spec?.clusterName ?? "";
      return (sshAuthorityKeys(storage, "user", cluster) ?? []).map((key) => ({ cluster, key }));
    });
}

function callerOf(
  { user, roles, traits }: SshIdentity,
  cluster: string,
  principals: readonly string[],
  context: SshAuthContext,
): UserCaller {
  if (cluster === context.clusterName) return { kind: "local-user", user, ...holder(roles, traits, context) };
  const mapped = mapRemoteRoles(cluster, roles, `user with remote roles [${roles.join(" ")}]`, context);
  // The leaf believes the logins that the root allowed, not the trait of that name.
  const remoteTraits: Traits = { ...traits, logins: principals };
  return {
    kind: "remote-user",
    user: remoteUserName(user, cluster),
    remoteUser: user,
    clusterName: cluster,
    remoteRoles: roles,
    ...holder(mapped, remoteTraits, context),
  };
}
