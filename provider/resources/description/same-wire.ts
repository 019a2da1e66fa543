/** Whether something decoded holds nothing: absent, or an object without members (the form of "no unknown fields"). */
function isNothing(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array) return false;
  return Object.keys(value).length === 0;
}

function sameMembers(left: object, right: object): boolean {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const name of names) {
    const a = (left as Record<string, unknown>)[name];
    const b = (right as Record<string, unknown>)[name];
    if (name === "_unknownFields" && isNothing(a) && isNothing(b)) continue;
    if (!sameWire(a, b)) return false;
  }
  return true;
}

/**
 * Whether two decoded messages, or parts of them, say the same on the wire. The order of map entries means nothing; an absent
 * submessage and an empty one differ.
 */
export function sameWire(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (left instanceof Uint8Array || right instanceof Uint8Array) {
    return left instanceof Uint8Array && right instanceof Uint8Array && Buffer.compare(left, right) === 0;
  }
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  if (Array.isArray(left) && left.length !== (right as unknown[]).length) return false;
  return sameMembers(left, right);
}
