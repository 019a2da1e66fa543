import { canonicalSet, withNormalKeys } from "./equality";
import { objectCodec } from "./msgpack-object";
import type { MsgpackReader } from "./msgpack-reader";
import { BOOL, NUMBER, STRING, type TypeCodec, wrong } from "./msgpack-scalars";
import type { MsgpackWriter } from "./msgpack-writer";
import { valueOfExtension } from "./refinement";
import { compareUtf8 } from "./text";
import type { Type } from "./type";
import { concreteType, parseType, typeText } from "./type-json";
import { DynamicValue, Unknown, type Value } from "./value";
import { at, ValueError } from "./value-error";

const NIL = 0xc0;
/** Made once a type: a resource's values are all of one type, and its codec knows the attribute names as bytes. */
const codecs = new WeakMap<Type, TypeCodec>();

/** The codec of a type, made at its first use. */
export function codecOf(type: Type): TypeCodec {
  let codec = codecs.get(type);
  if (codec === undefined) {
    codec = withNullAndUnknown(type, makeCodec(type));
    codecs.set(type, codec);
  }
  return codec;
}

function withNullAndUnknown(type: Type, inner: TypeCodec): TypeCodec {
  return {
    read(reader) {
      const tag = reader.peek();
      if (tag === NIL) {
        reader.byte();
        return null;
      }
      if ((tag >= 0xd4 && tag <= 0xd8) || (tag >= 0xc7 && tag <= 0xc9)) {
        const extension = reader.extension();
        if (extension !== undefined) return valueOfExtension(type, extension);
      }
      return inner.read(reader);
    },
    write(target, value) {
      if (value === null) target.nil();
      else if (value === Unknown) target.unknown();
      else inner.write(target, value);
    },
  };
}

function makeCodec(type: Type): TypeCodec {
  switch (type.kind) {
    case "string":
      return STRING;
    case "number":
      return NUMBER;
    case "bool":
      return BOOL;
    case "dynamic":
      return DYNAMIC;
    case "list":
      return listCodec(type.element);
    case "set":
      return setCodec(type.element);
    case "tuple":
      return tupleCodec(type.elements);
    case "map":
      return mapCodec(type.element);
    case "object":
      return objectCodec(type, codecOf);
  }
}

const DYNAMIC: TypeCodec = {
  read(reader) {
    if (reader.arrayLength() !== 2) throw new ValueError("a dynamic value is a pair of type and value");
    const length = reader.textLength();
    if (length < 0) throw new ValueError("the type of a dynamic value is a text");
    const type = parseTypeText(reader.take(length).toString("utf8"));
    const value = codecOf(type).read(reader);
    return type.kind === "dynamic" ? value : new DynamicValue(type, value);
  },
  write(target, value) {
    if (!(value instanceof DynamicValue)) throw wrong("a dynamic value", value);
    target.arrayHeader(2);
    target.binary(Buffer.from(typeText(value.type)));
    codecOf(value.type).write(target, value.value);
  },
};

function parseTypeText(text: string): Type {
  try {
    return concreteType(parseType(text));
  } catch (error) {
    throw new ValueError((error as Error).message);
  }
}

function readElements(reader: MsgpackReader, length: number, codec: TypeCodec): Value[] {
  const values: Value[] = [];
  for (let i = 0; i < length; i++) values.push(readAt(i, reader, codec));
  return values;
}

function writeElements(target: MsgpackWriter, values: readonly Value[], codecAt: (index: number) => TypeCodec): void {
  target.arrayHeader(values.length);
  for (let i = 0; i < values.length; i++) {
    try {
      codecAt(i).write(target, values[i] as Value);
    } catch (error) {
      throw at(error, i);
    }
  }
}

function listCodec(element: Type): TypeCodec {
  const codec = codecOf(element);
  return {
    read(reader) {
      const length = reader.arrayLength();
      if (length < 0) throw wrong("a list");
      return oneType(element, readElements(reader, length, codec));
    },
    write(target, value) {
      if (!Array.isArray(value)) throw wrong("a list", value);
      writeElements(target, oneType(element, value), () => codec);
    },
  };
}

function setCodec(element: Type): TypeCodec {
  const codec = codecOf(element);
  return {
    read(reader) {
      const length = reader.arrayLength();
      if (length < 0) throw wrong("a set");
      return canonicalSet(element, oneType(element, readElements(reader, length, codec)));
    },
    write(target, value) {
      if (!Array.isArray(value)) throw wrong("a set", value);
      writeElements(target, canonicalSet(element, oneType(element, value)), () => codec);
    },
  };
}

/** A collection of dynamics of several types crashes Terraform. */
function oneType<Elements extends readonly Value[]>(element: Type, values: Elements): Elements {
  if (element.kind !== "dynamic") return values;
  const kinds = new Set(values.map((value) => (value instanceof DynamicValue ? typeText(value.type) : undefined)));
  kinds.delete(undefined);
  if (kinds.size > 1) throw new ValueError("the elements of a collection are of one type");
  return values;
}

function tupleCodec(elements: readonly Type[]): TypeCodec {
  const inner = elements.map(codecOf);
  return {
    read(reader) {
      if (reader.arrayLength() !== elements.length) throw wrong(`a tuple of length ${elements.length}`);
      return inner.map((codec, i) => readAt(i, reader, codec));
    },
    write(target, value) {
      if (!Array.isArray(value) || value.length !== elements.length)
        throw wrong(`a tuple of length ${elements.length}`);
      writeElements(target, value, (i) => inner[i] as TypeCodec);
    },
  };
}

function readAt(step: string | number, reader: MsgpackReader, codec: TypeCodec): Value {
  try {
    return codec.read(reader);
  } catch (error) {
    throw at(error, step);
  }
}

function mapCodec(element: Type): TypeCodec {
  const codec = codecOf(element);
  return {
    read(reader) {
      const length = reader.mapLength();
      if (length < 0) throw wrong("a map");
      const values = new Map<string, Value>();
      for (let i = 0; i < length; i++) {
        const key = readKey(reader);
        values.set(key, readAt(key, reader, codec));
      }
      oneType(element, [...values.values()]);
      return values;
    },
    write(target, value) {
      if (!(value instanceof Map)) throw wrong("a map", value);
      writeMap(target, element, codec, value);
    },
  };
}

function readKey(reader: MsgpackReader): string {
  const length = reader.textLength();
  if (length < 0) throw new ValueError("all keys must be strings");
  return reader.text(length);
}

function writeMap(target: MsgpackWriter, element: Type, codec: TypeCodec, value: ReadonlyMap<string, Value>): void {
  oneType(element, [...value.values()]);
  const normal = withNormalKeys(value);
  const keys = [...normal.keys()].sort(compareUtf8);
  target.mapHeader(keys.length);
  for (const key of keys) {
    target.string(key);
    try {
      codec.write(target, normal.get(key) as Value);
    } catch (error) {
      throw at(error, key);
    }
  }
}
