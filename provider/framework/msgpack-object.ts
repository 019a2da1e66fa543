import type { MsgpackReader } from "./msgpack-reader";
import { type TypeCodec, wrong } from "./msgpack-scalars";
import { MsgpackWriter } from "./msgpack-writer";
import { compareUtf8 } from "./text";
import type { ObjectType, Type } from "./type";
import { newObject, type ObjectValue } from "./value";
import { at, ValueError } from "./value-error";

/** One attribute, with its name as msgpack. */
interface Member {
  readonly name: string;
  readonly key: Buffer;
  readonly codec: TypeCodec;
}

/** Objects of one type: all attributes and no others. */
export function objectCodec(type: ObjectType, codecOf: (type: Type) => TypeCodec): TypeCodec {
  const members = Object.keys(type.attributes)
    .sort(compareUtf8)
    .map((name): Member => ({ name, key: nameBytes(name), codec: codecOf(type.attributes[name] as Type) }));
  const byName = new Map(members.map((member) => [member.name, member]));
  return {
    read(reader) {
      const length = reader.mapLength();
      if (length < 0) throw wrong("an object");
      if (length !== members.length) throw wrong(`an object with ${members.length} attributes, not ${length},`);
      return readMembers(reader, members, byName);
    },
    write(target, value) {
      if (typeof value !== "object" || Array.isArray(value) || value instanceof Map) throw wrong("an object", value);
      writeMembers(target, members, value as ObjectValue);
    },
  };
}

const nameWriter = new MsgpackWriter();

function nameBytes(name: string): Buffer {
  nameWriter.string(name);
  return nameWriter.take();
}

function readMembers(
  reader: MsgpackReader,
  members: readonly Member[],
  byName: ReadonlyMap<string, Member>,
): ObjectValue {
  const object = newObject();
  let seen = 0;
  for (let i = 0; i < members.length; i++) {
    // Terraform sorts the names, so this is nearly always the next one.
    let member = members[i] as Member;
    if (!reader.matches(member.key)) {
      const name = readName(reader);
      const named = byName.get(name);
      if (named === undefined) throw new ValueError("unsupported attribute").within(name);
      member = named;
    }
    if (!(member.name in object)) seen++;
    try {
      object[member.name] = member.codec.read(reader);
    } catch (error) {
      throw at(error, member.name);
    }
  }
  if (seen !== members.length) throw new ValueError("an attribute stands twice in an object");
  return object;
}

/** The name of an attribute. It is compared as it stands: Terraform does not normalise names. */
export function readName(reader: MsgpackReader): string {
  const length = reader.textLength();
  if (length < 0) throw new ValueError("all keys must be strings");
  return reader.take(length).toString("utf8");
}

function writeMembers(target: MsgpackWriter, members: readonly Member[], value: ObjectValue): void {
  target.mapHeader(members.length);
  for (const { name, key, codec } of members) {
    const member = value[name];
    if (member === undefined) throw new ValueError("the attribute is missing").within(name);
    target.raw(key);
    try {
      codec.write(target, member);
    } catch (error) {
      throw at(error, name);
    }
  }
  assertNoOthers(members, value);
}

function assertNoOthers(members: readonly Member[], value: ObjectValue): void {
  const names = Object.keys(value);
  if (names.length === members.length) return;
  const known = new Set(members.map((member) => member.name));
  const other = names.find((name) => !known.has(name)) as string;
  throw new ValueError("the type has no such attribute").within(other);
}
