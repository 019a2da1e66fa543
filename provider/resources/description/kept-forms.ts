import type { ObjectValue, Value } from "../../framework";
import type { Description, FieldDescription } from "./describe";
import { leafKinds } from "./leaf-kinds";
import { isObject } from "./values";

/** Kinds whose values have several texts, such as `90m` and `1h30m0s`. */
const kindsOfManyForms: ReadonlySet<string> = new Set(["duration", "duration-message", "time"]);

function meaningOf({ field }: FieldDescription, text: string): Value | undefined {
  if (field.kind === "message" || field.repeated || !kindsOfManyForms.has(field.kind)) return undefined;
  const kind = leafKinds[field.kind];
  try {
    return kind.read(kind.write(text));
  } catch {
    return undefined;
  }
}

function keptText(described: FieldDescription, planned: string, prior: string): string {
  const meaning = meaningOf(described, planned);
  return meaning !== undefined && meaning === meaningOf(described, prior) ? prior : planned;
}

function keptValue(described: FieldDescription, planned: Value, prior: Value): Value {
  if (typeof planned === "string" && typeof prior === "string") return keptText(described, planned, prior);
  const { nested } = described;
  if (nested === undefined) return planned;
  if (isObject(planned) && isObject(prior)) return withKeptForms(nested, planned, prior);
  if (!Array.isArray(planned) || !Array.isArray(prior)) return planned;
  const priors = prior as readonly Value[];
  return (planned as readonly Value[]).map((element, index) => {
    const before = priors[index] ?? null;
    return isObject(element) && isObject(before) ? withKeptForms(nested, element, before) : element;
  });
}

/**
 * The plan with the state's text of every duration and time that means the same as the planned one. Terraform allows a plan to keep the prior value
 * of an attribute, so another way to write the same is no change: after an import, whose state has the cluster's way, nothing is to be done.
 */
export function withKeptForms(description: Description, planned: ObjectValue, prior: ObjectValue): ObjectValue {
  const kept: Record<string, Value> = {};
  for (const described of description.fields) {
    const { name } = described.field;
    const value = planned[name] ?? null;
    kept[name] = keptValue(described, value, prior[name] ?? null);
  }
  return Object.assign(Object.create(null) as object, planned, kept);
}
