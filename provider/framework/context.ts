import type { PrivateState } from "./private-state";

/** Where the framework and resources write what happens. Lines below the level that Terraform asked for cost next to nothing. */
export interface Log {
  trace(message: string, fields?: Readonly<Record<string, unknown>>): void;
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What the framework needs from outside; `main.ts` gives the real ones, tests give their own. */
export interface Environment {
  readonly log: Log;
  /** Resolves after so many milliseconds; rejects with the signal's reason when it is aborted. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * What some errors mean to the framework:
 *
 * - `connection-removed`: the configuration no longer has the connection. Read keeps the state and warns; delete fails, already at plan.
 * - `connection-unknown`: the connection's settings are not known yet. Read keeps the state and warns; plans go unchecked.
 * - `conflict`: somebody else wrote in between; the object is read and written again.
 * - `exists`: what was to be created is there already.
 */
export type ErrorMeaning = "connection-removed" | "connection-unknown" | "conflict" | "exists";

/** What every call of a configured provider gets. */
export interface CallContext<Api> {
  /** What `configure` answered. */
  readonly api: Api;
  /** Of the provider program, such as `0.1.0`. */
  readonly providerVersion: string;
  /** Aborted when Terraform stops the provider or drops the call. */
  readonly signal: AbortSignal;
  readonly log: Log;
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
  now(): number;
  /** The provider definition's own. */
  classify(error: unknown): ErrorMeaning | undefined;
}

/** A call about a managed resource. */
export interface ResourceContext<Api> extends CallContext<Api> {
  /** What the provider remembers beside the state; changes are stored with the answer. */
  readonly private: PrivateState;
}
