import type { ProblemShape } from "./diagnostic";
import { valuesEqual } from "./equality";
import type { Path } from "./path";
import type { Attribute, AttributeChange, Attributes, Schema } from "./schema";
import { typeOfAttribute } from "./schema-type";
import { isObject, type ObjectValue, Unknown } from "./value";

/** What a change of attributes means for the whole object. */
export interface Replacement {
  /** Sorted, each once. */
  readonly paths: readonly Path[];
  readonly warnings: readonly ProblemShape[];
}

/** The attributes whose change replaces the object, with the warnings that they carry. */
export function replacementOf(schema: Schema, prior: ObjectValue, planned: ObjectValue): Replacement {
  const paths: Path[] = [];
  const warnings: ProblemShape[] = [];
  for (const [attribute, change] of replacingChanges(schema.attributes, prior, planned, { prior, planned }, [])) {
    if (attribute.replace !== true && !attribute.replace?.(change)) continue;
    paths.push(change.path);
    if (attribute.replaceWarning) {
      warnings.push({ ...attribute.replaceWarning(change), where: change.path, severity: "warning" });
    }
  }
  return { paths, warnings };
}

/** Stands for a nested object that is null: each of its attributes counts as null. */
const NOTHING: ObjectValue = Object.freeze({});

/** Changed attributes that have a replacement rule. Elements of lists and maps are not looked into: their order is no identity. */
function* replacingChanges(
  attributes: Attributes,
  prior: ObjectValue,
  planned: ObjectValue,
  whole: { readonly prior: ObjectValue; readonly planned: ObjectValue },
  prefix: Path,
): Iterable<readonly [Attribute, AttributeChange]> {
  for (const name of Object.keys(attributes)) {
    const attribute = attributes[name] as Attribute;
    const [before, after] = [prior[name] ?? null, planned[name] ?? null];
    const path = [...prefix, name];
    const isChanged = !valuesEqual(typeOfAttribute(attribute), before, after) || after === Unknown;
    if (!isChanged) continue;
    if (attribute.replace) {
      const [priorState, plannedState] = [whole.prior, whole.planned];
      yield [attribute, { path, prior: before, planned: after, priorState, plannedState }];
    }
    if ("nested" in attribute && attribute.nested.nesting === "single" && after !== Unknown) {
      const [from, to] = [before, after].map((value) => (isObject(value) ? value : NOTHING));
      yield* replacingChanges(attribute.nested.attributes, from as ObjectValue, to as ObjectValue, whole, path);
    }
  }
}
