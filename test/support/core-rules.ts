// What Terraform's core does with schemas and values, written from its documented behaviour and apart from the framework, so that it can judge it.
import type { Attribute, Attributes, ObjectValue, Type, Value } from "../../provider/framework";
import { isObject, Unknown } from "../../provider/framework";
import { valuesEqual } from "../../provider/framework/equality";
import { typeOfAttribute } from "../../provider/framework/schema-type";

const equal = (attribute: Attribute, left: Value, right: Value) => valuesEqual(typeOfAttribute(attribute), left, right);

const keysOf = (map: ReadonlyMap<string, Value>) => JSON.stringify([...map.keys()].sort());

/** The proposed new state: the configuration, with prior values for computed attributes that it does not set. */
export function proposedState(attributes: Attributes, config: ObjectValue, prior: ObjectValue | null): ObjectValue {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      proposed(attribute, config[name] as Value, prior?.[name] ?? null),
    ]),
  );
}

function proposed(attribute: Attribute, config: Value, prior: Value): Value {
  const isComputed = attribute.mode === "computed" || attribute.mode === "optional-computed";
  if (config === null && isComputed) {
    const wasConfigured =
      "nested" in attribute && attribute.mode === "optional-computed" && holdsConfigured(attribute, prior);
    return wasConfigured ? null : prior;
  }
  if (!("nested" in attribute) || config === null || config === Unknown) return config;
  const { nesting, attributes } = attribute.nested;
  const inner = (value: Value, before: Value | undefined) =>
    isObject(value) ? proposedState(attributes, value, isObject(before) ? before : null) : value;
  if (nesting === "single") return inner(config, prior);
  if (nesting === "map") {
    return new Map(
      [...(config as Map<string, Value>)].map(([key, value]) => [
        key,
        inner(value, (prior as Map<string, Value>)?.get(key)),
      ]),
    );
  }
  const before = (prior ?? []) as readonly Value[];
  if (nesting === "list") return (config as readonly Value[]).map((value, i) => inner(value, before[i]));
  return (config as readonly Value[]).map((value) =>
    inner(
      value,
      before.find((old) => matches(attributes, old, value)),
    ),
  );
}

function matches(attributes: Attributes, prior: Value, config: Value): boolean {
  if (!isObject(prior) || !isObject(config)) return false;
  return Object.entries(attributes).every(
    ([name, attribute]) =>
      attribute.mode.includes("computed") || equal(attribute, prior[name] as Value, config[name] as Value),
  );
}

/** Whether a nested value holds something that only a configuration can have said. */
function holdsConfigured(attribute: Attribute, value: Value): boolean {
  if (!("nested" in attribute) || value === null || value === Unknown) return false;
  if (Array.isArray(value)) return value.some((element) => holdsIn(attribute.nested.attributes, element));
  if (value instanceof Map) return [...value.values()].some((element) => holdsIn(attribute.nested.attributes, element));
  return holdsIn(attribute.nested.attributes, value);
}

function holdsIn(attributes: Attributes, value: Value): boolean {
  return (
    isObject(value) &&
    Object.entries(attributes).some(([name, attribute]) => !attribute.mode.includes("computed") && value[name] !== null)
  );
}

/** What core would call "Provider produced invalid plan"; empty when it would accept. */
export function planFaults(
  attributes: Attributes,
  config: ObjectValue,
  prior: ObjectValue | null,
  planned: ObjectValue,
  path = "",
): string[] {
  return Object.entries(attributes).flatMap(([name, attribute]) =>
    attributeFaults(
      attribute,
      config[name] as Value,
      prior?.[name] ?? null,
      planned[name] as Value,
      path === "" ? name : `${path}.${name}`,
    ),
  );
}

