/** The `proxy` part of what `/webapi/ping` answers, as far as addresses go; absent texts are empty. */
export interface ProxySettings {
  readonly tlsRouting: boolean;
  readonly ssh: {
    readonly listenAddr: string;
    readonly tunnelListenAddr: string;
    readonly webListenAddr: string;
    /** The *web* proxy's public address, in spite of where it stands. */
    readonly publicAddr: string;
    readonly sshPublicAddr: string;
    readonly sshTunnelPublicAddr: string;
  };
}

const WEB_PORT = 443;
const SSH_PORT = 3023;
const TUNNEL_PORT = 3024;

/** A host and, where one is written, a port; hosts keep no brackets. */
interface HostPort {
  readonly host: string;
  readonly port: number | undefined;
}

function split(text: string): HostPort {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text);
  if (!match) return { host: text.replace(/^\[|\]$/g, ""), port: undefined };
  return { host: match[1] ?? match[2] ?? "", port: match[3] === undefined ? undefined : Number(match[3]) };
}

function join(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Where a port is told apart from "any address of the machine": such a host is of no use to somebody else. */
const unspecified = new Set(["", "0.0.0.0", "::"]);

/**
 * Where clients reach the web proxy: its public address, else the one that was asked.
 *
 * @param asked `host:port` that answered
 */
export function webProxyAddr({ ssh }: ProxySettings, asked: string): string {
  return ssh.publicAddr === "" ? asked : complete(ssh.publicAddr, webPort(ssh.webListenAddr), asked);
}

/**
 * Where a leaf's agents reach the root's reverse tunnel service, by the rules of Teleport's own client: with TLS routing
 * the web proxy's public address; otherwise the tunnel's public address, or a public host with the tunnel's port.
 *
 * A host that means "any address" gives way to the one that was asked.
 *
 * @param override the value of `TELEPORT_TUNNEL_PUBLIC_ADDR`, which is taken as it is
 */
export function tunnelAddr({ ssh, tlsRouting }: ProxySettings, asked: string, override: string | undefined): string {
  if (override) return override;
  if (tlsRouting) return routedAddr(ssh, asked);
  const port = split(ssh.tunnelListenAddr).port ?? TUNNEL_PORT;
  if (ssh.sshTunnelPublicAddr !== "") return complete(ssh.sshTunnelPublicAddr, port, asked);
  if (ssh.sshPublicAddr !== "") return withPort(ssh.sshPublicAddr, port, asked);
  if (ssh.publicAddr !== "") return withPort(ssh.publicAddr, port, asked);
  if (ssh.tunnelListenAddr !== "") return complete(ssh.tunnelListenAddr, port, asked);
  return complete(ssh.webListenAddr, port, asked);
}

/** Where SSH clients reach the proxy; the rules are those of {@link tunnelAddr} with the SSH port. */
export function sshProxyAddr({ ssh, tlsRouting }: ProxySettings, asked: string): string {
  if (tlsRouting) return routedAddr(ssh, asked);
  const port = split(ssh.listenAddr).port ?? SSH_PORT;
  if (ssh.sshPublicAddr !== "") return complete(ssh.sshPublicAddr, SSH_PORT, asked);
  if (ssh.publicAddr !== "") return withPort(ssh.publicAddr, port, asked);
  if (ssh.listenAddr !== "") return complete(ssh.listenAddr, port, asked);
  return complete(ssh.webListenAddr, port, asked);
}

function routedAddr(ssh: ProxySettings["ssh"], asked: string): string {
  return complete(ssh.publicAddr === "" ? ssh.webListenAddr : ssh.publicAddr, webPort(ssh.webListenAddr), asked);
}

function webPort(webListenAddr: string): number {
  return split(webListenAddr).port ?? WEB_PORT;
}

function complete(addr: string, defaultPort: number, asked: string): string {
  return withPort(addr, split(addr).port ?? defaultPort, asked);
}

function withPort(addr: string, port: number, asked: string): string {
  const { host } = split(addr);
  return join(unspecified.has(host) ? split(asked).host : host, port);
}
