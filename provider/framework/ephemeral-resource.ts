import type { CallContext } from "./context";
import type { ProblemShape } from "./diagnostic";
import type { Json } from "./private-state";
import type { Schema } from "./schema";
import type { ObjectValue } from "./value";

/** An ephemeral resource that was opened. */
export interface Opened {
  /** Every attribute, the configured ones unchanged. */
  readonly result: ObjectValue;
  /** Handed to the first renew and to close. */
  readonly private?: Json;
  /** When renew is wanted; epoch milliseconds. */
  readonly renewAtMs?: number;
  readonly problems?: readonly ProblemShape[];
}

/** An ephemeral resource that was renewed. */
export interface Renewed {
  /** Handed to the next renew. Close still gets that of open. */
  readonly private?: Json;
  readonly renewAtMs?: number;
  readonly problems?: readonly ProblemShape[];
}

/**
 * Something that exists while Terraform uses it and is stored nowhere. Terraform opens it in plan and in apply.
 *
 * Terraform loses the errors of a renew; the framework reports them again at close.
 */
export interface EphemeralResource<Api> {
  readonly typeName: string;
  readonly schema: Schema;
  validateConfig?(config: ObjectValue): Iterable<ProblemShape>;
  /** `config` is wholly known. */
  open(config: ObjectValue, context: CallContext<Api>): Promise<Opened>;
  renew?(privateState: Json, context: CallContext<Api>): Promise<Renewed>;
  close?(privateState: Json, context: CallContext<Api>): Promise<readonly ProblemShape[] | undefined>;
}