function attributeFaults(attribute: Attribute, config: Value, prior: Value, planned: Value, path: string): string[] {
  if (attribute.writeOnly) return planned === null ? [] : [`${path}: a write-only value is planned`];
  if (equal(attribute, planned, config)) return [];
  if (prior !== null && config !== null && equal(attribute, planned, prior)) return [];
  if (attribute.mode === "computed") return [];
  if (attribute.mode === "optional-computed" && config === null) return [];
  if (config === null) return [`${path}: a value is planned for a non-computed attribute`];
  if ("nested" in attribute) return nestedFaults(attribute, config, prior, planned, path);
  return [`${path}: the planned value is neither the configuration's nor the prior one`];
}

function nestedFaults(attribute: Attribute, config: Value, prior: Value, planned: Value, path: string): string[] {
  if (!("nested" in attribute)) return [];
  if (planned === null) return [`${path}: null is planned for a configured value`];
  if (planned === Unknown) return config === Unknown ? [] : [`${path}: unknown is planned for a configured value`];
  if (config === Unknown) return [`${path}: a value is planned for an unknown one`];
  const { nesting, attributes } = attribute.nested;
  const inner = (c: Value, r: Value | undefined, p: Value, step: string) =>
    isObject(c) && isObject(p)
      ? planFaults(attributes, c, isObject(r) ? r : null, p, path + step)
      : c === p
        ? []
        : [`${path}${step}: null-ness differs from the configuration`];
  if (nesting === "single") return inner(config, prior, planned, "");
  if (nesting === "map") {
    const [c, p] = [config as Map<string, Value>, planned as Map<string, Value>];
    if (keysOf(c) !== keysOf(p)) return [`${path}: other keys than configured`];
    return [...c].flatMap(([k, v]) =>
      inner(v, (prior as Map<string, Value> | null)?.get(k), p.get(k) as Value, `[${k}]`),
    );
  }
  const [c, p] = [config as readonly Value[], planned as readonly Value[]];
  if (c.length !== p.length) return [`${path}: another count than configured`];
  if (nesting === "set") return [];
  return c.flatMap((v, i) => inner(v, (prior as readonly Value[] | null)?.[i], p[i] as Value, `[${i}]`));
}

/** What core would call "inconsistent result after apply" (or "inconsistent final plan"); empty when it would accept. */
export function resultFaults(type: Type, planned: Value, applied: Value, path = ""): string[] {
  if (planned === Unknown) return [];
  if (planned === null || applied === null || applied === Unknown) {
    return planned === applied
      ? []
      : [`${path}: was ${planned === null ? "null" : "a value"}, but now ${applied === null ? "null" : "is not"}`];
  }
  switch (type.kind) {
    case "object":
      return Object.entries(type.attributes).flatMap(([name, inner]) =>
        resultFaults(
          inner,
          (planned as ObjectValue)[name] as Value,
          (applied as ObjectValue)[name] as Value,
          `${path}.${name}`,
        ),
      );
    case "map": {
      const [p, a] = [planned as Map<string, Value>, applied as Map<string, Value>];
      if (keysOf(p) !== keysOf(a)) return [`${path}: other keys than planned`];
      return [...p].flatMap(([key, value]) =>
        resultFaults(type.element, value, a.get(key) as Value, `${path}[${key}]`),
      );
    }
    case "list":
    case "tuple": {
      const [p, a] = [planned as readonly Value[], applied as readonly Value[]];
      if (p.length !== a.length) return [`${path}: another count than planned`];
      const typeAt = (i: number) => (type.kind === "list" ? type.element : (type.elements[i] as Type));
      return p.flatMap((value, i) => resultFaults(typeAt(i), value, a[i] as Value, `${path}[${i}]`));
    }
    case "set": {
      const [p, a] = [planned as readonly Value[], applied as readonly Value[]];
      if (a.length > p.length) return [`${path}: the set grew`];
      const has = (many: readonly Value[], one: Value, flip: boolean) =>
        many.some((other) => resultFaults(type.element, flip ? other : one, flip ? one : other).length === 0);
      const lost = p.some((value) => !has(a, value, false)) || a.some((value) => !has(p, value, true));
      return lost ? [`${path}: elements of the set differ`] : [];
    }
    default:
      return valuesEqual(type, planned, applied) ? [] : [`${path}: another value than planned`];
  }
}
