import type { Interface } from "node:readline";
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

/** Exit status of a command that a signal has ended: 128 and the signal's number, of which Ctrl-C sends the second. */
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
  const queue = new LineQueue(reader);
  const close = () => reader.close();
  control.ended.addEventListener("abort", close, { once: true });
  reader.on("SIGINT", () => interrupt(reader, queue, control, screen));
  let status = 0;
  try {
    for (;;) {
      if (screen !== undefined) reader.prompt();
      const line = await queue.next();
      if (line === undefined) return { status };
      const exit = /^\s*(?:exit|logout)(?:\s+(\d{1,3}))?\s*$/.exec(line);
      if (exit !== null) return { status: exit[1] === undefined ? status : Number(exit[1]) & 0xff };
      const outcome = await runCommand(line, account, output, control);
      status = "status" in outcome ? outcome.status : interruptedStatus;
    }
  } finally {
    control.ended.removeEventListener("abort", close);
    reader.close();
  }
}

/** Ctrl-C: ends what runs, or drops the line that is being written; what was typed ahead is dropped as well. */
function interrupt(reader: Interface, queue: LineQueue, control: CommandControl, screen: Writable | undefined): void {
  queue.clear();
  if (control.kill !== undefined) {
    control.kill("SIGINT");
    return;
  }
  screen?.write("^C\r\n");
  // The editor's own keys: to the end of the line, and delete up to its begin.
  reader.write(null, { ctrl: true, name: "e" });
  reader.write(null, { ctrl: true, name: "u" });
}

/** Lines that wait for the one before to be done. */
class LineQueue {
  readonly #lines: string[] = [];
  #isClosed = false;
  #wake: () => void = () => {};

  constructor(reader: Interface) {
    reader.on("line", (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    reader.once("close", () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  /** Forgets the lines that nobody has taken. */
  clear(): void {
    this.#lines.length = 0;
  }

  /** The next line, as soon as there is one; `undefined` when there is none left and will be none. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#lines.shift();
  }
}
