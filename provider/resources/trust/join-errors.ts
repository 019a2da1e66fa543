import { Problem } from "../../../trust";

/** What a leaf says of a failed handshake → where to look. The first that fits. Source: teleport-api §4.3, §4.4. */
const hints: readonly (readonly [RegExp, (webProxyAddr: string) => string])[] = [
  [
    /cluster token has been rejected|invalid cluster token/,
    (addr) =>
      `The token was made a moment ago, so ${addr} probably leads to another cluster than \`root\`, or to a root whose clock is far off. The root's audit log and its log name the reason.`,
  ],
  [
    /misconfigured HTTP\/TLS certificate|x509/,
    (addr) =>
      `The leaf's Auth does not trust the web certificate of ${addr}: add the authority that signed it to the trust store of the leaf's Auth hosts (Node's and Terraform's settings do not matter there).`,
  ],
  [
    /already registered|already exist/,
    () => "Apply again: what the root or the leaf still holds of an earlier life of this trust is removed first.",
  ],
  [
    /same name as|bidirectional/,
    () => "Trust goes one way: remove the trust in the other direction, or leave this one out.",
  ],
  [
    /dial|connection refused|no such host|i\/o timeout|network is unreachable|deadline exceeded/i,
    (addr) =>
      `The leaf's Auth must reach ${addr} by HTTPS: check name, port and firewall from there, or set \`web_proxy_addr\`.`,
  ],
];

/** The error of a failed join, with the place to look at. Errors that say enough stay as they are. */
export function joinProblem(error: unknown, webProxyAddr: string): unknown {
  if (!(error instanceof Problem)) return error;
  const hint = hints.find(([text]) => text.test(error.what))?.[1];
  if (hint === undefined) return error;
  return new Problem("TRUST_JOIN_REFUSED", error.what, ["web_proxy_addr"], hint(webProxyAddr), { cause: error });
}
