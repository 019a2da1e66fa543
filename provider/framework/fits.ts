import { valuesEqual } from "./equality";
import type { Attribute, Attributes } from "./schema";
import { typeOfAttribute } from "./schema-type";
import { isObject, Unknown, type Value } from "./value";

/**
 * Whether a prior object could be what an earlier apply made of this configuration: all that is configured is the same; what the provider chooses
 * does not matter. So are the elements of a set found again, which have neither index nor key.
 */
export function fits(attributes: Attributes, config: Value, prior: Value | undefined): boolean {
  if (!isObject(config) || !isObject(prior)) return config === prior;
  return Object.keys(attributes).every((name) =>
    attributeFits(attributes[name] as Attribute, config[name] ?? null, prior[name] ?? null),
  );
}

function attributeFits(attribute: Attribute, config: Value, prior: Value): boolean {
  if (attribute.writeOnly) return true;
  if (config === null && (attribute.mode === "computed" || attribute.mode === "optional-computed")) return true;
  if (!("nested" in attribute) || config === null || config === Unknown || prior === null) {
    return valuesEqual(typeOfAttribute(attribute), config, prior);
  }
  return nestedFits(attribute.nested, config, prior);
}

function nestedFits(
  { nesting, attributes }: { readonly nesting: string; readonly attributes: Attributes },
  config: Value,
  prior: Value,
): boolean {
  if (nesting === "single") return fits(attributes, config, prior);
  if (nesting === "map") {
    const [ours, theirs] = [config as ReadonlyMap<string, Value>, prior as ReadonlyMap<string, Value>];
    return ours.size === theirs.size && [...ours].every(([key, value]) => fits(attributes, value, theirs.get(key)));
  }
  const [ours, theirs] = [config as readonly Value[], prior as readonly Value[]];
  if (ours.length !== theirs.length) return false;
  if (nesting === "list") return ours.every((value, i) => fits(attributes, value, theirs[i]));
  return pairElements(attributes, ours, theirs).every((other) => other !== undefined);
}

/**
 * For each configured element of a set the prior one that it became, no prior one twice, and as many pairs as there can be: an element that is configured
 * in full must not lose its own to one that is configured in part. (Kuhn's algorithm for matchings.)
 */
export function pairElements(
  attributes: Attributes,
  configured: readonly Value[],
  prior: readonly Value[],
): readonly (Value | undefined)[] {
  const candidates = configured.map((value) => [...prior.keys()].filter((i) => fits(attributes, value, prior[i])));
  const takenBy = new Map<number, number>();
  const take = (element: number, seen: Set<number>): boolean =>
    (candidates[element] as readonly number[]).some((i) => {
      if (seen.has(i)) return false;
      seen.add(i);
      const holder = takenBy.get(i);
      if (holder !== undefined && !take(holder, seen)) return false;
      takenBy.set(i, element);
      return true;
    });
  for (const element of configured.keys()) take(element, new Set());
  const pairs = new Array<Value | undefined>(configured.length);
  for (const [i, element] of takenBy) pairs[element] = prior[i] as Value;
  return pairs;
}
