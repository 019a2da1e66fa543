import type { TLSSocket } from "node:tls";

import { connectionProblem, DialFailure } from "./connection-errors";
import type { Credentials } from "./credentials";
import { dialTls } from "./tls-socket";

/** The name that every Auth server's certificate is for, whatever its address. */
const AUTH_SERVER_NAME = "teleport.cluster.local";

/** gRPC, or the legacy API in HTTP/1.1. */
export type AuthProtocol = "h2" | "http/1.1";

/** What dialling one cluster's Auth needs. */
export interface AuthDialerOptions {
  /** For messages, such as `cluster "leaf"`. */
  readonly owner: string;
  /** `host:port` of a web proxy or of Auth: which one it is shows itself. */
  readonly addr: string;
  /** The credentials, loaded on demand, in the order in which they are tried. */
  readonly credentials: (signal: AbortSignal) => Promise<readonly Credentials[]>;
  /** The cluster that the web proxy at `addr` belongs to; rejects when it is no web proxy. */
  readonly proxyClusterName: (signal: AbortSignal) => Promise<string>;
  readonly timeoutMs: number;
  /** Milliseconds of a clock that only runs forward. */
  readonly monotonic: () => number;
}

/** Which cluster's Auth a TLS-routing proxy is asked for, and with what. The first that works is kept. */
interface Route {
  readonly credentials: Credentials;
  readonly clusterName: string;
}

/** A failure is given to every call within this time, so that hundreds of resources do not each wait for a dead address. */
const FAILURE_MEMORY_MS = 10_000;

/** Makes connections to one cluster's Auth. */
export interface AuthDialer {
  /** @throws Problem CONNECTION_FAILED, CONNECTION_UNTRUSTED, IDENTITY_INVALID, IDENTITY_EXPIRED, or the signal's reason */
  dial(protocol: AuthProtocol, signal: AbortSignal): Promise<TLSSocket>;
}

/**
 * The ALPN protocol by which a proxy with TLS routing forwards a connection, unopened, to that cluster's Auth.
 * The name is in hex so that it is one label under the wildcard of Auth's certificate.
 */
export function authAlpn(clusterName: string): string {
  return `teleport-auth@${Buffer.from(clusterName, "utf8").toString("hex")}.${AUTH_SERVER_NAME}`;
}

/**
 * Makes a dialer.
 *
 * One connection serves both kinds of address: it offers the proxy's routing protocol and, behind it, what Auth itself
 * speaks; a proxy takes the first, an Auth server the second, and TLS ends at Auth in both cases. The cluster is the one
 * that issued the credentials; only when what answers is not that cluster's Auth, the web proxy is asked for its name.
 */
export function createAuthDialer(options: AuthDialerOptions): AuthDialer {
  let known: Route | undefined;
  let failed: { readonly error: unknown; readonly atMs: number } | undefined;

  const attempt = (route: Route, protocol: AuthProtocol, signal: AbortSignal) => {
    const { addr, timeoutMs } = options;
    const alpn = route.clusterName === "" ? [protocol] : [authAlpn(route.clusterName), protocol];
    const { context } = route.credentials;
    const serverSpeaksFirst = protocol === "h2";
    return dialTls(
      { addr, serverName: AUTH_SERVER_NAME, alpn, context, verify: true, timeoutMs, serverSpeaksFirst },
      signal,
    );
  };

  const search = async (protocol: AuthProtocol, signal: AbortSignal): Promise<TLSSocket> => {
    const failures: DialFailure[] = [];
    const all = await options.credentials(signal);
    for (const credentials of all) {
      for await (const route of routes(credentials, failures, options, signal)) {
        try {
          const socket = await attempt(route, protocol, signal);
          known = route;
          return socket;
        } catch (error) {
          if (!(error instanceof DialFailure)) throw error;
          failures.push(error);
        }
      }
    }
    const { owner, addr, timeoutMs } = options;
    const title = all.map((each) => each.title).join(", the ");
    throw connectionProblem({ owner, addr, credentials: title, timeoutMs }, failures);
  };

  const again = async (route: Route, protocol: AuthProtocol, signal: AbortSignal): Promise<TLSSocket> => {
    try {
      return await attempt(route, protocol, signal);
    } catch (error) {
      if (!(error instanceof DialFailure)) throw error;
      const { owner, addr, timeoutMs } = options;
      throw connectionProblem({ owner, addr, credentials: route.credentials.title, timeoutMs }, [error]);
    }
  };

  return {
    async dial(protocol, signal) {
      if (failed !== undefined && options.monotonic() - failed.atMs < FAILURE_MEMORY_MS) throw failed.error;
      try {
        const socket = await (known === undefined ? search(protocol, signal) : again(known, protocol, signal));
        failed = undefined;
        return socket;
      } catch (error) {
        if (!signal.aborted && known === undefined) failed = { error, atMs: options.monotonic() };
        throw error;
      }
    },
  };
}

/** The ways to try with these credentials; the second only after a failure that another cluster's name could cure. */
async function* routes(
  credentials: Credentials,
  failures: readonly DialFailure[],
  { proxyClusterName }: AuthDialerOptions,
  signal: AbortSignal,
): AsyncGenerator<Route> {
  const issuer = credentials.identity.clusterName;
  yield { credentials, clusterName: issuer };
  const last = failures.at(-1)?.kind;
  if (last === "unreachable" || last === "timeout" || last === "not-tls") return;
  try {
    const name = await proxyClusterName(signal);
    if (name !== "" && name !== issuer) yield { credentials, clusterName: name };
  } catch {
    signal.throwIfAborted();
    // No web proxy there: the failure that is known already says more than this one.
  }
}
