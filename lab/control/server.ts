import { once } from "node:events";
import { chmodSync } from "node:fs";
import net from "node:net";

import { readLines } from "./lines";
import type { ControlRequest, ControlResponse } from "./protocol";

/** Longest request, in bytes. */
const maxRequestBytes = 64 * 1024;

/** A control socket that listens. */
export interface ControlServer {
  /** Ends all connections and removes the socket. */
  close(): Promise<void>;
}

/**
 * Listens on a unix socket that only its owner may use. Each line is a request, each answer a line, in the same order.
 *
 * @param perform answers a request; what it throws goes back as text
 */
export async function openControl(
  path: string,
  perform: (request: ControlRequest) => Promise<unknown>,
): Promise<ControlServer> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // A caller that breaks off is no event.
    socket.on("error", () => socket.destroy());
    serve(socket, perform);
  });
  // Nobody else may connect between `listen` and `chmod`.
  const mask = process.umask(0o177);
  try {
    server.listen(path);
    await once(server, "listening");
  } finally {
    process.umask(mask);
  }
  chmodSync(path, 0o600);
  return {
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function serve(socket: net.Socket, perform: (request: ControlRequest) => Promise<unknown>): void {
  let last: Promise<void> = Promise.resolve();
  const answer = async (line: string) => {
    const response = await respond(line, perform);
    if (socket.writable) socket.write(`${JSON.stringify(response)}\n`);
  };
  readLines(
    socket,
    maxRequestBytes,
    (line) => {
      last = last.then(() => answer(line));
    },
    () => socket.destroy(),
  );
}

async function respond(line: string, perform: (request: ControlRequest) => Promise<unknown>): Promise<ControlResponse> {
  try {
    return { ok: true, result: (await perform(JSON.parse(line) as ControlRequest)) ?? null };
  } catch (error) {
    return { ok: false, error: (error as Error).message };
  }
}
