import { badParameter } from "../trace-error";

/** Where somebody wants to be connected to. */
export interface ProxyTarget {
  /** Host name, host id or address of a node; `%h` of OpenSSH's configuration. */
  readonly host: string;
  readonly port: string;
  /** Cluster of the node; the one that the certificate is routed to when left out. */
  readonly cluster?: string;
}

/**
 * Reads the name of the subsystem `proxy:<host>:<port>[@<cluster>]`, which older clients write with a namespace:
 * `proxy:<host>:<port>@default@<cluster>` (`parseProxySubsys` of Teleport's lib/srv/regular; recalled).
 *
 * @throws TraceError bad_parameter
 */
export function parseProxySubsystem(name: string): ProxyTarget {
  if (!name.startsWith("proxy:")) {
    throw badParameter(
      `a proxy serves the subsystem proxy:host:port@cluster and nothing else, not ${JSON.stringify(name)}`,
    );
  }
  const [address = "", ...places] = name.slice("proxy:".length).split("@");
  const [, bracketed, plain, port = ""] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  const cluster = places.at(-1);
  if (host === undefined || places.length > 2 || cluster === "") {
    throw badParameter(`invalid format for proxy request: ${JSON.stringify(name)}, expected proxy:host:port@cluster`);
  }
  return { host, port, ...(cluster === undefined ? {} : { cluster }) };
}
