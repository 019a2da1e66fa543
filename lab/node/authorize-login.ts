import type { Labels } from "../access";
import { checkLoginOnNode } from "../access";
import type { SshAuthContext, SshCaller } from "../auth";
import { authorizeSsh, LoginDenied } from "../auth";
import type { SshCredential } from "../ssh";
import { isLoginName } from "./homes";

/**
 * Decides who may log in to a node, as `UserKeyAuth` of Teleport's `lib/srv/authhandlers.go` does: the certificate, the
 * roles that it leads to here, and whether one of these allows the login on a node with these labels.
 *
 * @throws PlainKeyRefused when it is no certificate
 * @throws LoginDenied in the server's words (those about the login are recalled)
 */
export function authorizeLogin(
  credential: SshCredential,
  node: { readonly labels: Labels },
  context: SshAuthContext,
): SshCaller {
  const found = authorizeSsh(credential, context);
  const { login, certificateUser, userCluster } = found.login;
  try {
    checkLoginOnNode(found.caller, node.labels, login);
  } catch (error) {
    const who = `user ${certificateUser}@${userCluster}`;
    const text = error instanceof Error ? error.message : String(error);
    throw new LoginDenied(
      found.login,
      error,
      `${who} is not authorized to login as ${login}@${context.clusterName}: ${text}`,
    );
  }
  // Where the real server looks into the host's user database.
  if (!isLoginName(login)) throw new LoginDenied(found.login, new Error(`user: unknown user ${login}`));
  return found;
}
