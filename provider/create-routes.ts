import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

import { createClock, type ProviderClock } from "./clock";
import { type Api, diskFiles } from "./cluster";
import { createProviderServer, type Environment, type ProviderDefinition } from "./framework";
import type { Route } from "./grpc";
import type { Log } from "./plugin";
import { providerRoutes } from "./protocol";
import { createProvider } from "./provider";
import { providerVersion } from "./provider-version";

/** The services of the provider program, with the real clock, files and randomness behind them. */
export function createRoutes({ env }: NodeJS.Process, log: Log): Route[] {
  const clock = clockOrFailure(env);
  const environment: Environment = { log: log.named("framework"), sleep, now: clock.now };
  return providerRoutes(
    createProviderServer(definition(env, clock), environment),
    log.named("protocol"),
    bundledSchema,
  );
}

/** What the bundle holds of the schema, in a file that no other call reads. */
async function bundledSchema(): Promise<Uint8Array | undefined> {
  const { storedSchema } = await import("./stored-schema.js");
  return storedSchema === undefined ? undefined : Buffer.from(storedSchema, "base64");
}

function definition(env: NodeJS.ProcessEnv, { warning, failure }: ClockOrFailure): ProviderDefinition<Api> {
  const provider = createProvider({
    version: providerVersion,
    surroundings: {
      sleep,
      random: Math.random,
      files: diskFiles,
      wallClock: Date.now,
      homeDir: homedir(),
      monotonic: () => performance.now(),
      env,
    },
    randomBytes: (size) => randomBytes(size),
    warnings: warning === undefined ? [] : [warning],
  });
  if (failure === undefined) return provider;
  return { ...provider, configure: () => Promise.reject(failure) };
}

interface ClockOrFailure extends ProviderClock {
  /** Why the clock that was asked for cannot be had. Terraform can show it only once it configures the provider. */
  readonly failure?: unknown;
}

function clockOrFailure(env: NodeJS.ProcessEnv): ClockOrFailure {
  try {
    return createClock(env, Date.now, (path) => readFileSync(path, "utf8"));
  } catch (failure) {
    return { now: Date.now, warning: undefined, failure };
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return delay(ms, undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted(); // The signal's own reason, not Node's wrapping of it.
    throw error;
  });
}
