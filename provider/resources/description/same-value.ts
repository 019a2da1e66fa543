import { Decimal, type ObjectValue, type Value } from "../../framework";

function sameEntries(left: ReadonlyMap<string, Value>, right: ReadonlyMap<string, Value>): boolean {
  return (
    left.size === right.size &&
    [...left].every(([key, value]) => right.has(key) && sameValue(value, right.get(key) as Value))
  );
}

/** An attribute that is left out counts as null, so that a literal in the code may be short. */
function sameAttributes(left: ObjectValue, right: ObjectValue): boolean {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => sameValue(left[name] ?? null, right[name] ?? null));
}

/** Whether two values of the same type are equal. Unknown equals itself. */
export function sameValue(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (left instanceof Decimal || right instanceof Decimal) {
    return left instanceof Decimal && right instanceof Decimal && left.equals(right);
  }
  if (left instanceof Map) return right instanceof Map && sameEntries(left, right);
  if (Array.isArray(left)) {
    const others = right as readonly Value[];
    return left.length === others.length && left.every((value, index) => sameValue(value, others[index] as Value));
  }
  return sameAttributes(left as ObjectValue, right as ObjectValue);
}
