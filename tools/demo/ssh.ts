import { spawn } from "node:child_process";

export interface Output {
  readonly code: number;
  /** Both streams, line by line. */
  readonly text: readonly string[];
}

/** Runs a command on another machine by the real OpenSSH client. */
export function sshOutput(config: string, target: string, command: string): Promise<Output> {
  return new Promise((done, fail) => {
    const args = ["-F", config, "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", target, command];
    const child = spawn("ssh", args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", fail).on("close", (code) => done({ code: code ?? -1, text: output.trimEnd().split("\n") }));
  });
}
