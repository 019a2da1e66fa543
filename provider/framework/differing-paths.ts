import { valuesEqual } from "./equality";
import type { Path } from "./path";
import type { Attributes } from "./schema";
import { typeOfAttribute } from "./schema-type";
import { isObject, newObject, type ObjectValue } from "./value";

/**
 * The attributes of which an object says something else than another. Those that it leaves open (null) differ from nothing, and what is never read
 * is not compared. Lists, sets and maps are compared as a whole.
 */
export function differingPaths(attributes: Attributes, said: ObjectValue, other: ObjectValue): readonly Path[] {
  return Object.entries(attributes).flatMap(([name, attribute]): readonly Path[] => {
    const value = said[name] ?? null;
    const counterpart = other[name] ?? null;
    if (value === null || attribute.neverRead) return [];
    if (!("nested" in attribute) || !isObject(value)) {
      return valuesEqual(typeOfAttribute(attribute), value, counterpart) ? [] : [[name]];
    }
    const inner = isObject(counterpart) ? counterpart : newObject();
    return differingPaths(attribute.nested.attributes, value, inner).map((path) => [name, ...path]);
  });
}
