import { chmodSync, chownSync, readFileSync, unlinkSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";

import type { Address } from "./handshake";

/** Longest path of a unix socket in bytes; libuv cuts longer ones off without a word. Source: sun_path of each system. */
const maxPathBytes: Readonly<Record<string, number>> = { linux: 107 };
const maxPathBytesElsewhere = 103;

export interface SocketOptions {
  readonly platform: NodeJS.Platform;
  /** Tried in this order. */
  readonly folders: readonly string[];
  /** Random text for the file's name. */
  readonly unique: string;
  /** Group that may connect, by name or number (`PLUGIN_UNIX_SOCKET_GROUP`); otherwise the owner alone. */
  readonly group: string | undefined;
  /** Whether 127.0.0.1 will do when no unix socket can be made. Only with TLS: any user of the machine can reach it. */
  readonly allowTcp: boolean;
}

/** Listens, and answers where. Only the owner (and the group that was asked for) can open the socket, from its first moment. */
export async function listenLocally(server: Server, options: SocketOptions): Promise<Address> {
  const failures: string[] = [];
  for (const folder of options.folders) {
    const path = join(folder, `plugin${options.unique}`);
    try {
      await listenOnPath(server, path, options);
      return { network: "unix", text: path };
    } catch (error) {
      failures.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (!options.allowTcp) throw new Error(`no unix socket can be made (${failures.join("; ")})`);
  await listening(server, () => server.listen(0, "127.0.0.1"));
  return { network: "tcp", text: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Removes the socket's file; the host may have done so before. Synchronous: it runs in the process's last moment. */
export function removeSocket({ network, text }: Address): void {
  if (network !== "unix") return;
  try {
    unlinkSync(text);
  } catch {
    // Gone already, or not ours to remove any more.
  }
}

async function listenOnPath(server: Server, path: string, { platform, group }: SocketOptions): Promise<void> {
  const limit = maxPathBytes[platform] ?? maxPathBytesElsewhere;
  if (Buffer.byteLength(path) > limit) throw new Error(`longer than ${limit} bytes`);
  await listening(server, () => {
    const before = process.umask(0o177);
    try {
      server.listen(path); // The file is made here, not later: the mask covers it.
    } finally {
      process.umask(before);
    }
  });
  if (group === undefined) return;
  chownSync(path, -1, groupId(group));
  chmodSync(path, 0o660);
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      server.off("listening", settle).off("error", settle);
      if (error === undefined) resolve();
      else reject(error);
    };
    server.once("listening", settle).once("error", settle);
    listen();
  });
}

/** A group's number; names are looked up where every unix keeps them. */
function groupId(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const row = readFileSync("/etc/group", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .find(([name]) => name === group);
  if (row?.[2] === undefined) throw new Error(`there is no group ${JSON.stringify(group)}`);
  return Number(row[2]);
}
