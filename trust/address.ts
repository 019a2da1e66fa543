import { isIPv6 } from "node:net";

import { Problem } from "./problem";

/** Where something listens. */
export interface Address {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

const shape = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d+)$/;
const hostName = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;

function isHost(bracketed: string | undefined, plain: string | undefined): boolean {
  // A zone (`fe80::1%eth0`) is part of an address that only this machine understands, but it is one.
  return bracketed !== undefined ? isIPv6(bracketed) : plain !== undefined && hostName.test(plain);
}

function readAddress(text: string): Address | undefined {
  const [, bracketed, plain, digits] = shape.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || digits.length > 5 || port < 1 || port > 65_535) return undefined;
  return isHost(bracketed, plain) ? { host: (bracketed ?? plain) as string, port } : undefined;
}

/** What was probably meant, or undefined. Anything it answers is an address. */
function nearestAddress(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, "")
    .replace(/[/?#].*$/, "");
  const host = isIPv6(bare) ? `[${bare}]` : bare;
  return [bare, `${host}:443`].find((guess) => guess !== text && readAddress(guess) !== undefined);
}

/**
 * Reads `host:port`: a name, an IPv4 address or an IPv6 address in brackets.
 *
 * @throws Problem TRUST_ADDRESS when the text is anything else (a URL, no port, IPv6 without brackets)
 */
export function parseAddress(text: string): Address {
  const address = readAddress(text);
  if (address !== undefined) return address;
  const nearest = nearestAddress(text);
  throw new Problem(
    "TRUST_ADDRESS",
    `${JSON.stringify(text)} is not an address of the form host:port`,
    [],
    nearest === undefined
      ? 'Write a host and a port from 1 to 65535, such as "teleport.example.com:443" or "[2001:db8::1]:443".'
      : `Did you mean ${JSON.stringify(nearest)}?`,
  );
}

/** Writes `host:port`; an IPv6 address gets its brackets. */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
