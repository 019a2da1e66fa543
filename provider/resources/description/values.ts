import { type ObjectValue, Unknown, type Value } from "../../framework";

/** Whether a value is an object, not a collection, null or unknown. The schema says which it can be. */
export function isObject(value: Value | undefined): value is ObjectValue {
  return (
    typeof value === "object" && value !== null && value !== Unknown && !Array.isArray(value) && !(value instanceof Map)
  );
}

/** Whether a value is null, or nothing is known of it. */
export function isAbsent(value: Value | undefined): value is null | undefined {
  return value === null || value === undefined || value === Unknown;
}

/** Whether nothing inside a value is unknown. */
export function isWhollyKnown(value: Value): boolean {
  if (value === Unknown) return false;
  if (typeof value !== "object" || value === null) return true;
  if (value instanceof Map) return [...value.values()].every(isWhollyKnown);
  if (Array.isArray(value)) return value.every(isWhollyKnown);
  return Object.values(value).every(isWhollyKnown);
}

/** The value at a path of attribute names; null where an object on the way is null, unknown where one is unknown. */
export function valueAt(value: Value, ...path: readonly string[]): Value {
  let current = value;
  for (const name of path) {
    if (!isObject(current)) return current === Unknown ? Unknown : null;
    current = current[name] ?? null;
  }
  return current;
}

/** The object with one value changed; objects on the way must be there. */
export function withValueAt(object: ObjectValue, path: readonly string[], value: Value): ObjectValue {
  const [name, ...rest] = path as [string, ...string[]];
  const inner = object[name];
  if (rest.length > 0 && !isObject(inner)) return object;
  const changed = rest.length === 0 ? value : withValueAt(inner as ObjectValue, rest, value);
  return Object.assign(Object.create(null) as object, object, { [name]: changed });
}

/** A text that is known and not null, else undefined. */
export function knownText(value: Value): string | undefined {
  return typeof value === "string" ? value : undefined;
}
