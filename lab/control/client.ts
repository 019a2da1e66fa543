import { once } from "node:events";
import net from "node:net";

import { readLines } from "./lines";
import type { ControlRequest, ControlResponse } from "./protocol";
import { maxLineBytes } from "./protocol";
import { socketPath } from "./socket-path";

/** No lab runs in the folder that was named. */
export class NoLabError extends Error {
  override readonly name = "NoLabError";
}

/**
 * Asks the lab that runs in `folder`.
 *
 * @throws NoLabError when none runs there; Error with the lab's own words when it refuses
 */
export async function callLab(folder: string, request: ControlRequest, signal?: AbortSignal): Promise<unknown> {
  const socket = await connect(folder, signal);
  try {
    const answered = readAnswer(socket, signal);
    socket.write(`${JSON.stringify(request)}\n`);
    const response = await answered;
    if (response.ok) return response.result;
    throw new Error(response.error);
  } finally {
    socket.destroy();
  }
}

/** Whether a lab runs in `folder` and can be asked. */
export async function isLabRunning(folder: string): Promise<boolean> {
  try {
    (await connect(folder)).destroy();
    return true;
  } catch (error) {
    if (error instanceof NoLabError) return false;
    throw error;
  }
}

async function connect(folder: string, signal?: AbortSignal): Promise<net.Socket> {
  const socket = net.connect(socketPath(folder));
  try {
    await once(socket, "connect", signal === undefined ? {} : { signal });
    return socket;
  } catch (cause) {
    socket.destroy();
    const { code } = cause as { code?: string };
    if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTDIR") {
      throw new NoLabError(`no lab runs in ${folder}`, { cause });
    }
    throw cause;
  }
}

function readAnswer(socket: net.Socket, signal?: AbortSignal): Promise<ControlResponse> {
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the lab ended before it answered")));
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    readLines(
      socket,
      maxLineBytes,
      (line) => resolve(JSON.parse(line) as ControlResponse),
      () => reject(new Error("the lab's answer is too long")),
    );
  });
}
