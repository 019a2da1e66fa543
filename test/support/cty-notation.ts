import { Decimal, numberFromDecimal, parseNumber } from "../../provider/framework/decimal";
import type { Type } from "../../provider/framework/type";
import { typeFromJson } from "../../provider/framework/type-json";
import { DynamicValue, type NumberValue, type ObjectValue, Unknown, type Value } from "../../provider/framework/value";

/** Text of the vectors: as it stands, or parts of which some repeat. */
export type NotedText = string | readonly (string | readonly [string, number])[];

/** A value as test/vectors/cty-msgpack.json writes it; the header of that file says how. */
export type NotedValue = Readonly<Record<string, unknown>>;

/** The text that a note means. */
export function notedText(text: NotedText): string {
  if (typeof text === "string") return text;
  return text.map((part) => (typeof part === "string" ? part : part[0].repeat(part[1]))).join("");
}

/** Whether an infinity stands anywhere in a noted value. */
export function hasInfinity(value: NotedValue): boolean {
  return /"(n|f64)":"[+-]inf"|"(min|max)":\["[+-]inf"/.test(JSON.stringify(value));
}

/** The value that a note means. Refinements of unknowns are dropped, as ours drops them. */
export function notedValue(type: Type, noted: NotedValue): Value {
  const [tag, content] = Object.entries(noted)[0] as [string, unknown];
  switch (tag) {
    case "null":
      return null;
    case "unknown":
      return Unknown;
    case "b":
      return content as boolean;
    case "n":
      return parseNumber(content as string) as NumberValue;
    case "f64":
      return numberFromDecimal(Decimal.ofDouble(Number(content)));
    case "s":
      return content as string;
    case "s_rep":
      return (content as [string, number])[0].repeat((content as [string, number])[1]);
    case "list_rep": {
      const [element, times] = content as [NotedValue, number];
      return new Array<Value>(times).fill(notedValue(elementType(type, 0), element));
    }
    case "map_seq":
      return sequence(type, content as [string, number, number, NotedValue]);
    case "map":
      return new Map(entries(content).map(([key, member]) => [key, notedValue(elementType(type, 0), member)]));
    case "object":
      return object(type, entries(content));
    case "dyn":
      return dynamic(content as [unknown, NotedValue]);
    default:
      return (content as NotedValue[]).map((element, i) => notedValue(elementType(type, i), element));
  }
}

function entries(content: unknown): [string, NotedValue][] {
  return content as [string, NotedValue][];
}

function elementType(type: Type, index: number): Type {
  if (type.kind === "tuple") return type.elements[index] as Type;
  if (type.kind === "list" || type.kind === "set" || type.kind === "map") return type.element;
  throw new Error(`${type.kind} has no elements`);
}

function sequence(type: Type, [prefix, digits, count, member]: [string, number, number, NotedValue]): Value {
  const value = notedValue(elementType(type, 0), member);
  return new Map(Array.from({ length: count }, (_, i) => [`${prefix}${String(i).padStart(digits, "0")}`, value]));
}

function object(type: Type, members: [string, NotedValue][]): ObjectValue {
  if (type.kind !== "object") throw new Error("an object of another type");
  const value: Record<string, Value> = Object.create(null);
  for (const [name, member] of members) {
    const normal = name.normalize("NFC");
    value[normal] = notedValue(type.attributes[normal] as Type, member);
  }
  return value;
}

function dynamic([json, inner]: [unknown, NotedValue]): Value {
  const type = typeFromJson(json);
  const value = notedValue(type, inner);
  return type.kind === "dynamic" ? value : new DynamicValue(type, value);
}

/** The value with every number rounded to 150 digits, which Go's mantissa of 512 bits holds for certain. */
export function roundAsGo(type: Type, value: Value): Value {
  if (value === null || value === Unknown) return value;
  switch (type.kind) {
    case "number":
      return roundNumber(value as NumberValue);
    case "list":
    case "set":
    case "tuple":
      return (value as readonly Value[]).map((element, i) => roundAsGo(elementType(type, i), element));
    case "map":
      return new Map([...(value as ReadonlyMap<string, Value>)].map(([k, v]) => [k, roundAsGo(type.element, v)]));
    case "object":
      return Object.fromEntries(
        Object.entries(value as ObjectValue).map(([k, v]) => [k, roundAsGo(type.attributes[k] as Type, v)]),
      );
    case "dynamic": {
      const { type: own, value: inner } = value as DynamicValue;
      return new DynamicValue(own, roundAsGo(own, inner));
    }
    default:
      return value;
  }
}

/** Decimal digits, so rounding here is not Go's; it only makes equal what Go cannot tell apart. */
function roundNumber(value: NumberValue): NumberValue {
  if (typeof value === "number") return value;
  const negative = value.digits < 0n;
  const text = (negative ? -value.digits : value.digits).toString();
  if (text.length <= 150) return value;
  const drop = text.length - 150;
  const half = 5n * 10n ** BigInt(drop - 1);
  const rounded = (BigInt(text) + half) / 10n ** BigInt(drop);
  return numberFromDecimal(Decimal.of(negative ? -rounded : rounded, value.exponent + drop));
}
