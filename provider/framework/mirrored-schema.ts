import type { Path } from "./path";
import type { Attribute, Attributes, Schema } from "./schema";

/** How the schema of a resource becomes that of the data source that reads the same objects. */
export interface MirroredSchema {
  /** Where the name stands by which the object is found: required, with all that holds it. */
  readonly identity: Path;
  /** Attributes that stay as they are, such as the one that chooses a connection. */
  readonly kept: readonly string[];
  /** Attributes with nothing behind them that could be read, by their paths with dots. */
  readonly without: readonly string[];
  /** Descriptions in place of the resource's, which speak to somebody who sets the attribute; by paths with dots. */
  readonly descriptions: Readonly<Record<string, string>>;
}

/**
 * The attributes of a data source that reads what a resource manages. What a resource's configuration may set, this one's may hold, so that a block
 * can be made of a copy; it is filled in all the same.
 */
export function mirroredSchema(schema: Schema, description: string, rules: MirroredSchema): Schema {
  return { description, attributes: mirroredAttributes(schema.attributes, [], rules) };
}

function mirroredAttributes(attributes: Attributes, path: readonly string[], rules: MirroredSchema): Attributes {
  const entries = Object.entries(attributes).flatMap(([name, attribute]): (readonly [string, Attribute])[] => {
    const here = [...path, name];
    if (attribute.writeOnly || rules.without.includes(here.join("."))) return [];
    return [[name, path.length === 0 && rules.kept.includes(name) ? attribute : mirrored(attribute, here, rules)]];
  });
  return Object.fromEntries(entries);
}

function mirrored(attribute: Attribute, path: readonly string[], rules: MirroredSchema): Attribute {
  const { sensitive, neverRead, validate } = attribute;
  const isIdentity = path.every((name, i) => rules.identity[i] === name);
  const isName = isIdentity && path.length === rules.identity.length;
  return {
    ...("nested" in attribute
      ? { nested: { ...attribute.nested, attributes: mirroredAttributes(attribute.nested.attributes, path, rules) } }
      : { type: attribute.type }),
    mode: isIdentity ? "required" : attribute.mode === "computed" ? "computed" : "optional-computed",
    description: rules.descriptions[path.join(".")] ?? attribute.description,
    ...(sensitive && { sensitive }),
    ...(neverRead && { neverRead }),
    // Nothing else of the configuration is looked at.
    ...(isName && validate && { validate }),
  };
}
