import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

import type { Account } from "./account";

/** Where a command's output goes. Both resolve when the data is on its way, so that a slow reader slows the command. */
export interface CommandOutput {
  write(data: Buffer | string): Promise<void>;
  writeError(data: Buffer | string): Promise<void>;
}

/** How a command ended. */
export type CommandOutcome = { readonly status: number } | { readonly signal: NodeJS.Signals };

/** A running command, as those see it that can end it. */
export interface CommandControl {
  /** Set while a process runs: passes a signal on to it. */
  kill: ((signal: NodeJS.Signals) => void) | undefined;
  /** Aborts when the session is over; the process does not outlive it. */
  readonly ended: AbortSignal;
}

/** What a shell says of a name that is no command. */
export const notFoundStatus = 127;

const path = "/usr/bin:/bin";

/**
 * Runs a program of this machine in an account's folder, by its arguments and never by a shell; it sees nothing of the
 * lab's own environment.
 *
 * @param input what it reads; nothing when left out
 * @returns when it has ended and all of its output is on its way
 */
export async function runProcess(
  [name = "", ...args]: readonly string[],
  account: Account,
  output: CommandOutput,
  control: CommandControl,
  input?: Readable,
): Promise<CommandOutcome> {
  const { login, folder } = account;
  const env = { HOME: folder, USER: login, LOGNAME: login, PATH: path, LANG: "C", TZ: "UTC" };
  const child = spawn(name, args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  control.ended.addEventListener("abort", kill, { once: true });
  control.kill = (signal) => child.kill(signal);
  // It may end without having read all of its input.
  child.stdin.on("error", () => {});
  if (input === undefined) child.stdin.end();
  else input.pipe(child.stdin);
  if (control.ended.aborted) kill();
  try {
    const copies = [copy(child.stdout, output.write), copy(child.stderr, output.writeError)];
    // An error is a program that is not there: Node says so by this event alone.
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    await Promise.all(copies);
    return signal === null ? { status: code ?? 1 } : { signal };
  } catch {
    await output.writeError(`${name}: this machine has no such program\n`);
    return { status: notFoundStatus };
  } finally {
    control.kill = undefined;
    control.ended.removeEventListener("abort", kill);
    input?.unpipe(child.stdin);
  }
}

async function copy(from: Readable, write: (data: Buffer) => Promise<void>): Promise<void> {
  for await (const chunk of from) await write(chunk as Buffer);
}
