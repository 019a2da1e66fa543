import { compareUtf8 } from "./text";
import type { Type } from "./type";

/** A type text that says no type. */
export class TypeTextError extends Error {
  override readonly name = "TypeTextError";
}

/**
 * The protocol's text of a type, such as `["list","string"]`; attribute names in byte order, as Terraform writes it.
 */
export function typeText(type: Type): string {
  switch (type.kind) {
    case "list":
    case "set":
    case "map":
      return `["${type.kind}",${typeText(type.element)}]`;
    case "tuple":
      return `["tuple",[${type.elements.map(typeText).join(",")}]]`;
    case "object": {
      const names = Object.keys(type.attributes).sort(compareUtf8);
      const members = names.map((name) => `${goQuote(name)}:${typeText(type.attributes[name] as Type)}`);
      const optional = type.optional?.length ? `,[${[...type.optional].sort(compareUtf8).map(goQuote).join(",")}]` : "";
      return `["object",{${members.join(",")}}${optional}]`;
    }
    default:
      return `"${type.kind}"`;
  }
}

/**
 * The type that a text says.
 *
 * @throws TypeTextError when it says none
 */
export function parseType(text: string): Type {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new TypeTextError("the type is not JSON");
  }
  return typeFromJson(parsed);
}

/**
 * As {@link parseType}, for JSON that is parsed already.
 *
 * @throws TypeTextError when it says none
 */
export function typeFromJson(json: unknown): Type {
  if (typeof json === "string") return primitive(json);
  if (!Array.isArray(json)) throw new TypeTextError("a type is a text or an array");
  const [kind, inner, optional] = json as unknown[];
  if (kind === "object") return objectType(inner, optional, json.length);
  if (json.length !== 2) throw new TypeTextError(`a ${String(kind)} type has two parts, not ${json.length}`);
  switch (kind) {
    case "list":
    case "set":
    case "map":
      return { kind, element: typeFromJson(inner) };
    case "tuple":
      if (!Array.isArray(inner)) throw new TypeTextError("the elements of a tuple type are an array");
      return { kind, elements: inner.map(typeFromJson) };
    default:
      throw new TypeTextError(`${JSON.stringify(kind)} is no kind of type`);
  }
}

/** JSON text as Go writes it, so that equal types have equal bytes. */
function goQuote(name: string): string {
  return JSON.stringify(name.normalize("NFC")).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The type without the marks of optional attributes, which only say how to convert: what a value's own type is. */
export function concreteType(type: Type): Type {
  switch (type.kind) {
    case "list":
    case "set":
    case "map":
      return { kind: type.kind, element: concreteType(type.element) };
    case "tuple":
      return { kind: "tuple", elements: type.elements.map(concreteType) };
    case "object": {
      const attributes: Record<string, Type> = Object.create(null);
      for (const name of Object.keys(type.attributes)) attributes[name] = concreteType(type.attributes[name] as Type);
      return { kind: "object", attributes };
    }
    default:
      return type;
  }
}

function primitive(name: string): Type {
  if (name === "string" || name === "number" || name === "bool" || name === "dynamic") return { kind: name };
  throw new TypeTextError(`${JSON.stringify(name)} is no type`);
}

function objectType(inner: unknown, optional: unknown, parts: number): Type {
  if (parts !== 2 && parts !== 3) throw new TypeTextError(`an object type has two or three parts, not ${parts}`);
  if (typeof inner !== "object" || inner === null || Array.isArray(inner)) {
    throw new TypeTextError("the attributes of an object type are an object");
  }
  const attributes: Record<string, Type> = Object.create(null);
  for (const [name, type] of Object.entries(inner)) attributes[name.normalize("NFC")] = typeFromJson(type);
  if (parts === 2) return { kind: "object", attributes };
  if (!Array.isArray(optional) || optional.some((name) => typeof name !== "string" || !(name in attributes))) {
    throw new TypeTextError("the optional attributes of an object type are names of its attributes");
  }
  return optional.length === 0 ? { kind: "object", attributes } : { kind: "object", attributes, optional };
}
