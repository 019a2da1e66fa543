import { pathText } from "./path";
import type { Attribute, Attributes, Schema } from "./schema";
import type { Type } from "./type";

/**
 * What Terraform would refuse, or crash on, in a schema, and what the framework cannot keep: one sentence each, empty for a sound schema. For tests of
 * providers; serving does not look.
 */
export function schemaFaults(schema: Schema): readonly string[] {
  return [...attributesFaults(schema.attributes, { path: [], insideSet: false, insideCollection: false })];
}

interface Place {
  readonly path: readonly string[];
  readonly insideSet: boolean;
  readonly insideCollection: boolean;
}

function* attributesFaults(attributes: Attributes, place: Place): Iterable<string> {
  for (const [name, attribute] of Object.entries(attributes)) {
    const here = { ...place, path: [...place.path, name] };
    const title = pathText(here.path.map((step) => ({ attribute: step })));
    if (!/^[a-z_][a-z0-9_]*$/.test(name)) yield `${title}: the name is not made of a-z, 0-9 and _`;
    for (const fault of attributeFaults(attribute, here)) yield `${title}: ${fault}`;
    if ("nested" in attribute) {
      const { nesting, attributes: inner } = attribute.nested;
      const insideSet = place.insideSet || nesting === "set";
      yield* attributesFaults(inner, {
        ...here,
        insideSet,
        insideCollection: here.insideCollection || nesting !== "single",
      });
    }
  }
}

function* attributeFaults(attribute: Attribute, { insideSet, insideCollection }: Place): Iterable<string> {
  const isComputed = attribute.mode === "computed" || attribute.mode === "optional-computed";
  if (attribute.description === "") yield "it has no description";
  if (attribute.writeOnly && isComputed) yield "it is write-only and computed";
  if (attribute.writeOnly && insideSet) yield "it is write-only inside a set";
  if (attribute.default !== undefined && attribute.mode !== "optional-computed") {
    yield "it has a default, so its mode must be optional-computed";
  }
  if (attribute.keepPrior && !isComputed) yield "it keeps its prior value and is not computed";
  if (attribute.neverRead && insideSet) yield "it is never read, and inside a set nobody can tell whose it is";
  if (attribute.replace && insideCollection) yield "it replaces, but elements of collections are not looked into";
  if (attribute.replaceWarning && !attribute.replace) yield "it has a replacement warning and does not replace";
  if (!("nested" in attribute) && (insideSet || attribute.type.kind === "set") && hasDynamic(attribute.type)) {
    yield "it is dynamic inside a set";
  }
}

function hasDynamic(type: Type): boolean {
  switch (type.kind) {
    case "dynamic":
      return true;
    case "list":
    case "set":
    case "map":
      return hasDynamic(type.element);
    case "tuple":
      return type.elements.some(hasDynamic);
    case "object":
      return Object.values(type.attributes).some(hasDynamic);
    default:
      return false;
  }
}
