import { join } from "node:path";
import { parseArgs } from "node:util";

import type { ClockResult, Direction, FaultAction, LoginResult } from "../lab";
import { callLab, faultActions, linkNames, NoLabError } from "../lab";
import { formatDurationMs } from "../trust";
import { durationOption, wholeNumberOption } from "./option-values";
import { required, UsageError } from "./usage-error";

const out = { type: "string" } as const;

/** `teleport-trust lab dump`: every object of every cluster as JSON. */
export async function labDump(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { out } });
  print(JSON.stringify(await call(values.out, { command: "dump" }), undefined, 2));
  return 0;
}

/** `teleport-trust lab login USER`: a fresh identity file. */
export async function labLogin(args: readonly string[]): Promise<number> {
  const options = { out, cluster: { type: "string" }, ttl: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (positionals.length !== 1) throw new UsageError("login takes exactly one USER");
  const { cluster, ttl } = values;
  const { file, expires, sshConfig } = (await call(values.out, {
    command: "login",
    user: positionals[0] as string,
    ...(cluster === undefined ? {} : { cluster }),
    ...(ttl === undefined ? {} : { ttlMs: durationOption("--ttl", ttl) }),
  })) as LoginResult;
  const path = (name: string) => join(values.out as string, name);
  print(`${path(file)} (valid until ${expires})`);
  if (sshConfig !== undefined)
    print(`ssh -F ${path(sshConfig)} LOGIN@NODE.CLUSTER comes as ${positionals[0]} from now on.`);
  return 0;
}

/** `teleport-trust lab clock --advance DURATION`: moves the lab's clock. */
export async function labClock(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { out, advance: { type: "string" } } });
  const advanceMs = durationOption("--advance", required(values.advance, "--advance DURATION"));
  const { now, offsetMs } = (await call(values.out, { command: "clock", advanceMs })) as ClockResult;
  print(`The lab's time is ${now}, ${formatDurationMs(Math.round(offsetMs))} ahead.`);
  return 0;
}

/** `teleport-trust lab fault ACTION`: does something to a link. */
export async function labFault(args: readonly string[]): Promise<number> {
  const text = { type: "string" } as const;
  const options = { out, link: text, cluster: text, delay: text, bytes: text, direction: text };
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (positionals.length !== 1) throw new UsageError(`fault takes exactly one ACTION: ${faultActions.join(", ")}`);
  const action = oneOf("ACTION", positionals[0] as string, faultActions);
  const link = oneOf("--link", required(values.link, "--link tunnel|auth|proxy"), linkNames);
  const cluster = required(values.cluster, "--cluster NAME");
  await call(values.out, { command: "fault", action, link, cluster, ...faultSettings(action, values) });
  print(`${action}: ${link} of ${cluster}`);
  return 0;
}

function faultSettings(
  action: FaultAction,
  {
    delay,
    bytes,
    direction,
  }: { delay?: string | undefined; bytes?: string | undefined; direction?: string | undefined },
): { delayMs?: number; bytes?: number; direction?: Direction } {
  if (delay !== undefined && action !== "delay") throw new UsageError("--delay belongs to the action delay");
  if ((bytes ?? direction) !== undefined && action !== "cut-at") {
    throw new UsageError("--bytes and --direction belong to the action cut-at");
  }
  if (action === "delay") return { delayMs: durationOption("--delay", required(delay, "--delay DURATION")) };
  if (action !== "cut-at") return {};
  return {
    bytes: wholeNumberOption("--bytes", required(bytes, "--bytes N")),
    direction: oneOf("--direction", direction ?? "down", ["up", "down"] as const satisfies readonly Direction[]),
  };
}

function oneOf<Value extends string>(option: string, value: string, allowed: readonly Value[]): Value {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`${option} is one of ${allowed.join(", ")}, not "${value}"`);
  return found;
}

async function call(folder: string | undefined, request: Parameters<typeof callLab>[1]): Promise<unknown> {
  const path = required(folder, "--out DIR");
  try {
    return await callLab(path, request);
  } catch (error) {
    if (!(error instanceof NoLabError)) throw error;
    throw new Error(`${error.message}. Start one with \`teleport-trust lab up --out ${path}\`.`, { cause: error });
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
