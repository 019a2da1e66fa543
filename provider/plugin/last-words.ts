import { writeSync } from "node:fs";

/**
 * Writes to a file descriptor to the last byte before it returns. node:http2 makes a piped stderr non-blocking, so a full
 * pipe answers EAGAIN: it is tried again until the host has read, for at most so many tries.
 */
export function writeFully(fd: number, text: string): void {
  let rest = Buffer.from(text, "utf8");
  for (let tries = 0; rest.length > 0 && tries < 100_000; tries++) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return; // Nobody reads any more.
    }
  }
}

/**
 * What a dying plugin says. A line that begins with `panic: ` and those that follow it are what the host shows to the user
 * as the crash's report, whatever the log level; without them there is only "Plugin did not respond".
 */
export function crashText(error: unknown, program: string, reportTo: string): string {
  const name = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : [];
  const firstLine = `panic: ${name.replace(/\s*\n\s*/g, " / ")}`;
  return `${[firstLine, "", `This is a bug in ${program}. Please send this text to ${reportTo}.`, "", ...stack].join("\n")}\n`;
}
