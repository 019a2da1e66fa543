import type { Labels, Secret } from "../../../trust";
import type { StepKind } from "./step";

/** What one call has made and learnt so far, in memory only: a killed call leaves none of it. */
export interface TrustRun {
  /** The invitation token of this call, from just before it is made until it is removed. */
  token: Secret | undefined;
  /** The cluster has answered that the token was made. */
  hasToken: boolean;
  /** Labels of a removed remote cluster, to be put back. */
  keptLabels: Labels;
  readonly done: Set<StepKind>;
  settles: number;
  /** Keys of the leaf's own host authority; asked once a call. */
  leafKeys: ReadonlySet<string> | undefined;
}

/** A call that has not done anything yet. */
export function createRun(): TrustRun {
  return { token: undefined, hasToken: false, keptLabels: {}, done: new Set(), settles: 0, leafKeys: undefined };
}
