import type { Path } from "./path";
import type { Attribute, Attributes } from "./schema";
import { isObject, newObject, type ObjectValue, Unknown, type Value } from "./value";

/** Called for each attribute of a walk. The path is one that the walk goes on to use: copy what is to be kept. */
export type Visit = (attribute: Attribute, value: Value, path: Path) => void;

/** Visits every attribute of an object, outer ones first, and those inside known nested ones. Elements of sets get their position as step. */
export function walkAttributes(attributes: Attributes, object: ObjectValue, visit: Visit): void {
  walkObject(attributes, object, visit, []);
}

/** One path for the whole walk: resources have hundreds of attributes, nearly all of them null. */
function walkObject(attributes: Attributes, object: ObjectValue, visit: Visit, path: (string | number)[]): void {
  for (const name of Object.keys(attributes)) {
    const attribute = attributes[name] as Attribute;
    const value = object[name] ?? null;
    path.push(name);
    visit(attribute, value, path);
    if ("nested" in attribute && value !== null && value !== Unknown) walkNested(attribute.nested, value, visit, path);
    path.pop();
  }
}

function walkNested(
  { nesting, attributes }: { readonly nesting: string; readonly attributes: Attributes },
  value: Value,
  visit: Visit,
  path: (string | number)[],
): void {
  if (nesting === "single") {
    walkObject(attributes, value as ObjectValue, visit, path);
    return;
  }
  for (const [step, element] of elementsOf(value as readonly Value[] | ReadonlyMap<string, Value>)) {
    path.push(step);
    if (isObject(element)) walkObject(attributes, element, visit, path);
    path.pop();
  }
}

/** Elements of a list, set or map with their steps. */
export function elementsOf(
  value: readonly Value[] | ReadonlyMap<string, Value>,
): Iterable<readonly [string | number, Value]> {
  return value instanceof Map ? value.entries() : (value as readonly Value[]).entries();
}

/** Rebuilds an object: each attribute by `change`, which answers `undefined` to go into a nested attribute, or to leave a plain one as it is. */
export function mapAttributes(
  attributes: Attributes,
  object: ObjectValue,
  change: (attribute: Attribute, value: Value) => Value | undefined,
): ObjectValue {
  const result = newObject();
  for (const name of Object.keys(attributes)) {
    const attribute = attributes[name] as Attribute;
    const value = object[name] ?? null;
    const changed = change(attribute, value);
    if (changed !== undefined) result[name] = changed;
    else result[name] = "nested" in attribute ? mapNested(attribute.nested.attributes, value, change) : value;
  }
  return result;
}

function mapNested(
  attributes: Attributes,
  value: Value,
  change: (attribute: Attribute, value: Value) => Value | undefined,
): Value {
  if (value === null || value === Unknown) return value;
  if (Array.isArray(value)) return value.map((element) => mapNested(attributes, element, change));
  if (value instanceof Map) {
    return new Map([...value].map(([key, element]) => [key, mapNested(attributes, element, change)]));
  }
  return mapAttributes(attributes, value as ObjectValue, change);
}
