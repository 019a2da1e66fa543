import { Decimal } from "./decimal";
import type { Type } from "./type";

/** The class of {@link Unknown}; there is one instance. */
class UnknownValue {
  toString(): string {
    return "(unknown)";
  }
}

export type { UnknownValue };

/**
 * A value that Terraform will only know later.
 *
 * Refinements (such as "not null") that Terraform sends with it are checked for form and then dropped, which the protocol allows.
 */
export const Unknown: UnknownValue = Object.freeze(new UnknownValue());

/** A value in a position of type `dynamic`, with the type that it has. A null or unknown of no type is plain `null` or {@link Unknown}. */
export class DynamicValue {
  constructor(
    readonly type: Type,
    readonly value: Value,
  ) {}
}

/** No prototype, so that an attribute may have any name; a class of its own, so that objects of one type share their layout. */
const BareObject = function BareObject() {} as unknown as new () => Record<string, Value>;
Object.defineProperty(BareObject, "prototype", { value: Object.freeze(Object.create(null)) });

/** An empty object to be filled with attributes. */
export function newObject(): Record<string, Value> {
  return new BareObject();
}

/** An object's value: null prototype, one property an attribute of its type, none left out. */
export interface ObjectValue {
  readonly [name: string]: Value;
}

/** A Terraform number: a JS number where that is exact, else a {@link Decimal}. */
export type NumberValue = number | Decimal;

/**
 * A value of Terraform's language. Which type it has is said by the schema beside it:
 *
 * - string: Unicode text in normal form C; bool: boolean; number: {@link NumberValue}
 * - list, set, tuple: array (a set's order means nothing); map: `Map`; object: {@link ObjectValue}
 * - dynamic: {@link DynamicValue}
 * - any type: `null`, {@link Unknown}
 */
export type Value =
  | null
  | UnknownValue
  | string
  | boolean
  | NumberValue
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | DynamicValue
  | ObjectValue;

/** Whether no part of the value is unknown. */
export function isWhollyKnown(value: Value): boolean {
  if (value === null || typeof value !== "object" || value instanceof Decimal) return true;
  if (value === Unknown) return false;
  if (value instanceof DynamicValue) return isWhollyKnown(value.value);
  if (Array.isArray(value)) return value.every(isWhollyKnown);
  if (value instanceof Map) {
    for (const element of value.values()) if (!isWhollyKnown(element)) return false;
    return true;
  }
  const object = value as ObjectValue;
  for (const name in object) if (!isWhollyKnown(object[name] as Value)) return false;
  return true;
}

/** Whether the value is an object, known and not null. */
export function isObject(value: Value | undefined): value is ObjectValue {
  if (typeof value !== "object" || value === null || value === Unknown) return false;
  return !(Array.isArray(value) || value instanceof Map || value instanceof DynamicValue || value instanceof Decimal);
}
