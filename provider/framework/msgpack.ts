import { codecOf } from "./msgpack-codec";
import { readName } from "./msgpack-object";
import { MsgpackReader } from "./msgpack-reader";
import { MsgpackWriter } from "./msgpack-writer";
import type { ObjectType, Type } from "./type";
import { newObject, type ObjectValue, type Value } from "./value";
import { ValueError } from "./value-error";

const writer = new MsgpackWriter();

/**
 * The protocol's bytes of a value.
 *
 * @throws ValueError when the value is not of the type, or holds NaN or an infinity
 */
export function encodeValue(type: Type, value: Value): Buffer {
  try {
    codecOf(type).write(writer, value);
    return writer.take();
  } catch (error) {
    writer.reset();
    throw error;
  }
}

/**
 * The value that bytes say. Strict: every attribute once and no others, no bytes behind, texts that are UTF-8. Empty bytes are null.
 *
 * @throws ValueError
 */
export function decodeValue(type: Type, bytes: Uint8Array): Value {
  if (bytes.length === 0) return null;
  const reader = new MsgpackReader(bytes);
  const value = codecOf(type).read(reader);
  if (!reader.atEnd) throw new ValueError("there are bytes behind the value");
  return value;
}

/**
 * Some attributes of an object; the others are passed over without being looked into.
 *
 * @throws ValueError as {@link decodeValue}, and when the value is null or unknown
 */
export function decodeAttributes(type: ObjectType, bytes: Uint8Array, names: readonly string[]): ObjectValue {
  const reader = new MsgpackReader(bytes);
  const count = reader.mapLength();
  if (count < 0) throw new ValueError("an object is required");
  const picked = newObject();
  for (let i = 0; i < count; i++) {
    const name = readName(reader);
    const attribute = names.includes(name) ? type.attributes[name] : undefined;
    if (attribute === undefined) reader.skip();
    else picked[name] = codecOf(attribute).read(reader);
  }
  return picked;
}
