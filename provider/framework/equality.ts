import { compareNumbers, Decimal, numberText } from "./decimal";
import { compareUtf8, normalizeText } from "./text";
import type { Type } from "./type";
import { typeText } from "./type-json";
import { type DynamicValue, type NumberValue, type ObjectValue, Unknown, type Value } from "./value";

/**
 * Whether two values of a type are the same to Terraform: texts in normal form, numbers by their shortest decimal text, sets without order.
 * Unknown equals unknown, as in a comparison of plans.
 */
export function valuesEqual(type: Type, left: Value, right: Value): boolean {
  if (left === right) return true;
  if (left === null || right === null || left === Unknown || right === Unknown) return false;
  switch (type.kind) {
    case "string":
      return normalizeText(left as string) === normalizeText(right as string);
    case "bool":
      return false;
    case "number":
      return compareNumbers(left as NumberValue, right as NumberValue) === 0;
    case "list":
      return elementsEqual(() => type.element, left as readonly Value[], right as readonly Value[]);
    case "tuple":
      return elementsEqual((i) => type.elements[i] as Type, left as readonly Value[], right as readonly Value[]);
    case "set":
      return valueKey(type, left) === valueKey(type, right);
    case "map":
      return mapsEqual(type.element, left as ReadonlyMap<string, Value>, right as ReadonlyMap<string, Value>);
    case "object":
      return objectsEqual(type.attributes, left as ObjectValue, right as ObjectValue);
    case "dynamic":
      return dynamicsEqual(left as DynamicValue, right as DynamicValue);
  }
}

function elementsEqual(typeAt: (index: number) => Type, left: readonly Value[], right: readonly Value[]): boolean {
  if (left.length !== right.length) return false;
  return left.every((element, i) => valuesEqual(typeAt(i), element, right[i] as Value));
}

function mapsEqual(element: Type, left: ReadonlyMap<string, Value>, right: ReadonlyMap<string, Value>): boolean {
  const others = withNormalKeys(right);
  const ours = withNormalKeys(left);
  if (ours.size !== others.size) return false;
  for (const [key, value] of ours) {
    const other = others.get(key);
    if (other === undefined || !valuesEqual(element, value, other)) return false;
  }
  return true;
}

/** Keys that are one in normal form are one entry, the last one. The same map when all keys are in normal form. */
export function withNormalKeys(map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  for (const key of map.keys()) {
    if (normalizeText(key) !== key) return new Map([...map].map(([name, value]) => [normalizeText(name), value]));
  }
  return map;
}

function objectsEqual(attributes: Readonly<Record<string, Type>>, left: ObjectValue, right: ObjectValue): boolean {
  for (const name in attributes) {
    if (!valuesEqual(attributes[name] as Type, left[name] as Value, right[name] as Value)) return false;
  }
  return true;
}

function dynamicsEqual(left: DynamicValue, right: DynamicValue): boolean {
  return typeText(left.type) === typeText(right.type) && valuesEqual(left.type, left.value, right.value);
}

/** A text that is the same for equal values of a type and for no others. */
export function valueKey(type: Type, value: Value): string {
  if (value === null) return "~";
  if (value === Unknown) return "?";
  switch (type.kind) {
    case "string":
      return JSON.stringify(normalizeText(value as string));
    case "bool":
      return value === true ? "true" : "false";
    case "number":
      return numberText(value as NumberValue);
    case "list":
      return `[${(value as readonly Value[]).map((element) => valueKey(type.element, element)).join()}]`;
    case "tuple":
      return `[${(value as readonly Value[]).map((element, i) => valueKey(type.elements[i] as Type, element)).join()}]`;
    case "set":
      return `{${canonicalSet(type.element, value as readonly Value[])
        .map((element) => valueKey(type.element, element))
        .join()}}`;
    case "map": {
      const entries = [...withNormalKeys(value as ReadonlyMap<string, Value>)].sort(([a], [b]) => compareUtf8(a, b));
      return `{${entries.map(([key, element]) => `${JSON.stringify(key)}:${valueKey(type.element, element)}`).join()}}`;
    }
    case "object": {
      const members = Object.entries(type.attributes);
      return `(${members.map(([name, member]) => valueKey(member, (value as ObjectValue)[name] as Value)).join()})`;
    }
    case "dynamic": {
      const { type: own, value: inner } = value as DynamicValue;
      return `${typeText(own)}=${valueKey(own, inner)}`;
    }
  }
}

/**
 * The elements of a set, each once, in an order that only depends on them: texts by their bytes, numbers by size, unknowns and null at the end.
 * Two unknowns are not known to be equal, so both stay.
 */
export function canonicalSet(element: Type, values: readonly Value[]): readonly Value[] {
  if (values.length < 2) return values;
  const byKey = new Map<string, Value>();
  const unknowns: Value[] = [];
  for (const value of values) {
    const key = valueKey(element, value);
    if (value === Unknown) unknowns.push(value);
    else if (!byKey.has(key)) byKey.set(key, value);
  }
  const nil = byKey.delete("~") ? [null] : [];
  const known = [...byKey].sort(([keyA, a], [keyB, b]) => compareElements(a, b) ?? compareUtf8(keyA, keyB));
  return [...known.map(([, value]) => value), ...unknowns, ...nil];
}

function compareElements(left: Value, right: Value): number | undefined {
  if (typeof left === "string" && typeof right === "string") {
    return compareUtf8(normalizeText(left), normalizeText(right));
  }
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  return undefined;
}

/** Whether a value is a number in either form. */
export function isNumber(value: Value): value is NumberValue {
  return typeof value === "number" || value instanceof Decimal;
}
