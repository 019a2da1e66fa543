import type { CallContext, ResourceContext } from "./context";
import type { ProblemShape } from "./diagnostic";
import type { PlanAdjustment, PlanCheck, PlannedChange } from "./resource";
import type { Schema } from "./schema";
import type { ObjectValue } from "./value";

/** Calls to one kind of object in a cluster. Knows nothing of Terraform: no plan, state or diagnostic. */
export interface ObjectClient<Message, Id> {
  /** `undefined` means the cluster has no such object; every other failure rejects. */
  get(id: Id, signal: AbortSignal): Promise<Message | undefined>;
  /** May answer the object as the cluster stored it; then it is not read back. Rejects when the object exists. */
  create(message: Message, signal: AbortSignal): Promise<Message | undefined>;
  /** As `create`, for an object that exists. */
  update(message: Message, signal: AbortSignal): Promise<Message | undefined>;
  /** Resolves when the object is gone, whoever removed it. */
  delete(id: Id, signal: AbortSignal): Promise<void>;
}

/** Terraform value ↔ API message. Both ways pure; arguments are never changed in place. */
export interface Codec<Message> {
  /**
   * The message to send: `planned` (the state's or plan's values) and write-only values of `config`, written on top of `base`, which is the
   * object as it was read just now, or `undefined` in a create. What `base` has and the schema lacks survives. An unknown in `planned` means
   * that the server chooses: the field is cleared.
   */
  toMessage(planned: ObjectValue, base: Message | undefined, config: ObjectValue): Message;
  /**
   * The state of an object that was read. Where a value of `like` (plan or prior state; `undefined` in an import) means the same as the object's,
   * its form is kept: null or empty, duration text, order where order means nothing. The connection attribute is not the codec's: leave it out or null.
   */
  toState(message: Message, like: ObjectValue | undefined): ObjectValue;
  /**
   * All that an object says, for those who only look at it: also what the cluster chose by itself. As `toState` of an import when absent.
   */
  toView?(message: Message): ObjectValue;
  /** Whether writing one over the other would change nothing; then no call is made. Absent: every update writes. */
  isEqual?(left: Message, right: Message): boolean;
}

/** How an object is found. */
export interface Identity<Id> {
  /** Where the name stands that `ofValue` looks at: such as `metadata`, `name`. Of the others none is decoded to find an object. */
  readonly path: readonly [string, ...string[]];
  /** From a state or a plan. */
  ofValue(value: ObjectValue): Id;
  /** From what follows the cluster in `terraform import`; throws a problem when it is no id. */
  ofImport(text: string): Id;
  /** What an import id looks like, for people; `<name>` when absent. */
  readonly importForm?: string;
  /** Warnings about an import id as it was typed, such as that it is a secret. */
  importAdvice?(text: string): Iterable<ProblemShape>;
  /** The name for people, such as `root`; never a secret. */
  nameOf(id: Id): string;
}

/** The attribute that chooses among the provider's connections, and what it means. */
export interface Connection<Api> {
  /** Such as `cluster`: an optional string of the schema, null for the default connection. */
  readonly attribute: string;
  /**
   * Whether the configuration has a connection of this name. Import ids begin with it: `<cluster>/<name>`; an id whose first part is no connection
   * is a bare name.
   */
  isConfigured(api: Api, key: string): boolean;
  /**
   * The real name of what the connection leads to. Kept in private state: another key that leads to the same is a change of nothing, one that leads
   * elsewhere replaces the object. May ask the server.
   */
  realName?(api: Api, key: string | undefined, signal: AbortSignal): Promise<string>;
  /**
   * Why the connection cannot be used, as far as that is known without a server: plans are refused with it. `"told"` when another plan has been
   * already, which is enough.
   */
  fault?(api: Api, key: string | undefined, signal: AbortSignal): Promise<ProblemShape | "told" | undefined>;
}

/** A change that is about to be made, or planned, as {@link ObjectResource.check} sees it. */
export interface CheckedChange extends PlannedChange {
  /** In `plan` an error stops the plan; in `apply` it stops the write that is about to happen. */
  readonly phase: "plan" | "apply";
}

/** What differs between one mirrored object and the next; the rest of the lifecycle is the framework's: see `mirroredObject`. */
export interface ObjectResource<Message, Id, Api> {
  /** Such as `teleport_trusted_cluster`. */
  readonly typeName: string;
  /** In sentences: `trusted cluster`. */
  readonly noun: string;
  readonly schema: Schema;
  readonly codec: Codec<Message>;
  readonly identity: Identity<Id>;
  readonly connection?: Connection<Api>;
  /** Pure and without a call: throws when the connection does not exist. `connectionKey` is undefined for the default one. */
  client(api: Api, connectionKey: string | undefined): ObjectClient<Message, Id>;
  /** Fills defaults and checks invariants before create and update. Pure: same draft, same answer. */
  normalize?(draft: Message): Message;
  /** Changes with every write; the framework waits for it to move after an update. Empty: the server has none, nothing is waited for. */
  revision(remote: Message): string;
  /** Rules over several attributes, without a server. Unknown means "cannot judge". */
  validateConfig?(config: ObjectValue): Iterable<ProblemShape>;
  /** Pure and deterministic; called when something changes. */
  customizePlan?(change: PlannedChange, context: Pick<ResourceContext<Api>, "private">): PlanAdjustment;
  /** True: `customizePlan` is also called when configuration and state agree. Costs the fast path. */
  readonly customizesUnchanged?: boolean;
  /** Fills in what the plan left open and only an apply can know: time, random values. Called once, before create and update do anything else. */
  complete?(planned: ObjectValue, context: CallContext<Api>): ObjectValue;
  /**
   * Asks the server, before create and update: at plan best effort (what it throws becomes a warning "not checked"), in apply immediately before the first
   * write. Diagnostics, and at plan paths whose change replaces the object.
   */
  check?(
    change: CheckedChange,
    context: CallContext<Api> & { readonly connectionKey: string | undefined },
  ): Promise<PlanCheck>;
  /** JSON state of an older schema version → the current one. */
  upgradeState?(state: Readonly<Record<string, unknown>>, version: number): Readonly<Record<string, unknown>>;
}
