import type { Api } from "../../../provider/cluster";
import type { ResourceContext } from "../../../provider/framework";

/** A token that a root accepts. */
export interface LiveToken {
  readonly name: string;
  readonly expiresMs: number;
}

/** A root whose clock can be moved, and the provider that a pipeline runs against it. */
export interface RotationWorld {
  /** Epoch milliseconds, by the root's clock and the provider's. */
  readonly nowMs: number;
  /** How far before a moment one has to look to be sure to look before it. */
  readonly slackMs: number;
  readonly log: readonly string[];
  /** Every token that was ever made. */
  readonly issued: readonly string[];
  /** Moves the clock forward. */
  advance(ms: number): Promise<void>;
  /** What the root accepts now. */
  live(): readonly LiveToken[];
  /** Runs a provider of its own to its end. */
  process<T>(work: (context: () => ResourceContext<Api>) => Promise<T>): Promise<T>;
  /** The same, killed as soon as its n-th call was carried out: undefined then. A provider that makes fewer calls survives. */
  doomed<T>(n: number, work: (context: () => ResourceContext<Api>) => Promise<T>): Promise<T | undefined>;
}
