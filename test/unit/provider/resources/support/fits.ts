import assert from "node:assert/strict";

import { type ObjectValue, Unknown, type Value } from "../../../../../provider/framework";

function isObject(value: Value): value is ObjectValue {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

/** Terraform's own rule for what a provider may answer to a plan: what was known comes back as it was. */
export function assertFits(planned: Value, state: Value, path: string): void {
  if (planned === Unknown) return;
  if (Array.isArray(planned)) {
    const elements = state as readonly Value[] | null;
    assert.equal(elements?.length, planned.length, path);
    planned.forEach((element: Value, index) => {
      assertFits(element, elements?.[index] as Value, `${path}[${index}]`);
    });
  } else if (isObject(planned)) {
    assert.ok(state !== null, `${path} is null`);
    for (const [name, value] of Object.entries(planned)) {
      assertFits(value, (state as ObjectValue)[name] as Value, `${path}.${name}`);
    }
  } else assert.deepEqual(state, planned, path);
}
