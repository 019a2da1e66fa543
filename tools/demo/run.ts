import { spawn } from "node:child_process";

/** Where and with what a program runs. */
export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** How a program ended. */
export interface Outcome {
  readonly code: number;
  /** Both streams, line by line. */
  readonly lines: readonly string[];
}

/** How long an interrupted program may take to put its things in order. */
const graceMs = 10_000;

/**
 * Runs a program to its end. It leads a process group of its own, which is interrupted when `signal` aborts: so it hears of Ctrl-C once, and
 * the programs that it has started hear of it as well.
 *
 * @throws the signal's reason when it was interrupted, once all of the group is gone; Error when it cannot be started
 */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  const { cwd, environment: env, signal } = options;
  signal.throwIfAborted();
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let impatience: NodeJS.Timeout | undefined;
  const interrupt = () => {
    signalGroup(child.pid, "SIGINT");
    impatience = setTimeout(() => signalGroup(child.pid, "SIGKILL"), graceMs);
  };
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    const outcome = await ended(child);
    signal.throwIfAborted();
    return outcome;
  } finally {
    clearTimeout(impatience);
    signal.removeEventListener("abort", interrupt);
    // Whoever took no notice, and kept no stream that would have shown it.
    if (signal.aborted) signalGroup(child.pid, "SIGKILL");
  }
}

function ended(child: ReturnType<typeof spawn>): Promise<Outcome> {
  return new Promise((done, fail) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", fail).on("close", (code) => done({ code: code ?? -1, lines: output.trimEnd().split("\n") }));
  });
}

function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // The group is gone already. (macOS says EPERM of a group that only a zombie is left of.)
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
