/**
 * A Terraform type constraint.
 *
 * Built with {@link types}; compared and encoded by shape, so two equal descriptions are the same type.
 */
export type Type =
  | { readonly kind: "string" }
  | { readonly kind: "number" }
  | { readonly kind: "bool" }
  | { readonly kind: "dynamic" }
  | { readonly kind: "list"; readonly element: Type }
  | { readonly kind: "set"; readonly element: Type }
  | { readonly kind: "map"; readonly element: Type }
  | { readonly kind: "tuple"; readonly elements: readonly Type[] }
  | ObjectType;

/** An object type: every attribute is present in every value of it, null where it has nothing. */
export interface ObjectType {
  readonly kind: "object";
  readonly attributes: Readonly<Record<string, Type>>;
  /** Names that a conversion may leave out. Only seen in types that Terraform sends for dynamic values. */
  readonly optional?: readonly string[];
}

/** The types, by the names that Terraform's language gives them: `types.list(types.string)`. */
export const types = {
  string: { kind: "string" },
  number: { kind: "number" },
  bool: { kind: "bool" },
  /** Any value, which carries its own type: see `DynamicValue`. */
  dynamic: { kind: "dynamic" },
  list: (element: Type): Type => ({ kind: "list", element }),
  set: (element: Type): Type => ({ kind: "set", element }),
  map: (element: Type): Type => ({ kind: "map", element }),
  tuple: (elements: readonly Type[]): Type => ({ kind: "tuple", elements }),
  object: (attributes: Readonly<Record<string, Type>>): ObjectType => ({ kind: "object", attributes }),
} as const satisfies Record<string, Type | ((...args: never[]) => Type)>;
