import { parseNumber } from "./decimal";
import { canonicalSet } from "./equality";
import { JsonNumber, parseJson } from "./lossless-json";
import { normalizeText } from "./text";
import type { ObjectType, Type } from "./type";
import { concreteType, typeFromJson } from "./type-json";
import { DynamicValue, type NumberValue, newObject, type ObjectValue, type Value } from "./value";
import { at, ValueError } from "./value-error";

/**
 * A value from its JSON form, as state files hold it. No digit of a number is lost. Attributes that the JSON lacks are null.
 *
 * @param unnamed what to do with attributes that the type lacks: `refuse` as Terraform does, or `drop` what an older schema or another provider left
 * @throws ValueError
 */
export function valueFromJson(type: Type, text: string, unnamed: "refuse" | "drop" = "refuse"): Value {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (error) {
    throw new ValueError(`the JSON cannot be read: ${(error as Error).message}`);
  }
  return valueFromParsedJson(type, json, unnamed);
}

/**
 * As {@link valueFromJson}, for what `parseJson` answered.
 *
 * @throws ValueError
 */
export function valueFromParsedJson(type: Type, json: unknown, unnamed: "refuse" | "drop"): Value {
  if (json === null) return null;
  switch (type.kind) {
    case "string":
      return stringFrom(json);
    case "number":
      return numberFrom(json);
    case "bool":
      return boolFrom(json);
    case "list":
      return elementsFrom(json, "a list", () => type.element, unnamed);
    case "set":
      return canonicalSet(
        type.element,
        elementsFrom(json, "a set", () => type.element, unnamed),
      );
    case "tuple":
      return tupleFrom(json, type.elements, unnamed);
    case "map":
      return mapFrom(json, type.element, unnamed);
    case "object":
      return objectFrom(json, type, unnamed);
    case "dynamic":
      return dynamicFrom(json, unnamed);
  }
}

function stringFrom(json: unknown): string {
  if (typeof json === "string") return normalizeText(json);
  if (json instanceof JsonNumber) return json.text;
  if (typeof json === "number" || typeof json === "boolean") return String(json);
  throw new ValueError("a string is required");
}

function numberFrom(json: unknown): NumberValue {
  if (typeof json === "number") return json;
  const text = json instanceof JsonNumber ? json.text : json;
  const value = typeof text === "string" ? parseNumber(text) : undefined;
  if (value === undefined) throw new ValueError("a number is required");
  return value;
}

function boolFrom(json: unknown): boolean {
  if (json === true || json === "true" || json === "1") return true;
  if (json === false || json === "false" || json === "0") return false;
  throw new ValueError("a bool is required");
}

function elementsFrom(
  json: unknown,
  expected: string,
  typeAt: (index: number) => Type,
  unnamed: "refuse" | "drop",
): Value[] {
  if (!Array.isArray(json)) throw new ValueError(`${expected} is required`);
  return json.map((element: unknown, i) => childFrom(typeAt(i), element, unnamed, i));
}

function childFrom(type: Type, json: unknown, unnamed: "refuse" | "drop", step: string | number): Value {
  try {
    return valueFromParsedJson(type, json, unnamed);
  } catch (error) {
    throw at(error, step);
  }
}

function tupleFrom(json: unknown, types: readonly Type[], unnamed: "refuse" | "drop"): Value[] {
  if (!Array.isArray(json) || json.length !== types.length) {
    throw new ValueError(`a tuple of length ${types.length} is required`);
  }
  return elementsFrom(json, "a tuple", (i) => types[i] as Type, unnamed);
}

function mapFrom(json: unknown, element: Type, unnamed: "refuse" | "drop"): ReadonlyMap<string, Value> {
  const entries = Object.entries(asRecord(json, "a map"));
  return new Map(entries.map(([key, member]) => [normalizeText(key), childFrom(element, member, unnamed, key)]));
}

function objectFrom(json: unknown, type: ObjectType, unnamed: "refuse" | "drop"): ObjectValue {
  const record = asRecord(json, "an object");
  const object = newObject();
  for (const name of Object.keys(type.attributes)) {
    const member = Object.hasOwn(record, name) ? record[name] : null;
    object[name] = childFrom(type.attributes[name] as Type, member, unnamed, name);
  }
  if (unnamed === "refuse") assertNamed(record, type);
  return object;
}

function assertNamed(record: Readonly<Record<string, unknown>>, type: ObjectType): void {
  const other = Object.keys(record).find((name) => !Object.hasOwn(type.attributes, name));
  if (other !== undefined) throw new ValueError("the type has no such attribute").within(other);
}

function dynamicFrom(json: unknown, unnamed: "refuse" | "drop"): Value {
  const record = asRecord(json, "a dynamic value, an object of type and value,");
  const names = Object.keys(record).sort().join();
  if (names !== "type,value") throw new ValueError("a dynamic value has a type and a value and nothing else");
  const type = typeFrom(record.type);
  const value = valueFromParsedJson(type, record.value, unnamed);
  return type.kind === "dynamic" ? value : new DynamicValue(type, value);
}

function typeFrom(json: unknown): Type {
  try {
    return concreteType(typeFromJson(json));
  } catch (error) {
    throw new ValueError((error as Error).message);
  }
}

function asRecord(json: unknown, expected: string): Readonly<Record<string, unknown>> {
  if (typeof json !== "object" || json === null || Array.isArray(json) || json instanceof JsonNumber) {
    throw new ValueError(`${expected} is required`);
  }
  return json as Record<string, unknown>;
}
