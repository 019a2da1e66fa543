// Values by hand: objects without prototype, every attribute of the schema present.
import type { Attributes, ObjectValue, Value } from "../../../../../provider/framework";

/** What a test writes of an object: attributes that it leaves out are null; nested objects likewise. */
export type Draft = { readonly [name: string]: Value | Draft | readonly Draft[] };

function isDraft(value: unknown): value is Draft {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The object that a draft means. */
export function build(attributes: Attributes, draft: Draft): ObjectValue {
  const members = Object.entries(attributes).map(([name, attribute]) => {
    const value = draft[name] ?? null;
    if (!("nested" in attribute)) return [name, value];
    const inner = attribute.nested.attributes;
    if (Array.isArray(value))
      return [name, value.map((element) => (isDraft(element) ? build(inner, element) : element))];
    return [name, isDraft(value) ? build(inner, value) : value];
  });
  const unknown = Object.keys(draft).filter((name) => !(name in attributes));
  if (unknown.length > 0) throw new Error(`no attribute ${unknown.join(", ")}`);
  return Object.assign(Object.create(null) as object, Object.fromEntries(members) as ObjectValue);
}
