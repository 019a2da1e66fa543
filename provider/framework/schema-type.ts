import type { Attribute, Attributes, Schema } from "./schema";
import { type ObjectType, type Type, types } from "./type";

const typesOfAttributes = new WeakMap<Attributes, ObjectType>();

/** The type of a schema's values: an object of all its attributes. The same type object for the same schema. */
export function typeOfSchema(schema: Schema): ObjectType {
  return typeOfAttributes(schema.attributes);
}

/** As {@link typeOfSchema}, for the attributes of one nested object. */
export function typeOfAttributes(attributes: Attributes): ObjectType {
  let type = typesOfAttributes.get(attributes);
  if (type === undefined) {
    const members: Record<string, Type> = Object.create(null);
    for (const name of Object.keys(attributes)) members[name] = typeOfAttribute(attributes[name] as Attribute);
    type = types.object(members);
    typesOfAttributes.set(attributes, type);
  }
  return type;
}

const typesOfNested = new WeakMap<object, Type>();

/** The type of one attribute's values. */
export function typeOfAttribute(attribute: Attribute): Type {
  if (!("nested" in attribute)) return attribute.type;
  let type = typesOfNested.get(attribute.nested);
  if (type === undefined) {
    const element = typeOfAttributes(attribute.nested.attributes);
    type = attribute.nested.nesting === "single" ? element : types[attribute.nested.nesting](element);
    typesOfNested.set(attribute.nested, type);
  }
  return type;
}

const writeOnlyByAttributes = new WeakMap<Attributes, boolean>();

/** Whether any attribute, at any depth, is write-only. */
export function hasWriteOnly(attributes: Attributes): boolean {
  let has = writeOnlyByAttributes.get(attributes);
  if (has === undefined) {
    has = Object.values(attributes).some(
      (attribute) => attribute.writeOnly || ("nested" in attribute && hasWriteOnly(attribute.nested.attributes)),
    );
    writeOnlyByAttributes.set(attributes, has);
  }
  return has;
}
