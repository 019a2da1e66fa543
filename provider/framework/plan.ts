import { valuesEqual } from "./equality";
import { pairElements } from "./fits";
import type { Attribute, Attributes, Schema } from "./schema";
import { typeOfSchema } from "./schema-type";
import { isObject, newObject, type ObjectValue, Unknown, type Value } from "./value";

/** What a plan starts from. */
export interface PlanInput {
  readonly config: ObjectValue;
  /** Null for create. */
  readonly prior: ObjectValue | null;
  /** Paths, as `configuredPaths` names them, of optional-computed attributes that the last apply had from the configuration. */
  readonly configuredBefore: readonly string[];
}

/**
 * The planned object as the schema alone gives it, by the rules that Terraform's core checks:
 *
 * 1. what the configuration says, defaults where it says nothing, prior values of computed attributes, null for write-only ones;
 * 2. if that differs from the prior state, every computed attribute that has no default becomes unknown, unless it keeps its prior value.
 *
 * An optional-computed attribute that the last apply had from the configuration and that this one no longer sets is given back to the server:
 * it is unknown, too. Terraform alone would keep the old value for ever.
 *
 * Pure: nothing but the arguments matters.
 */
export function planObject(schema: Schema, input: PlanInput): ObjectValue {
  const { config, prior } = input;
  const released = releasedPaths(schema.attributes, input);
  const settled = new Planner(released, false).object(schema.attributes, config, prior, []);
  const same = prior !== null && released.size === 0 && valuesEqual(typeOfSchema(schema), settled, prior);
  return same ? prior : new Planner(released, true).object(schema.attributes, config, prior, []);
}

class Planner {
  constructor(
    readonly released: ReadonlySet<string>,
    /** Whether something changes, so that the server may choose computed values anew. */
    readonly changing: boolean,
  ) {}

  object(attributes: Attributes, config: ObjectValue, prior: ObjectValue | null, path: readonly string[]): ObjectValue {
    const planned = newObject();
    for (const name of Object.keys(attributes)) {
      const attribute = attributes[name] as Attribute;
      // An attribute that the state lacks (a newer schema has it) counts as null.
      const before = prior === null ? undefined : (prior[name] ?? null);
      planned[name] = this.#attribute(attribute, config[name] ?? null, before, [...path, name]);
    }
    return planned;
  }

  /** `prior` is undefined when there is no prior object around it. */
  #attribute(attribute: Attribute, config: Value, prior: Value | undefined, path: readonly string[]): Value {
    if (attribute.writeOnly) return null;
    if (config === null) return this.#unset(attribute, prior, path);
    if (config === Unknown || !("nested" in attribute)) return config;
    return this.#nested(attribute.nested, config, prior ?? null, path);
  }

  #unset(attribute: Attribute, prior: Value | undefined, path: readonly string[]): Value {
    if (attribute.mode !== "computed" && attribute.mode !== "optional-computed") return null;
    if (attribute.default !== undefined) return attribute.default;
    if (this.released.has(path.join("."))) return Unknown;
    const keeps = prior !== undefined && (attribute.keepPrior || !this.changing);
    if (keeps) return this.#kept(attribute, prior, path);
    return this.changing ? Unknown : null;
  }

  /** Inside of an object that the server chose, what is optional only is nobody's choice: somebody set it past the configuration. */
  #kept(attribute: Attribute, prior: Value, path: readonly string[]): Value {
    const isOpen = attribute.mode === "optional-computed" && isObject(prior);
    if (!isOpen || !("nested" in attribute) || attribute.nested.nesting !== "single") return prior;
    const kept = newObject();
    for (const [name, inner] of Object.entries(attribute.nested.attributes)) {
      const before = prior[name] ?? null;
      kept[name] = inner.mode === "required" ? before : this.#unset(inner, before, [...path, name]);
    }
    return kept;
  }

  #nested(
    { nesting, attributes }: { readonly nesting: string; readonly attributes: Attributes },
    config: Value,
    prior: Value,
    path: readonly string[],
  ): Value {
    const element = (value: Value, before: Value | undefined): Value =>
      isObject(value) ? this.object(attributes, value, isObject(before) ? before : null, inCollection) : value;
    switch (nesting) {
      case "single":
        return this.object(attributes, config as ObjectValue, isObject(prior) ? prior : null, path);
      case "map": {
        const before = prior instanceof Map ? (prior as ReadonlyMap<string, Value>) : undefined;
        const entries = [...(config as ReadonlyMap<string, Value>)];
        return new Map(entries.map(([key, value]) => [key, element(value, before?.get(key))]));
      }
      case "list": {
        const before = Array.isArray(prior) ? (prior as readonly Value[]) : [];
        return (config as readonly Value[]).map((value, i) => element(value, before[i]));
      }
      default: {
        const before = Array.isArray(prior) ? (prior as readonly Value[]) : [];
        const pairs = pairElements(attributes, config as readonly Value[], before);
        return (config as readonly Value[]).map((value, i) => element(value, pairs[i]));
      }
    }
  }
}

/** Elements of collections come and go, so what an earlier apply had in one says nothing: no such path is ever remembered. */
const inCollection: readonly string[] = ["*"];

/**
 * The optional-computed attributes that a configuration sets, such as `spec.options`: to be remembered with the state, so that a later plan can tell
 * "no longer set" from "never set". Not those with a default, and none inside lists, sets and maps.
 */
export function configuredPaths(attributes: Attributes, config: ObjectValue, prefix = ""): string[] {
  return Object.keys(attributes).flatMap((name) => {
    const attribute = attributes[name] as Attribute;
    const value = config[name] ?? null;
    if (value === null) return [];
    const path = prefix + name;
    const remembered = attribute.mode === "optional-computed" && attribute.default === undefined ? [path] : [];
    const isSingle = "nested" in attribute && attribute.nested.nesting === "single" && isObject(value);
    return isSingle
      ? [...remembered, ...configuredPaths(attribute.nested.attributes, value as ObjectValue, `${path}.`)]
      : remembered;
  });
}

function releasedPaths(attributes: Attributes, { config, prior, configuredBefore }: PlanInput): ReadonlySet<string> {
  if (prior === null || configuredBefore.length === 0) return new Set();
  const now = new Set(configuredPaths(attributes, config));
  return new Set(configuredBefore.filter((path) => !now.has(path)));
}
