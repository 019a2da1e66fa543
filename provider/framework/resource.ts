import type { CallContext, ResourceContext } from "./context";
import type { ProblemShape } from "./diagnostic";
import type { Path } from "./path";
import type { Schema } from "./schema";
import type { ObjectValue } from "./value";

/** What a plan is about to do. */
export type Action = "create" | "update" | "replace" | "delete" | "none";

/** One planned change, as hooks see it. `prior` is null for create, `planned` and `config` are null for delete. */
export interface PlannedChange {
  readonly action: Action;
  readonly prior: ObjectValue | null;
  readonly planned: ObjectValue | null;
  /** May hold unknowns; holds write-only values. */
  readonly config: ObjectValue | null;
}

/** What a pure planning hook wants changed in a plan. */
export interface PlanAdjustment {
  /** The whole planned object, in place of the one that the schema gave. */
  readonly planned?: ObjectValue;
  /** More paths whose change replaces the object. */
  readonly replace?: readonly Path[];
  readonly problems?: readonly ProblemShape[];
}

/** What checks against the server may say about a plan: never a value. */
export interface PlanCheck {
  readonly problems?: readonly ProblemShape[];
  readonly replace?: readonly Path[];
}

/** What create, read or update leave behind. `state` null: the object is gone. With an error in `problems` the state is still stored. */
export interface Outcome {
  readonly state: ObjectValue | null;
  readonly problems?: readonly ProblemShape[];
}

/** What a read leaves behind when the state stands as it is, byte for byte. */
export interface Unchanged {
  readonly unchanged: true;
  readonly problems?: readonly ProblemShape[];
}

/** The state that Terraform handed to a read: decoded only as far as it is asked for. */
export interface StateView {
  /** The whole state. */
  value(): ObjectValue;
  /** Only these top-level attributes; the others are absent. */
  pick(names: readonly string[]): ObjectValue;
}

/**
 * A managed resource as the server drives it. Made by `mirroredObject` and `relation`; written by hand only for something
 * that is neither.
 *
 * Everything may throw: an error with `what`, `where` and `next` becomes a diagnostic, any other a bug report.
 */
export interface Resource<Api> {
  readonly typeName: string;
  readonly schema: Schema;
  /** Rules over several attributes; unknown means "cannot judge". Needs no server. */
  validateConfig?(config: ObjectValue): Iterable<ProblemShape>;
  /** Pure and deterministic: Terraform plans again during apply and compares. Called when something changes. */
  customizePlan?(change: PlannedChange, context: Pick<ResourceContext<Api>, "private">): PlanAdjustment;
  /** True: `customizePlan` is also called when configuration and state agree. Costs the fast path. */
  readonly customizesUnchanged?: boolean;
  /** Asks the server, best effort; called in the plan of every change, delete included, but not for action `none`. */
  checkPlan?(change: PlannedChange, context: ResourceContext<Api>): Promise<PlanCheck>;
  create(
    request: { readonly planned: ObjectValue; readonly config: ObjectValue },
    context: ResourceContext<Api>,
  ): Promise<Outcome>;
  read(request: { readonly state: StateView }, context: ResourceContext<Api>): Promise<Outcome | Unchanged>;
  update(
    request: { readonly prior: ObjectValue; readonly planned: ObjectValue; readonly config: ObjectValue },
    context: ResourceContext<Api>,
  ): Promise<Outcome>;
  /** Resolves when the object is gone, whoever removed it; throws when it is still there. May answer warnings. */
  delete(
    request: { readonly prior: ObjectValue },
    context: ResourceContext<Api>,
  ): Promise<readonly ProblemShape[] | undefined>;
  /** `id` as it was typed. Absent: the resource cannot be imported. */
  importState?(
    id: string,
    context: ResourceContext<Api>,
  ): Promise<{ readonly state: ObjectValue; readonly problems?: readonly ProblemShape[] }>;
  /** Turns state of an older schema version, parsed from JSON, into JSON of the current one. */
  upgradeState?(state: Readonly<Record<string, unknown>>, version: number): Readonly<Record<string, unknown>>;
}

/** Reads something that exists. */
export interface DataSource<Api> {
  readonly typeName: string;
  readonly schema: Schema;
  validateConfig?(config: ObjectValue): Iterable<ProblemShape>;
  /** `config` is wholly known. Answers every attribute, the configured ones unchanged. */
  read(
    config: ObjectValue,
    context: CallContext<Api>,
  ): Promise<{ readonly state: ObjectValue; readonly problems?: readonly ProblemShape[] }>;
}
