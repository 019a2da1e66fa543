import type { SshError } from "../ssh";
import { audit } from "./audit";
import type { AuditLogin } from "./audit-log";
import type { AuthContext } from "./context";
import { LoginDenied, PlainKeyRefused } from "./ssh-caller";

/**
 * Writes a refused login into the audit log, as the event `auth`.
 *
 * What is not worth an event: somebody who did not get as far as a credential, and plain keys, which OpenSSH offers by
 * itself behind each certificate.
 *
 * @param user the login that was asked for; `undefined` when it did not come to that
 * @param node host name; left out at a proxy
 */
export function auditRefusedLogin(
  context: AuthContext,
  user: string | undefined,
  error: SshError,
  node?: string,
): void {
  if (user === undefined || error.cause instanceof PlainKeyRefused) return;
  const denied = error.cause instanceof LoginDenied ? error.cause.login : { login: user };
  const login: AuditLogin = { ...denied, ...(node === undefined ? {} : { node }) };
  audit(context, {
    event: "auth",
    user: login.certificateUser ?? "",
    name: `${user}@${node ?? context.clusterName}`,
    success: false,
    detail: error.message,
    login,
  });
}

/** Who came and what this cluster makes of it, in words. */
export function loginText({ certificateUser, userCluster, certificateRoles = [], roles = [] }: AuditLogin): string {
  return `${certificateUser} of ${userCluster} with roles [${certificateRoles.join(" ")}] has roles [${roles.join(" ")}] here`;
}
