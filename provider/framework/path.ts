import type { Attribute, Attributes } from "./schema";
import type { Type } from "./type";

/**
 * Where in a value: attribute names and map keys as text, list indices as numbers, from the root of the resource,
 * data source or provider block. Empty means the whole.
 */
export type Path = readonly (string | number)[];

/** One step of a path as Terraform wants it: it tells attribute names from map keys, which {@link Path} leaves to the schema. */
export type PathStep = { readonly attribute: string } | { readonly key: string } | { readonly index: number };

/** The path as Terraform's language writes it: `spec.role_map[0].local`, `labels["env"]`. */
export function pathText(steps: readonly PathStep[]): string {
  return steps
    .map((step, i) => {
      if ("attribute" in step) return i === 0 ? step.attribute : `.${step.attribute}`;
      return "key" in step ? `[${JSON.stringify(step.key)}]` : `[${step.index}]`;
    })
    .join("");
}

/**
 * The steps of a path, told apart by the schema. It ends early where Terraform could not follow: before the element of a set, and where the
 * schema has no such attribute.
 */
export function pathSteps(attributes: Attributes, path: Path): readonly PathStep[] {
  const [name, ...rest] = path;
  const attribute = typeof name === "string" && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (attribute === undefined) return [];
  return [{ attribute: name as string }, ...stepsInAttribute(attribute, rest)];
}

function stepsInAttribute(attribute: Attribute, path: Path): readonly PathStep[] {
  if (!("nested" in attribute)) return stepsInType(attribute.type, path);
  const { nesting, attributes } = attribute.nested;
  if (nesting === "single") return pathSteps(attributes, path);
  const element = elementStep(nesting, path[0]);
  return element === undefined ? [] : [element, ...pathSteps(attributes, path.slice(1))];
}

function stepsInType(type: Type, path: Path): readonly PathStep[] {
  const [step, ...rest] = path;
  if (type.kind === "list" || type.kind === "map") {
    const element = elementStep(type.kind, step);
    return element === undefined ? [] : [element, ...stepsInType(type.element, rest)];
  }
  if (type.kind === "tuple" && typeof step === "number") {
    const inner = type.elements[step];
    return inner === undefined ? [] : [{ index: step }, ...stepsInType(inner, rest)];
  }
  if (type.kind === "object" && typeof step === "string") {
    const inner = type.attributes[step];
    return inner === undefined ? [] : [{ attribute: step }, ...stepsInType(inner, rest)];
  }
  return [];
}

function elementStep(kind: "list" | "map" | "set", step: string | number | undefined): PathStep | undefined {
  if (kind === "list" && typeof step === "number") return { index: step };
  if (kind === "map" && typeof step === "string") return { key: step };
  return undefined;
}
