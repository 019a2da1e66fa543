import os from "node:os";

/** What each flag of uname(1) asks for, in the order in which it prints them. */
const fields: readonly (readonly [flag: string, name: string, value: (hostname: string) => string])[] = [
  ["s", "kernel-name", () => os.type()],
  ["n", "nodename", (hostname) => hostname],
  ["r", "kernel-release", () => os.release()],
  ["v", "kernel-version", () => os.version()],
  ["m", "machine", () => os.machine()],
  ["o", "operating-system", () => (os.type() === "Linux" ? "GNU/Linux" : os.type())],
];

/**
 * Answers as uname(1) does: this machine's kernel, and the node's own name.
 *
 * @returns the line without its end; `undefined` for arguments that it does not know
 */
export function uname(args: readonly string[], hostname: string): string | undefined {
  const wanted = new Set<string>();
  for (const arg of args) {
    const flags = flagsOf(arg);
    if (flags === undefined) return undefined;
    for (const flag of flags) wanted.add(flag);
  }
  if (wanted.size === 0) wanted.add("s");
  return fields
    .filter(([flag]) => wanted.has(flag) || wanted.has("a"))
    .map(([, , value]) => value(hostname))
    .join(" ");
}

function flagsOf(arg: string): readonly string[] | undefined {
  if (arg === "--all") return ["a"];
  const long = fields.find(([, name]) => arg === `--${name}`);
  if (long !== undefined) return [long[0]];
  if (!/^-[asnrvmo]+$/.test(arg)) return undefined;
  return [...arg.slice(1)];
}
