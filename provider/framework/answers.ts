import type { ProblemShape } from "./diagnostic";
import { encodeValue } from "./msgpack";
import type { Schema } from "./schema";
import { typeOfSchema } from "./schema-type";
import type { ValueBytes } from "./server";
import { withoutUnknown, withoutWriteOnly } from "./state-rules";
import { isWhollyKnown, type ObjectValue } from "./value";

/** The bytes of null, with which an answer says "gone". */
export const NULL_BYTES: ValueBytes = Uint8Array.of(0xc0);

/** Whether bytes say null: those of null itself, or none. */
export function isNullBytes(bytes: ValueBytes): boolean {
  return bytes.length === 0 || (bytes.length === 1 && bytes[0] === 0xc0);
}

/** The bytes for an answer when a call failed: what it was given, null in place of nothing. */
export function echo(bytes: ValueBytes): ValueBytes {
  return bytes.length === 0 ? NULL_BYTES : bytes;
}

/** Whether two values are the same bytes. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && Buffer.compare(left, right) === 0;
}

/**
 * The bytes of a state. Write-only values never get there. Unknowns become null, and count as a bug unless the state is of something half made.
 */
export function encodeState(
  schema: Schema,
  state: ObjectValue | null,
  isHalfMade: boolean,
  report: (problem: ProblemShape) => void,
): ValueBytes {
  if (state === null) return NULL_BYTES;
  const storable = withoutWriteOnly(schema.attributes, state);
  const isKnown = isWhollyKnown(storable);
  if (!isKnown && !isHalfMade) report(unknownLeft());
  const known = isKnown ? storable : (withoutUnknown(storable) as ObjectValue);
  return encodeValue(typeOfSchema(schema), known);
}

function unknownLeft(): ProblemShape {
  return {
    code: "BUG",
    what: "the provider has a bug: it left a value unknown",
    where: [],
    next: "The state was saved without that value. Please report it with the configuration of this resource.",
  };
}

/** Whether an outcome's problems hold an error. */
export function hasError(problems: readonly ProblemShape[] | undefined): boolean {
  return problems?.some((problem) => problem.severity !== "warning") ?? false;
}
