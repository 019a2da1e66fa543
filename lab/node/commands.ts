import type { Readable } from "node:stream";

import type { Account } from "./account";
import { homeOf } from "./account";
import type { CommandControl, CommandOutcome, CommandOutput } from "./child-process";
import { notFoundStatus, runProcess } from "./child-process";
import { CommandLineError, splitCommandLine } from "./command-line";
import { uname } from "./uname";

/** What a node answers by itself, since this machine would name itself. `undefined`: not with these arguments. */
const answers: Readonly<Record<string, (account: Account, args: readonly string[]) => string | undefined>> = {
  whoami: ({ login }, args) => (args.length === 0 ? login : undefined),
  hostname: ({ hostname }, args) => (args.length === 0 ? hostname : undefined),
  pwd: (account, args) => (args.every((arg) => arg === "-L" || arg === "-P") ? homeOf(account) : undefined),
  uname: ({ hostname }, args) => uname(args, hostname),
};

const every = (pattern: RegExp) => (args: readonly string[]) => args.every((arg) => pattern.test(arg));

/**
 * The programs of this machine that a node runs, and with which arguments: none that opens a file by name, sets anything,
 * or starts another program. They run as the account that runs the lab.
 */
const programs: Readonly<Record<string, (args: readonly string[]) => boolean>> = {
  cat: (args) => args.length === 0,
  date: every(/^(?:-u|--utc|\+.*)$/),
  echo: () => true,
  env: (args) => args.length === 0,
  false: () => true,
  ls: every(/^-[1aAlF]+$/),
  sleep: every(/^\d+(?:\.\d+)?$/),
  true: () => true,
  wc: every(/^-[clmw]+$/),
};

/** Every command that a node knows, for people. */
export const commandNames: readonly string[] = [...Object.keys(answers), ...Object.keys(programs)].sort();

/**
 * Runs a command line on a node. What is not on the list, with these arguments, ends with 127, as a shell's unknown
 * command does.
 *
 * @param input what a program reads; nothing when left out
 */
export async function runCommand(
  line: string,
  account: Account,
  output: CommandOutput,
  control: CommandControl,
  input?: Readable,
): Promise<CommandOutcome> {
  const refuse = async (text: string): Promise<CommandOutcome> => {
    await output.writeError(`${text}\n`);
    return { status: notFoundStatus };
  };
  let argv: string[];
  try {
    argv = splitCommandLine(line);
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    return refuse(`${account.hostname}: ${error.message}`);
  }
  const [name, ...args] = argv;
  if (name === undefined) return { status: 0 };
  if (Object.hasOwn(answers, name)) {
    const answer = answers[name]?.(account, args);
    if (answer === undefined) return refuse(argumentsText(name));
    await output.write(`${answer}\n`);
    return { status: 0 };
  }
  if (!Object.hasOwn(programs, name)) {
    return refuse(`${name}: command not found; a node of the lab has: ${commandNames.join(", ")}`);
  }
  if (programs[name]?.(args) !== true) return refuse(argumentsText(name));
  return runProcess(argv, account, output, control, input);
}

function argumentsText(name: string): string {
  return `${name}: a node of the lab does not run it with these arguments`;
}
