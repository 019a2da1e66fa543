// Random values and messages of a description, for properties.
import fc from "fast-check";

import {
  type Attribute,
  type Attributes,
  type ObjectValue,
  type Type,
  Unknown,
  type Value,
} from "../../../../../provider/framework";
import type { Field, FieldKind, MessageTable } from "../../../../../provider/resources/description/field";

function nullPrototype<T extends object>(members: T): T {
  return Object.assign(Object.create(null) as T, members);
}

const texts = fc.constantFrom("", "x", "é", "*", "a-b", "teleport.dev/origin");
const keys = fc.constantFrom("*", "env", "teleport.dev/origin", "é");

function valueOfType(type: Type): fc.Arbitrary<Value> {
  switch (type.kind) {
    case "string":
      return texts;
    case "bool":
      return fc.boolean();
    case "number":
      return fc.integer({ min: 0, max: 5 });
    case "list":
      return fc.array(valueOfType(type.element), { maxLength: 3 });
    case "map":
      return fc.array(fc.tuple(keys, valueOfType(type.element)), { maxLength: 3 }).map((entries) => new Map(entries));
    default:
      throw new Error(`no values of type ${type.kind}`);
  }
}

/** Texts that mean something, by what validates them: a description tells it by sentences only. */
const meaningful: readonly (readonly [RegExp, fc.Arbitrary<string>])[] = [
  [/(_ttl|_timeout|_interval|max_duration)$/, fc.constantFrom("0s", "90s", "1m30s", "30h", "30h0m0s", "1.5s")],
  [/^expires$/, fc.constantFrom("2030-01-01T00:00:00Z", "2030-01-01T01:00:00+01:00", "2031-02-03T04:05:06.789Z")],
];

function settable(name: string, attribute: Attribute): fc.Arbitrary<Value> {
  if ("nested" in attribute) {
    const object = configOf(attribute.nested.attributes);
    return attribute.nested.nesting === "single" ? object : fc.array(object, { maxLength: 3 });
  }
  return meaningful.find(([names]) => names.test(name))?.[1] ?? valueOfType(attribute.type);
}

function configured(name: string, attribute: Attribute): fc.Arbitrary<Value> {
  if (attribute.mode === "computed" || attribute.writeOnly) return fc.constant(null);
  const value = settable(name, attribute);
  return attribute.mode === "required" ? value : fc.option(value, { freq: 2 });
}

/** What a configuration of these attributes can say. */
export function configOf(attributes: Attributes): fc.Arbitrary<ObjectValue> {
  const members = Object.entries(attributes).map(([name, attribute]) => [name, configured(name, attribute)] as const);
  return fc.record(Object.fromEntries(members)).map(nullPrototype);
}

/** The plan of a create: what the cluster may choose is unknown. */
export function plannedFrom(attributes: Attributes, config: ObjectValue): ObjectValue {
  const members = Object.entries(attributes).map(([name, attribute]) => {
    const value = config[name] ?? null;
    if (value === null) return [name, attribute.mode.endsWith("computed") ? Unknown : null];
    if (!("nested" in attribute)) return [name, value];
    const { attributes: inner, nesting } = attribute.nested;
    if (nesting === "single") return [name, plannedFrom(inner, value as ObjectValue)];
    return [name, (value as readonly ObjectValue[]).map((element) => plannedFrom(inner, element))];
  });
  return nullPrototype(Object.fromEntries(members) as Record<string, Value>);
}

/** A field of a number that no description knows, as ts-proto keeps it: number 2000, a length-delimited text. */
const unknownFields = fc.option(
  fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => ({ 16002: [Uint8Array.of(bytes.length, ...bytes)] })),
  { nil: {}, freq: 3 },
);

const seconds = fc.constantFrom(-62135596800n, 1893456000n, 5n);

const wires: Readonly<Record<Exclude<FieldKind, "message">, fc.Arbitrary<unknown>>> = {
  string: texts,
  bool: fc.boolean(),
  number: fc.integer({ min: 0, max: 5 }),
  enum: fc.integer({ min: 0, max: 9 }),
  int64: fc.bigInt({ min: 0n, max: 1n << 60n }),
  duration: fc.bigInt({ min: 0n, max: 1n << 62n }),
  "duration-message": fc.option(fc.record({ seconds: fc.bigInt({ min: 0n, max: 99999n }), nanos: fc.nat(999999999) }), {
    nil: undefined,
  }),
  time: fc.option(fc.record({ seconds, nanos: fc.constantFrom(0, 5) }), { nil: undefined }),
  "bool-value": fc.option(fc.record({ value: fc.boolean() }), { nil: undefined }),
  "string-map": fc.dictionary(keys, texts, { maxKeys: 3 }),
  "label-values": fc.option(
    fc.record({
      values: fc.dictionary(keys, fc.record({ values: fc.array(texts, { maxLength: 2 }) }), { maxKeys: 3 }),
    }),
    { nil: undefined },
  ),
};

function wireOf(table: MessageTable, field: Field, isTop: boolean): fc.Arbitrary<unknown> {
  const single =
    field.message === undefined ? wires[field.kind as keyof typeof wires] : messageOf(table, field.message);
  if (field.repeated) return fc.array(single, { maxLength: 3 });
  return field.message === undefined || isTop ? single : fc.option(single, { nil: undefined, freq: 3 });
}

/** Messages that a cluster can send, with fields that nobody here knows. The parts of a whole object are always there. */
export function messageOf(table: MessageTable, name: string, isTop = false): fc.Arbitrary<Record<string, unknown>> {
  const members = (table[name] as readonly Field[]).map((field) => [field.name, wireOf(table, field, isTop)] as const);
  return fc.record({ ...Object.fromEntries(members), _unknownFields: unknownFields });
}
