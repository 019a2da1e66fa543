import { isNumber } from "./equality";
import { readNumber, writeNumber } from "./msgpack-number";
import type { MsgpackReader } from "./msgpack-reader";
import type { MsgpackWriter } from "./msgpack-writer";
import { normalizeText } from "./text";
import type { Value } from "./value";
import { ValueError } from "./value-error";

/** Reads and writes the values of one type. */
export interface TypeCodec {
  read(reader: MsgpackReader): Value;
  write(writer: MsgpackWriter, value: Value): void;
}

/** The error for a value of another type. */
export function wrong(expected: string, value?: Value): ValueError {
  return new ValueError(
    value === undefined ? `${expected} is required` : `${expected} is required, not ${describe(value)}`,
  );
}

/** The kind of a value, never the value: it may be a secret. */
function describe(value: Value): string {
  if (Array.isArray(value)) return "an array";
  if (value instanceof Map) return "a map";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Texts, in normal form both ways. */
export const STRING: TypeCodec = {
  read(reader) {
    const length = reader.textLength();
    if (length < 0) throw wrong("a string");
    return reader.text(length);
  },
  write(target, value) {
    if (typeof value !== "string") throw wrong("a string", value);
    target.string(normalizeText(value));
  },
};

/** Numbers; a text is read, too. */
export const NUMBER: TypeCodec = {
  read(reader) {
    const value = readNumber(reader);
    if (value === undefined) throw wrong("a number");
    return value;
  },
  write(target, value) {
    if (!isNumber(value)) throw wrong("a number", value);
    writeNumber(target, value);
  },
};

/** Booleans. */
export const BOOL: TypeCodec = {
  read(reader) {
    const tag = reader.byte();
    if (tag !== 0xc2 && tag !== 0xc3) throw wrong("a bool");
    return tag === 0xc3;
  },
  write(target, value) {
    if (typeof value !== "boolean") throw wrong("a bool", value);
    target.bool(value);
  },
};
