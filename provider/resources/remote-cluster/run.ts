import type { StepKind } from "./step";

/** What one call has done so far. */
export interface RemoteClusterRun {
  readonly done: Set<StepKind>;
  settles: number;
}

/** A call that has not done anything yet. */
export function createRun(): RemoteClusterRun {
  return { done: new Set(), settles: 0 };
}
