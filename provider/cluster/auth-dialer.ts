import type { TLSSocket } from "node:tls";

import { Problem } from "../../trust";
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

  const problemOf = (tried: readonly Credentials[], failures: readonly DialFailure[]) => {
    const credentials = tried.map(({ title }) => title).join(", the ");
    return connectionProblem({ owner: options.owner, addr: options.addr, credentials }, failures);
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
    throw problemOf(all, failures);
  };

  const again = async (route: Route, protocol: AuthProtocol, signal: AbortSignal): Promise<TLSSocket> => {
    try {
      return await attempt(route, protocol, signal);
    } catch (error) {
      if (!(error instanceof DialFailure)) throw error;
      throw problemOf([route.credentials], [error]);
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

/**
 * The ways to try with these credentials. After a failure that another cluster's name could cure, the web proxy is asked
 * whose it is; its answer is the second way, or makes the failure clearer.
 */
async function* routes(
  credentials: Credentials,
  failures: DialFailure[],
  { proxyClusterName }: AuthDialerOptions,
  signal: AbortSignal,
): AsyncGenerator<Route> {
  const issuer = credentials.identity.clusterName;
  yield { credentials, clusterName: issuer };
  const failure = failures.at(-1);
  if (failure === undefined || ["unreachable", "timeout", "not-tls"].includes(failure.kind)) return;
  const name = await proxyClusterName(signal).catch((error: unknown) => noName(error, failures, signal));
  if (name === "") return;
  if (name !== issuer) {
    yield { credentials, clusterName: name };
    const what = `it belongs to cluster "${name}", the credentials to cluster "${issuer}"`;
    failures.unshift(new DialFailure("other-cluster", what, { cause: failures.at(-1) }));
  } else if (failure.kind === "untrusted-server" || failure.kind === "protocol") {
    const what = `${failure.message}, although the web proxy there is of the right cluster, "${name}"`;
    failures.splice(0, failures.length, new DialFailure("ended-tls", what, { cause: failure }));
  }
}

/** No web proxy there, mostly; then the failure that is known already says more. An untrusted one could have said more. */
function noName(error: unknown, failures: DialFailure[], signal: AbortSignal): string {
  signal.throwIfAborted();
  if (error instanceof Problem && error.code === "CONNECTION_UNTRUSTED" && failures.at(-1)?.kind === "other") {
    failures.push(new DialFailure("other", `the cluster's name cannot be asked for: ${error.what}`, { cause: error }));
  }
  return "";
}
