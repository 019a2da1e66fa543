#!/usr/bin/env node
import { UsageError } from "./usage-error";

/** One sub-command: its file is loaded only when it is asked for. */
interface Command {
  readonly summary: string;
  /** Answers the command's entry point, which takes the arguments behind its name and answers the exit code. */
  readonly load: () => Promise<{ main(args: readonly string[]): Promise<number> }>;
}

/** Every sub-command of `teleport-trust`. */
const commands: Readonly<Record<string, Command>> = {
  lab: {
    summary: "small Teleport clusters on this machine, to try things on",
    load: () => import("./lab.js"),
  },
  provider: {
    summary: "install the Terraform provider",
    load: () => import("./provider-install.js"),
  },
};

function usage(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return `Usage: teleport-trust COMMAND …

${lines.join("\n")}

teleport-trust COMMAND --help says more about one of them.
`;
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    (name === undefined ? process.stderr : process.stdout).write(usage());
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`teleport-trust has no command "${name}".\n\n${usage()}`);
    return 2;
  }
  return (await command.load()).main(args);
}

/** What the person at the terminal is told. A usage error has its own exit code, so that scripts can tell the two apart. */
function report(error: unknown): number {
  const { message, code } = error as { message?: string; code?: string };
  const isUsage = error instanceof UsageError || code?.startsWith("ERR_PARSE_ARGS_") === true;
  process.stderr.write(`Error: ${message ?? String(error)}\n`);
  return isUsage ? 2 : 1;
}

// Whoever reads only the first lines (`| head`) closes the pipe; that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.exitCode = report(error);
  },
);
