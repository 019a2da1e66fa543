import { createSecureContext, type SecureContext } from "node:tls";
import { formatAddress, Problem, parseAddress } from "../../trust";
import { connectionProblem, DialFailure } from "./connection-errors";
import { type HttpAnswer, httpRequest } from "./http";
import { type ProxySettings, sshProxyAddr, tunnelAddr, webProxyAddr } from "./proxy-addresses";
import { dialTls } from "./tls-socket";

/** What a web proxy says of its cluster without asking who we are (`/webapi/ping`). */
export interface WebInfo {
  /** `host:port` that was asked. */
  readonly addr: string;
  readonly clusterName: string;
  readonly serverVersion: string;
  /** Such as `oss`, `ent`, `community`; empty when the server does not say. */
  readonly edition: string;
  /** `host:port` of the web proxy as the cluster publishes it; the asked address when it publishes none. */
  readonly webProxyAddr: string;
  /** `host:port` where a leaf's agents dial. */
  readonly tunnelAddr: string;
  /** `host:port` of the SSH proxy. */
  readonly sshProxyAddr: string;
  /** One port for everything, told apart by ALPN. */
  readonly tlsRouting: boolean;
}

/** How a web proxy is asked. */
export interface WebPingOptions {
  /** Take any certificate. */
  readonly insecure: boolean;
  readonly timeoutMs: number;
  /** PEM of the authorities to trust; asked for only where they are needed. */
  readonly authorities: () => Promise<readonly string[]>;
  /** The value of `TELEPORT_TUNNEL_PUBLIC_ADDR`. */
  readonly tunnelOverride: string | undefined;
}

/**
 * Asks a web proxy who it is. Not cached.
 *
 * The answer is what an unauthenticated server says, trusted as far as its web certificate is; with `insecure` not at all.
 *
 * @throws Problem CONNECTION_FAILED, CONNECTION_UNTRUSTED, or API_UNEXPECTED when what answers is no Teleport proxy
 */
export async function webPing(addr: string, options: WebPingOptions, signal: AbortSignal): Promise<WebInfo> {
  const { host } = parseAddress(addr);
  const authorities = options.insecure ? [] : await options.authorities();
  const context = createSecureContext({ ca: [...authorities], minVersion: "TLSv1.2" });
  const dial = (limit: AbortSignal) => dialTls(tlsOptions(addr, host, context, options), limit);
  const request = {
    method: "GET",
    host: addr,
    path: "/webapi/ping",
    dial,
    timeoutMs: options.timeoutMs,
  } as const;
  try {
    return readAnswer(addr, await httpRequest(request, signal), options.tunnelOverride);
  } catch (error) {
    if (error instanceof DialFailure) throw webProblem(addr, error);
    throw error;
  }
}

function tlsOptions(addr: string, host: string, context: SecureContext, { insecure, timeoutMs }: WebPingOptions) {
  return {
    addr,
    serverName: host,
    alpn: ["http/1.1"],
    context,
    verify: !insecure,
    timeoutMs,
    serverSpeaksFirst: false,
  };
}

function webProblem(addr: string, failure: DialFailure): Problem {
  const problem = connectionProblem({ owner: "the web proxy", addr }, [failure]);
  if (failure.kind !== "untrusted-server") return problem;
  const what = problem.what.replace("that the credentials do not hold", "that this machine does not trust");
  const next =
    "Name the file with that authority in SSL_CERT_FILE (or install it in the system), or set `insecure` for a test.";
  return new Problem("CONNECTION_UNTRUSTED", what, [], next, { cause: failure });
}

function readAnswer(addr: string, answer: HttpAnswer, tunnelOverride: string | undefined): WebInfo {
  const body = answer.status === 200 ? record(parseJson(answer.text)) : undefined;
  const clusterName = text(body?.cluster_name);
  const serverVersion = text(body?.server_version);
  if (body === undefined || serverVersion === "") {
    const what = `what answers at ${addr} is not the web proxy of a Teleport cluster (HTTP status ${answer.status})`;
    throw new Problem(
      "API_UNEXPECTED",
      what,
      [],
      "Use the address of the web proxy, whose port is usually 443 or 3080.",
    );
  }
  const settings = proxySettings(record(body.proxy));
  const asked = formatAddress(parseAddress(addr));
  return {
    addr,
    clusterName,
    serverVersion,
    edition: text(body.edition),
    webProxyAddr: webProxyAddr(settings, asked),
    tunnelAddr: tunnelAddr(settings, asked, tunnelOverride),
    sshProxyAddr: sshProxyAddr(settings, asked),
    tlsRouting: settings.tlsRouting,
  };
}

function proxySettings(proxy: Readonly<Record<string, unknown>> | undefined): ProxySettings {
  const ssh = record(proxy?.ssh);
  return {
    tlsRouting: proxy?.tls_routing_enabled === true,
    ssh: {
      listenAddr: text(ssh?.listen_addr),
      tunnelListenAddr: text(ssh?.tunnel_listen_addr),
      webListenAddr: text(ssh?.web_listen_addr),
      publicAddr: text(ssh?.public_addr),
      sshPublicAddr: text(ssh?.ssh_public_addr),
      sshTunnelPublicAddr: text(ssh?.ssh_tunnel_public_addr),
    },
  };
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
