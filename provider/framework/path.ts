/**
 * Where in a value: attribute names and map keys as text, list indices as numbers, from the root of the resource,
 * data source or provider block. Empty means the whole.
 */
export type Path = readonly (string | number)[];

/** One step of a path as Terraform wants it: it tells attribute names from map keys, which {@link Path} leaves to the schema. */
export type PathStep = { readonly attribute: string } | { readonly key: string } | { readonly index: number };
