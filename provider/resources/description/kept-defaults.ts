import type { ObjectValue, Value } from "../../framework";
import { type Description, type FieldDescription, saysNothing } from "./describe";
import { sameValue } from "./same-value";
import { isObject } from "./values";

/** Whether a value of the state is no more than what the cluster fills in by itself, or nothing at all. */
function isFilledIn(described: FieldDescription, value: Value): boolean {
  const { nested, override } = described;
  if (nested !== undefined && isObject(value)) {
    return nested.fields.every((inner) => isFilledIn(inner, value[inner.field.name] ?? null));
  }
  const { serverDefault } = override;
  if (typeof serverDefault !== "function" && serverDefault !== undefined && sameValue(serverDefault, value))
    return true;
  return saysNothing(described, value);
}

function keptObject(nested: Description, planned: ObjectValue, prior: ObjectValue): ObjectValue {
  const kept: Record<string, Value> = {};
  for (const described of nested.fields) {
    const { name } = described.field;
    const [value, before] = [planned[name] ?? null, prior[name] ?? null];
    kept[name] = value === null && before !== null && isFilledIn(described, before) ? before : value;
  }
  return Object.assign(Object.create(null) as object, planned, kept);
}

/**
 * The plan with what the state holds of the cluster's own choice, inside of objects that the configuration leaves to the cluster. The framework
 * takes what is optional only in such an object for somebody's change; the state of the official provider holds the cluster's defaults there.
 */
export function withKeptDefaults(
  description: Description,
  planned: ObjectValue,
  { prior, config }: { readonly prior: ObjectValue; readonly config: ObjectValue },
): ObjectValue {
  const kept: Record<string, Value> = {};
  for (const { field, nested, mode } of description.fields) {
    const [value, before, said] = [planned, prior, config].map((object) => object[field.name] ?? null) as [
      Value,
      Value,
      Value,
    ];
    if (nested === undefined || !isObject(value) || !isObject(before)) continue;
    if (isObject(said)) kept[field.name] = withKeptDefaults(nested, value, { prior: before, config: said });
    else if (said === null && mode === "optional-computed") kept[field.name] = keptObject(nested, value, before);
  }
  return Object.assign(Object.create(null) as object, planned, kept);
}
