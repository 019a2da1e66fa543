import type { ResourceContext } from "./context";
import type { ProblemShape } from "./diagnostic";
import type { Json } from "./private-state";
import type { PlanAdjustment, PlanCheck, PlannedChange } from "./resource";
import type { Schema } from "./schema";
import type { ObjectValue } from "./value";

/** Which call of Terraform a relation is worked on for. */
export type RelationCall = "create" | "read" | "update" | "delete" | "import";

/** What `desiredFrom` is given. */
export interface DesiredSource {
  readonly call: RelationCall;
  /** The planned object in create and update, the state in read and delete, what `parseImportId` answered in import. */
  readonly value: ObjectValue;
  /** In create and update only; holds write-only values. */
  readonly config?: ObjectValue;
  /** The state before; in update and delete. */
  readonly prior?: ObjectValue;
}

/** What a state is made from. */
export interface StateSource<Desired> {
  readonly call: Exclude<RelationCall, "delete">;
  readonly desired: Desired;
  /** The planned object in create and update, the state in read, the id's attributes in import: what the configuration said, in its own form. */
  readonly like: ObjectValue;
  /** True when the steps stopped before their end: the state of what was made so far is wanted. */
  readonly failed: boolean;
}

/**
 * A resource brought about by steps. `next` is pure: the same facts give the same step, so every state it can meet is a test.
 *
 * The loop of create, update and delete is: `observe` → `next` → `perform` → `observe` → … until `done` or a problem. Crash safety comes from there: a
 * call that was killed is continued by the next one, from what it finds.
 */
export interface RelationResource<Desired, Facts, Step, Run, Api> {
  /** Such as `teleport_trust`. */
  readonly typeName: string;
  /** In sentences: `trust`. Its attribute `id` names one of them. */
  readonly noun: string;
  readonly schema: Schema;
  /** More steps than this in one call is a bug of `next`, reported as such. 50 when absent. */
  readonly maxSteps?: number;

  /** What is wanted, in the relation's own words. Throws a problem when the values make no sense or their connections do not exist. */
  desiredFrom(source: DesiredSource, context: ResourceContext<Api>): Desired;
  /** What this call has made so far, such as a token's value, in memory only. Fresh for every call. */
  createRun(): Run;
  /** Gathers facts. `run`'s secrets never go into them: facts say that a thing exists, never its value. */
  observe(desired: Desired, run: Run, context: ResourceContext<Api>): Promise<Facts>;
  /** Decides. `goal` is the desired relation, or `gone` to remove it. */
  next(goal: Desired | "gone", facts: Facts): Step | "done" | ProblemShape;
  /** Does one step. Waits belong here, with progress in the log; they end with the signal. */
  perform(step: Step, desired: Desired, run: Run, context: ResourceContext<Api>): Promise<void>;
  /** For log and errors, such as `create the trusted cluster on leaf.example.com`; never a secret. */
  describeStep(step: Step): string;
  /**
   * True for steps after which the relation exists, if only in part. When something fails later, the state is kept (a create's is then tainted) and
   * the error says how to go on. Absent: every step does.
   */
  establishes?(step: Step): boolean;

  /**
   * The state that facts mean; attributes that it leaves out are those of `like`. `gone`: it leaves the state. A problem: neither can be
   * said; read and import fail with it.
   */
  stateFrom(
    facts: Facts,
    source: StateSource<Desired>,
    context: ResourceContext<Api>,
  ): ObjectValue | "gone" | ProblemShape;
  /** What goes with a result and is no error: asked after the last observation of each call, with all that happened in it. */
  warnings?(
    facts: Facts,
    source: {
      readonly call: RelationCall;
      readonly desired: Desired;
      readonly steps: readonly Step[];
      readonly firstFacts: Facts;
    },
  ): Iterable<ProblemShape>;
  /**
   * Takes back what nobody needs after a call that failed, was cancelled or ran out of time, such as an unused secret. Called once, at its end; its signal
   * is one of its own, because the call's may have ended. What it throws is logged.
   */
  abandon?(desired: Desired, run: Run, context: ResourceContext<Api>): Promise<void>;
  /** How long create, update and delete may take, in milliseconds. Absent or undefined: no limit. */
  timeoutMs?(call: RelationCall, desired: Desired): number | undefined;

  /** The attributes that an import id says; throws a problem when it is no id. */
  parseImportId?(id: string): ObjectValue;
  /** Private state of an imported relation, such as `{ imported: true }`; read and later calls find it under these keys. */
  readonly importedPrivate?: Readonly<Record<string, Json>>;

  /** Rules over several attributes, without a server. Unknown means "cannot judge". */
  validateConfig?(config: ObjectValue): Iterable<ProblemShape>;
  /** Pure and deterministic; also called when nothing changed, so it may plan a repair of what the state says is broken. */
  customizePlan?(change: PlannedChange, context: Pick<ResourceContext<Api>, "private">): PlanAdjustment;
  /** Asks the servers, best effort: diagnostics, and paths whose change replaces the relation. Called for every change, delete included. */
  checkPlan?(change: PlannedChange, context: ResourceContext<Api>): Promise<PlanCheck>;
  /** JSON state of an older schema version → the current one. */
  upgradeState?(state: Readonly<Record<string, unknown>>, version: number): Readonly<Record<string, unknown>>;
}
