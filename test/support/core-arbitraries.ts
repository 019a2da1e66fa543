import fc from "fast-check";
import type { Attribute, Attributes, Mode, ObjectValue, Type, Value } from "../../provider/framework";
import { Decimal, DynamicValue, isObject, types, Unknown } from "../../provider/framework";
import { numberFromDecimal } from "../../provider/framework/decimal";
import { canonicalSet } from "../../provider/framework/equality";
import { typeOfAttribute } from "../../provider/framework/schema-type";

const names = fc.constantFrom("a", "b", "c", "é", "__proto__", "constructor", "z9");

/** Texts with what is easily got wrong: other normal forms, characters beyond U+FFFF, nothing. */
const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("", "e\u0301", "\u00e9", "\uffff", "\u{10000}", "x".repeat(300)),
);

const numbers = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => numberFromDecimal(Decimal.ofDouble(value))),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: -30, max: 30 }))
    .map(([digits, exponent]) => numberFromDecimal(Decimal.of(digits, exponent))),
);

/** A type of some depth. Dynamic only where Terraform allows it to be anything: not inside collections. */
export function arbitraryType(depth: number): fc.Arbitrary<Type> {
  const scalars = fc.constantFrom<Type>(types.string, types.number, types.bool);
  if (depth === 0) return scalars;
  const inner = arbitraryType(depth - 1);
  return fc.oneof(
    scalars,
    inner.map(types.list),
    inner.map(types.set),
    inner.map(types.map),
    fc.array(inner, { maxLength: 3 }).map(types.tuple),
    fc.dictionary(names, inner, { maxKeys: 3, noNullPrototype: false }).map(types.object),
  );
}

/** What may stand in place of a known value, at any depth. */
export interface ValueOptions {
  readonly unknowns: boolean;
  readonly nulls: boolean;
}

/** A value of a type. */
export function arbitraryValue(type: Type, options: ValueOptions): fc.Arbitrary<Value> {
  const known = arbitraryKnown(type, options);
  const others: fc.Arbitrary<Value>[] = [];
  if (options.nulls) others.push(fc.constant(null));
  if (options.unknowns) others.push(fc.constant(Unknown));
  return others.length === 0 ? known : fc.oneof({ weight: 4, arbitrary: known }, ...others);
}

function arbitraryKnown(type: Type, options: ValueOptions): fc.Arbitrary<Value> {
  switch (type.kind) {
    case "string":
      return texts;
    case "number":
      return numbers;
    case "bool":
      return fc.boolean();
    case "list":
    case "set":
      return fc.array(arbitraryValue(type.element, options), { maxLength: 3 });
    case "tuple":
      return type.elements.length === 0
        ? fc.constant([])
        : fc.tuple(...type.elements.map((element) => arbitraryValue(element, options)));
    case "map":
      return fc
        .array(fc.tuple(texts, arbitraryValue(type.element, options)), { maxLength: 3 })
        .map((entries) => new Map(entries));
    case "object":
      return arbitraryObject(type.attributes, (inner) => arbitraryValue(inner, options));
    case "dynamic":
      return arbitraryType(1).chain((inner) =>
        arbitraryValue(inner, options).map((value) => new DynamicValue(inner, value)),
      );
  }
}

function arbitraryObject<Part>(
  parts: Readonly<Record<string, Part>>,
  valueFor: (part: Part) => fc.Arbitrary<Value>,
): fc.Arbitrary<ObjectValue> {
  const keys = Object.keys(parts);
  if (keys.length === 0) return fc.constant({});
  return fc.tuple(...keys.map((name) => valueFor(parts[name] as Part))).map((values) => {
    const object: Record<string, Value> = Object.create(null);
    for (const [i, name] of keys.entries()) object[name] = values[i] as Value;
    return object;
  });
}

const attributeNames = ["a", "b", "c", "d"];

/** Attributes as a schema may have them: write-only never computed nor in a set, defaults only where both may set. */
export function arbitraryAttributes(depth: number, insideSet = false, computedOnly = false): fc.Arbitrary<Attributes> {
  const attribute = arbitraryAttribute(depth, insideSet, computedOnly);
  return fc
    .array(attribute, { minLength: 1, maxLength: attributeNames.length })
    .map((attributes) => Object.fromEntries(attributes.map((one, i) => [attributeNames[i] as string, one])));
}

function arbitraryAttribute(depth: number, insideSet: boolean, computedOnly: boolean): fc.Arbitrary<Attribute> {
  const modes: fc.Arbitrary<Mode> = computedOnly
    ? fc.constant("computed")
    : fc.constantFrom("required", "optional", "computed", "optional-computed");
  const flags = fc.record({ mode: modes, keepPrior: fc.boolean(), writeOnly: fc.boolean(), withDefault: fc.boolean() });
  const typed = fc.tuple(flags, arbitraryType(1)).chain(([{ mode, keepPrior, writeOnly, withDefault }, type]) =>
    arbitraryValue(type, { unknowns: false, nulls: false }).map((value): Attribute => {
      const isComputed = mode === "computed" || mode === "optional-computed";
      return {
        type,
        mode,
        description: "",
        ...(isComputed && { keepPrior }),
        ...(!isComputed && !insideSet && writeOnly && { writeOnly }),
        ...(mode === "optional-computed" && withDefault && { default: value }),
      };
    }),
  );
  if (depth === 0) return typed;
  // Sets in sets cannot be told apart once the server has filled something in.
  const nestings = insideSet
    ? fc.constantFrom("single", "list", "map")
    : fc.constantFrom("single", "list", "map", "set");
  const nested = fc.tuple(flags, nestings).chain(([{ mode, keepPrior }, nesting]) =>
    arbitraryAttributes(depth - 1, insideSet || nesting === "set", mode === "computed").map(
      (attributes): Attribute => ({
        mode,
        description: "",
        nested: { nesting: nesting as "single", attributes },
        ...((mode === "computed" || mode === "optional-computed") && { keepPrior }),
      }),
    ),
  );
  return fc.oneof(typed, nested);
}

