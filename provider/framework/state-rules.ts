import type { Attributes } from "./schema";
import { hasWriteOnly } from "./schema-type";
import { DynamicValue, isObject, newObject, type ObjectValue, Unknown, type Value } from "./value";
import { mapAttributes } from "./walk";

/** The object with null for every write-only attribute: what plans and states hold. The same object when there is none. */
export function withoutWriteOnly(attributes: Attributes, object: ObjectValue): ObjectValue {
  if (!hasWriteOnly(attributes)) return object;
  return mapAttributes(attributes, object, (attribute) => (attribute.writeOnly ? null : undefined));
}

/** The value with null for every unknown, at any depth: what can be stored of something half made. */
export function withoutUnknown(value: Value): Value {
  if (value === Unknown) return null;
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (value instanceof Map) return new Map([...value].map(([key, element]) => [key, withoutUnknown(element)]));
  if (value instanceof DynamicValue) return new DynamicValue(value.type, withoutUnknown(value.value));
  if (!isObject(value)) return value;
  const object = newObject();
  for (const [name, member] of Object.entries(value)) object[name] = withoutUnknown(member);
  return object;
}

/** The object with the defaults of attributes that are null: an import has them as if the configuration had said them. */
export function withDefaults(attributes: Attributes, object: ObjectValue): ObjectValue {
  return mapAttributes(attributes, object, (attribute, value) =>
    value === null && attribute.default !== undefined ? attribute.default : undefined,
  );
}

/** The object with what `configured` says for every attribute that is never read from the server; null where that has nothing. */
export function withConfigured(
  attributes: Attributes,
  object: ObjectValue,
  configured: ObjectValue | null,
): ObjectValue {
  const result = newObject();
  for (const [name, attribute] of Object.entries(attributes)) {
    const value = object[name] ?? null;
    const said = configured?.[name] ?? null;
    if (attribute.neverRead) result[name] = said;
    else if (!("nested" in attribute)) result[name] = value;
    else result[name] = nestedWithConfigured(attribute.nested.attributes, value, said);
  }
  return result;
}

/** Elements are matched by index and key; in a set nothing can be matched, so secrets do not go there. */
function nestedWithConfigured(attributes: Attributes, value: Value, said: Value): Value {
  if (value === null || value === Unknown) return value;
  if (Array.isArray(value)) {
    const others = Array.isArray(said) ? (said as readonly Value[]) : [];
    return value.map((element, i) => nestedWithConfigured(attributes, element, others[i] ?? null));
  }
  if (value instanceof Map) {
    const others = said instanceof Map ? (said as ReadonlyMap<string, Value>) : new Map<string, Value>();
    return new Map(
      [...value].map(([key, element]) => [key, nestedWithConfigured(attributes, element, others.get(key) ?? null)]),
    );
  }
  const saidObject = said === null || said === Unknown ? null : (said as ObjectValue);
  return withConfigured(attributes, value as ObjectValue, saidObject);
}
