import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** A process of Linux, undefined when it has ended meanwhile. */
function processOf(pid: string): Process | undefined {
  try {
    // The name in parentheses may hold anything, so the fields are counted from the last one.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return { pid: Number(pid), parent: Number(fields[1]), command };
  } catch {
    return undefined;
  }
}

function processes(): Process[] {
  if (existsSync("/proc/self/stat")) {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return pids.map(processOf).filter((process) => process !== undefined);
  }
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,command="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : { pid: Number(pid), parent: Number(parent), command };
  });
}

/** The processes of our provider that this terraform has started and that live. */
export function providersOf(terraformPid: number): number[] {
  const children = processes().filter(({ parent }) => parent === terraformPid);
  return children.filter(({ command }) => command.includes("terraform-provider-teleport")).map(({ pid }) => pid);
}
