import type { CertAuthorityV2 } from "../gen/teleport/types/cert_authority_pb";
import type { TrustedClusterV2 } from "../gen/teleport/types/trusted_cluster_pb";
import { authorityKey } from "../storage";
import { accessDenied, badParameter, connectionProblem, TraceError } from "../trace-error";
import { decodeAuthority, encodeAuthority } from "./authority-json";
import type { AuthContext, ProxyAnswer } from "./context";
import { errorFromHttp } from "./wire-error";

/** Where a root's proxy takes a leaf's token. */
export const validatePath = "/v1/webapi/trustedclusters/validate";

/**
 * The leaf's side of joining: shows token and host authority to the root's proxy and gets the root's authorities.
 *
 * Nothing is stored here. The root has registered this leaf when it answers.
 *
 * @returns the root's authorities, at least its host authority, first
 * @throws TraceError the root's own refusal; access_denied for a proxy whose certificate is not trusted;
 *   connection_problem when it cannot be reached
 */
export async function establishTrust(
  cluster: TrustedClusterV2,
  context: AuthContext,
  signal: AbortSignal,
): Promise<CertAuthorityV2[]> {
  const body = JSON.stringify({
    token: cluster.spec?.token ?? "",
    certificate_authorities: [encodeAuthority(ownHostAuthority(context))],
    teleport_version: context.announcedVersion,
  });
  const answer = await post(cluster.spec?.webProxyAddr ?? "", body, context, signal);
  if (answer.status !== 200) throw errorFromHttp(answer.status, answer.body);
  const authorities = readAnswer(answer.body);
  if (authorities[0]?.spec?.clusterName === context.clusterName) {
    throw badParameter("remote cluster name can not be the same as local cluster name");
  }
  return authorities;
}

function ownHostAuthority({ storage, clusterName }: AuthContext): CertAuthorityV2 {
  const authority = storage.get("cert_authority", authorityKey("host", clusterName));
  if (authority === undefined)
    throw new Error(`the lab's cluster "${clusterName}" has no host authority: this is a bug`);
  return authority;
}

async function post(address: string, body: string, context: AuthContext, signal: AbortSignal): Promise<ProxyAnswer> {
  try {
    return await context.proxyClient.post(address, validatePath, body, signal);
  } catch (error) {
    if (isAboutCertificate(error)) {
      throw accessDenied("the trusted cluster uses misconfigured HTTP/TLS certificate.");
    }
    if (error instanceof TraceError) throw error;
    throw connectionProblem(`failed to reach "https://${address}${validatePath}": ${(error as Error).message}`, error);
  }
}

/** Node's codes for a certificate that cannot be trusted; Go's errors say "x509". */
function isAboutCertificate(error: unknown): boolean {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  return /x509|certificate/i.test(message) || /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/.test(code);
}

function readAnswer(body: string): CertAuthorityV2[] {
  try {
    const { certificate_authorities: encoded } = JSON.parse(body) as { certificate_authorities: string[] };
    const authorities = encoded.map(decodeAuthority);
    if (authorities.length > 0) return authorities;
  } catch (error) {
    throw badParameter(`the root's answer is not understood: ${(error as Error).message}`);
  }
  throw badParameter("the root's answer holds no certificate authorities");
}
