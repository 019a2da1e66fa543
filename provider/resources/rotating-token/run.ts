import type { ProvisionTokenV2 } from "../../cluster";

/** What one call has written so far, in memory only: clusters answer from caches. Holds secrets. */
export interface RotationRun {
  /** By key: tokens that were made or changed, as they are now. */
  readonly written: Map<string, ProvisionTokenV2>;
  /** Keys of tokens that were removed. */
  readonly dropped: Set<string>;
}

/** A call that has not done anything yet. */
export function createRun(): RotationRun {
  return { written: new Map(), dropped: new Set() };
}
