import { once } from "node:events";
import net from "node:net";

/**
 * Host and port of a `host:port` address; an IPv6 host stands in brackets.
 *
 * @throws RangeError when it is none
 */
export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new RangeError(`"${address}" is not an address of the form host:port`);
  return { host: (match[1] ?? match[2]) as string, port };
}

/**
 * Opens a TCP connection that stays open until both sides have ended it.
 *
 * @param address `host:port`
 * @throws Error with a `code` when nobody answers there
 */
export async function connectTcp(address: string, signal?: AbortSignal): Promise<net.Socket> {
  const { host, port } = splitAddress(address);
  const socket = net.connect({ host, port, noDelay: true, allowHalfOpen: true });
  try {
    await once(socket, "connect", signal === undefined ? {} : { signal });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}