/** A configuration that core would pass on: required is set, computed is not. */
export function arbitraryConfig(attributes: Attributes, unknowns: boolean): fc.Arbitrary<ObjectValue> {
  return arbitraryObject(attributes, (attribute) => {
    if (attribute.mode === "computed") return fc.constant(null);
    const options: fc.Arbitrary<Value>[] = [configured(attribute, unknowns)];
    if (attribute.mode !== "required") options.push(fc.constant(null));
    if (unknowns) options.push(fc.constant(Unknown));
    return fc.oneof(...options);
  });
}

function configured(attribute: Attribute, unknowns: boolean): fc.Arbitrary<Value> {
  if (!("nested" in attribute)) return arbitraryValue(attribute.type, { unknowns, nulls: false });
  const { nesting, attributes } = attribute.nested;
  const element = arbitraryConfig(attributes, unknowns);
  if (nesting === "single") return element;
  if (nesting === "map")
    return fc.dictionary(fc.constantFrom("k", "l"), element).map((all) => new Map(Object.entries(all)));
  return fc.array(element, { maxLength: 3 });
}

/** What a server makes of a plan: the same, with something known in place of every unknown. */
export function fillUnknowns(attributes: Attributes, planned: ObjectValue, seed: number): ObjectValue {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute], i) => [
      name,
      fillValue(attribute, planned[name] as Value, seed * 7 + i),
    ]),
  );
}

function fillValue(attribute: Attribute, planned: Value, seed: number): Value {
  if (!("nested" in attribute)) return fillType(attribute.type, planned, seed);
  const { nesting, attributes } = attribute.nested;
  if (planned === Unknown) return chosenByServer(attribute, fillType(typeOfAttribute(attribute), Unknown, seed));
  if (planned === null) return null;
  const inner = (value: Value) => (isObject(value) ? fillUnknowns(attributes, value, seed) : value);
  if (nesting === "single") return inner(planned);
  if (planned instanceof Map) return new Map([...planned].map(([key, value]) => [key, inner(value)]));
  return (planned as readonly Value[]).map(inner);
}

/** A server that makes up an object leaves alone what only a configuration can say, and has nothing to say about what is written only. */
function chosenByServer(attribute: Attribute, value: Value): Value {
  if (!("nested" in attribute) || value === null) return value;
  if (Array.isArray(value)) return value.map((element: Value) => chosenElement(attribute.nested.attributes, element));
  if (value instanceof Map) {
    return new Map([...value].map(([key, element]) => [key, chosenElement(attribute.nested.attributes, element)]));
  }
  return chosenElement(attribute.nested.attributes, value);
}

function chosenElement(attributes: Attributes, value: Value): Value {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      attribute.mode === "optional" || attribute.writeOnly
        ? null
        : (attribute.default ?? chosenByServer(attribute, value[name] as Value)),
    ]),
  );
}

function fillType(type: Type, value: Value, seed: number): Value {
  if (value === Unknown)
    return fc.sample(arbitraryValue(type, { unknowns: false, nulls: false }), { numRuns: 1, seed })[0] as Value;
  if (value === null) return null;
  switch (type.kind) {
    case "list":
    case "set":
      return (value as readonly Value[]).map((element) => fillType(type.element, element, seed));
    case "tuple":
      return (value as readonly Value[]).map((element, i) => fillType(type.elements[i] as Type, element, seed));
    case "map":
      return new Map(
        [...(value as Map<string, Value>)].map(([key, element]) => [key, fillType(type.element, element, seed)]),
      );
    case "object":
      return Object.fromEntries(
        Object.entries(type.attributes).map(([name, inner]) => [
          name,
          fillType(inner, (value as ObjectValue)[name] as Value, seed),
        ]),
      );
    default:
      return value;
  }
}

/** Whether a set holds one element twice, as happens when a server fills in the same for two: they are one, and nobody can tell whose. */
export function hasTwins(type: Type, value: Value): boolean {
  if (value === null || value === Unknown) return false;
  switch (type.kind) {
    case "list":
      return (value as readonly Value[]).some((element) => hasTwins(type.element, element));
    case "set": {
      const elements = value as readonly Value[];
      const isCollapsed = canonicalSet(type.element, elements).length < elements.length;
      return isCollapsed || elements.some((element) => hasTwins(type.element, element));
    }
    case "map":
      return [...(value as ReadonlyMap<string, Value>).values()].some((element) => hasTwins(type.element, element));
    case "object":
      return Object.entries(type.attributes).some(([name, inner]) =>
        hasTwins(inner, (value as ObjectValue)[name] as Value),
      );
    default:
      return false;
  }
}
