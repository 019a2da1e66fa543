import { compareNumbers } from "./decimal";
import { readNumber } from "./msgpack-number";
import { MsgpackReader } from "./msgpack-reader";
import type { Type } from "./type";
import { type NumberValue, Unknown, type Value } from "./value";
import { ValueError } from "./value-error";

const REFINED = 12;
const MAX_REFINEMENT_BYTES = 1024;

/** What Terraform may say of an unknown value; only read to see that it is well-formed, and whether it leaves one value only. */
interface Refinement {
  nullness?: boolean;
  lower?: NumberValue;
  upper?: NumberValue;
  minLength?: number;
  maxLength?: number;
}

/**
 * The value that an extension stands for: {@link Unknown}, or the one value that its refinements leave.
 *
 * @throws ValueError for what Terraform would refuse or crash on
 */
export function valueOfExtension(type: Type, extension: { readonly type: number; readonly payload: Buffer }): Value {
  const { payload } = extension;
  if (payload.length <= 1 || type.kind === "dynamic") return Unknown;
  if (extension.type !== REFINED)
    throw new ValueError(`extension ${extension.type} of ${payload.length} bytes is no unknown value`);
  if (payload.length > MAX_REFINEMENT_BYTES) throw new ValueError("the refinement of an unknown value is too long");
  return collapse(type, readRefinement(type, new MsgpackReader(payload)));
}

function readRefinement(type: Type, reader: MsgpackReader): Refinement {
  const refinement: Refinement = {};
  const count = reader.mapLength();
  if (count < 0) throw new ValueError("the refinement of an unknown value is a map");
  for (let i = 0; i < count; i++) readEntry(type, reader, refinement);
  assertPossible(refinement);
  return refinement;
}

function readEntry(type: Type, reader: MsgpackReader, refinement: Refinement): void {
  const key = reader.atEnd ? undefined : readNumber(reader);
  switch (key) {
    case 1:
      refinement.nullness = mergeNullness(refinement.nullness, readBool(reader));
      return;
    case 2:
      requireKind(type, ["string"]);
      readPrefix(reader);
      return;
    case 3:
    case 4:
      requireKind(type, ["number"]);
      refinement[key === 3 ? "lower" : "upper"] = readBound(reader);
      return;
    case 5:
    case 6:
      requireKind(type, ["list", "set", "map"]);
      refinement[key === 5 ? "minLength" : "maxLength"] = readLength(reader);
      return;
    default:
      if (key === undefined) throw new ValueError("the refinement of an unknown value has keys that are numbers");
  }
}

function requireKind(type: Type, kinds: readonly Type["kind"][]): void {
  if (!kinds.includes(type.kind)) throw new ValueError(`an unknown ${type.kind} has a refinement of another type`);
}

function mergeNullness(before: boolean | undefined, now: boolean): boolean {
  if (before !== undefined && before !== now)
    throw new ValueError("an unknown value is refined as null and as not null");
  return now;
}

function readBool(reader: MsgpackReader): boolean {
  const tag = reader.byte();
  if (tag !== 0xc2 && tag !== 0xc3) throw new ValueError("a refinement is no boolean");
  return tag === 0xc3;
}

function readPrefix(reader: MsgpackReader): void {
  const length = reader.textLength();
  if (length < 0) throw new ValueError("a prefix is no text");
  reader.text(length);
}

function readBound(reader: MsgpackReader): NumberValue {
  if (reader.arrayLength() !== 2) throw new ValueError("a bound is a number and a boolean");
  const bound = readNumber(reader);
  if (bound === undefined) throw new ValueError("a bound is a number and a boolean");
  readBool(reader);
  return bound;
}

function readLength(reader: MsgpackReader): number {
  const length = readNumber(reader);
  if (typeof length !== "number" || !Number.isInteger(length) || length < 0) {
    throw new ValueError("a length bound is a whole number");
  }
  return length;
}

function assertPossible({ lower, upper, minLength, maxLength }: Refinement): void {
  if (lower !== undefined && upper !== undefined && compareNumbers(lower, upper) > 0) {
    throw new ValueError("an unknown number is refined to none");
  }
  if (minLength !== undefined && maxLength !== undefined && minLength > maxLength) {
    throw new ValueError("an unknown collection is refined to no length");
  }
}

function collapse(type: Type, { nullness, minLength = 0, maxLength }: Refinement): Value {
  if (nullness === true) return null;
  if (nullness !== false || maxLength === undefined) return Unknown;
  if (maxLength === 0) return type.kind === "map" ? new Map() : [];
  const settled = type.kind === "list" || (type.kind === "set" && maxLength === 1);
  return settled && minLength === maxLength ? new Array<Value>(maxLength).fill(Unknown) : Unknown;
}
