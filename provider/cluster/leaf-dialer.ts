import type { TLSSocket } from "node:tls";

import { Problem } from "../../trust";
import { type AuthDialer, type AuthProtocol, authAlpn } from "./auth-dialer";
import { DialFailure } from "./connection-errors";
import type { Credentials } from "./credentials";
import type { CertAuthorityV2, RemoteClusterV3 } from "./messages";
import { dialTls } from "./tls-socket";

/** The name that every Auth server's certificate is for, whatever its address. */
const AUTH_SERVER_NAME = "teleport.cluster.local";

/** What dialling a leaf through its root needs. */
export interface LeafDialerOptions {
  /** Real name of the leaf. */
  readonly leaf: string;
  /** The root, for messages. */
  readonly root: string;
  readonly credentials: (signal: AbortSignal) => Promise<readonly Credentials[]>;
  /** `host:port` of the root's web proxy. */
  readonly proxyAddr: (signal: AbortSignal) => Promise<string>;
  /** The leaf's host authority, as the root holds it. */
  readonly hostAuthority: (leaf: string, signal: AbortSignal) => Promise<CertAuthorityV2 | undefined>;
  /** What the root says of the leaf; undefined when it knows none of that name, or hides it. */
  readonly remoteCluster: (leaf: string, signal: AbortSignal) => Promise<RemoteClusterV3 | undefined>;
  readonly timeoutMs: number;
}

/**
 * Makes connections to a leaf's Auth by the root's proxy, which hands them on through the reverse tunnel without opening them.
 *
 * The leaf's certificate is checked by the authority that the root holds of it; the root's identity is shown to the leaf itself.
 */
export function createLeafDialer(options: LeafDialerOptions): AuthDialer {
  const attempt = async (protocol: AuthProtocol, signal: AbortSignal): Promise<TLSSocket> => {
    const [addr, authorities] = await Promise.all([options.proxyAddr(signal), authoritiesOf(options, signal)]);
    const alpn = [authAlpn(options.leaf), protocol];
    const rest = { addr, serverName: AUTH_SERVER_NAME, alpn, verify: true, timeoutMs: options.timeoutMs };
    const failures: DialFailure[] = [];
    for (const credentials of await options.credentials(signal)) {
      try {
        const context = credentials.trusting(authorities);
        return await dialTls({ ...rest, context, serverSpeaksFirst: protocol === "h2" }, signal);
      } catch (error) {
        if (!(error instanceof DialFailure)) throw error;
        failures.push(error);
      }
    }
    throw failures[0] ?? new DialFailure("other", "there are no credentials");
  };

  return {
    async dial(protocol, signal) {
      try {
        return await attempt(protocol, signal);
      } catch (error) {
        throw error instanceof DialFailure ? await explained(error, options, signal) : error;
      }
    },
  };
}

async function authoritiesOf(options: LeafDialerOptions, signal: AbortSignal): Promise<string[]> {
  const authority = await options.hostAuthority(options.leaf, signal);
  const { active_keys, additional_trusted_keys } = authority?.spec ?? {};
  const pairs = [...(active_keys?.tls ?? []), ...(additional_trusted_keys?.tls ?? [])];
  if (pairs.length > 0) return pairs.map(({ cert }) => Buffer.from(cert).toString("utf8"));
  throw unknownLeaf(options);
}

/** Proxies say nothing when they have no tunnel; the root's own record of the leaf tells more. */
async function explained(failure: DialFailure, options: LeafDialerOptions, signal: AbortSignal): Promise<Problem> {
  const { leaf, root } = options;
  const found = await options.remoteCluster(leaf, signal).catch(() => null);
  if (found === undefined) return unknownLeaf(options);
  if (failure.kind === "untrusted-client") {
    const next = `The trust is disabled or gone on the leaf, or an authority of the root was rotated: look at the trusted cluster on ${leaf}.`;
    return new Problem("CONNECTION_UNTRUSTED", `${leaf} does not take users of ${root}`, [], next, { cause: failure });
  }
  const status = found?.status?.connection ?? "";
  const said = status === "" ? "" : `; the root says that it is ${status}`;
  return new Problem(
    "TRUST_NOT_ONLINE",
    `${leaf} cannot be reached through ${root}: ${failure.message}${said}`,
    [],
    "Check that the trust is enabled on the leaf, that the leaf is up, and that it reaches the root's tunnel address.",
    { cause: failure },
  );
}

/** A leaf that the root does not show to the identity. @param root its title, for people */
export function unknownLeaf({ leaf, root }: Pick<LeafDialerOptions, "leaf" | "root">): Problem {
  return new Problem(
    "TRUST_NOT_VISIBLE",
    `${root} has no leaf ${JSON.stringify(leaf)}, or it is hidden from this identity`,
    [],
    "Check the leaf's real name; a leaf with labels is seen only with `cluster_labels` that fit them.",
  );
}
