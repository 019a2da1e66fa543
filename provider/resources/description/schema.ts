import type { Attribute, Attributes, NestedAttribute, TypedAttribute, Validator } from "../../framework";
import { types } from "../../framework";
import { durationValidator } from "../validators/duration";
import { timeValidator } from "../validators/time";
import { wholeNumberValidator } from "../validators/whole-number";
import type { Description, FieldDescription } from "./describe";
import type { FieldKind } from "./field";
import { leafKinds } from "./leaf-kinds";

/** What a value of a kind must be, whatever the attribute. */
const kindValidators: Partial<Readonly<Record<FieldKind, readonly Validator[]>>> = {
  number: [wholeNumberValidator(32)],
  enum: [wholeNumberValidator(32)],
  int64: [wholeNumberValidator(64)],
  duration: [durationValidator],
  "duration-message": [durationValidator],
  time: [timeValidator],
};

function shapeOf({ field, nested }: FieldDescription): Pick<TypedAttribute, "type"> | Pick<NestedAttribute, "nested"> {
  if (nested !== undefined) {
    return { nested: { nesting: field.repeated ? "list" : "single", attributes: attributesOf(nested) } };
  }
  const { type } = leafKinds[field.kind as Exclude<FieldKind, "message">];
  return { type: field.repeated ? types.list(type) : type };
}

function attributeOf(described: FieldDescription): Attribute {
  const { field, mode, override } = described;
  const { doc, sensitive, deprecated, keepPrior, neverRead, replace, replaceWarning } = override;
  const validate = [...(field.repeated ? [] : (kindValidators[field.kind] ?? [])), ...(override.validate ?? [])];
  return {
    ...shapeOf(described),
    mode,
    description: doc ?? field.doc,
    ...(sensitive && { sensitive }),
    ...(deprecated !== undefined && { deprecated }),
    ...(keepPrior && { keepPrior }),
    ...(neverRead && { neverRead }),
    ...(replace && { replace }),
    ...(replaceWarning && { replaceWarning }),
    ...(validate.length > 0 && { validate }),
  };
}

/** The attributes of a described message, in the order of its fields, the extra ones at the end. */
export function attributesOf(description: Description): Attributes {
  const attributes = description.fields.map((described) => [described.field.name, attributeOf(described)] as const);
  return { ...Object.fromEntries(attributes), ...description.extras };
}
