import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

import type { Account } from "./account";
import type { CommandControl, CommandOutcome, CommandOutput } from "./child-process";
import { runCommand } from "./commands";

/** What a shell reads its lines from and, on a terminal, edits them on. */
export interface ShellInput {
  readonly lines: Readable;
  /** The terminal's screen, as raw bytes; absent where there is no terminal. */
  readonly screen?: Writable;
}

/** Exit status of a command that a signal has ended: this and the signal's number, of which Ctrl-C is the one we send. */
const interruptedStatus = 130;

/**
 * Reads lines and runs each as a command, until the end of the input or `exit`. On a terminal it shows a prompt, edits
 * lines, and Ctrl-C ends what runs. It is no shell: each line is one command with its arguments.
 */
export async function runShell(
  { lines, screen }: ShellInput,
  account: Account,
  output: CommandOutput,
  control: CommandControl,
): Promise<CommandOutcome> {
  const prompt = `[${account.login}@${account.hostname} ~]$ `;
  const terminal = screen === undefined ? { terminal: false } : { output: screen, terminal: true, prompt };
  const reader = createInterface({ input: lines, ...terminal });
  const close = () => reader.close();
  control.ended.addEventListener("abort", close, { once: true });
  reader.on("SIGINT", () => {
    if (control.kill !== undefined) control.kill("SIGINT");
    else {
      screen?.write("^C\r\n");
      reader.write(null, { ctrl: true, name: "e" });
      reader.write(null, { ctrl: true, name: "u" });
    }
  });
  let status = 0;
  try {
    if (screen !== undefined) reader.prompt();
    for await (const line of reader) {
      const exit = /^\s*(?:exit|logout)(?:\s+(\d{1,3}))?\s*$/.exec(line);
      if (exit !== null) return { status: exit[1] === undefined ? status : Number(exit[1]) & 0xff };
      const outcome = await runCommand(line, account, output, control);
      status = "status" in outcome ? outcome.status : interruptedStatus;
      if (screen !== undefined && !control.ended.aborted) reader.prompt();
    }
    return { status };
  } finally {
    control.ended.removeEventListener("abort", close);
    reader.close();
  }
}
