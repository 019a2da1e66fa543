import { type Attributes, type Mode, Unknown, type Value } from "../../framework";
import type { Field, MessageTable } from "./field";
import { leafKinds, meansNothing } from "./leaf-kinds";
import type { ExtraAttributes, Message, Override, Overrides } from "./override";

/** A message as a resource shows it: one tree, from which schema and both conversions come. */
export interface Description {
  /** The fields that are attributes. */
  readonly fields: readonly FieldDescription[];
  /** Attributes that no field stands behind. */
  readonly extras: Attributes;
  /** The message with nothing in it, hidden fields included. */
  readonly empty: Message;
}

/** A field that is an attribute. */
export interface FieldDescription {
  readonly field: Field;
  readonly override: Override;
  readonly mode: Mode;
  /** Of the fields of a message; absent for the other kinds. */
  readonly nested?: Description;
}

const noOverride: Override = {};
const noExtras: Attributes = {};

/** What a field holds when nothing was set. */
export function emptyOf(field: Field): unknown {
  if (field.repeated) return [];
  return field.kind === "message" ? undefined : leafKinds[field.kind].empty();
}

/** What the cluster fills into a field of a message that leaves it open, if that is known. */
export function serverDefaultOf({ override }: FieldDescription, whole: Message): Value | undefined {
  const { serverDefault } = override;
  return typeof serverDefault === "function" ? serverDefault(whole) : serverDefault;
}

/** Whether a value leaves a field to the cluster: null, or a form of nothing. An object that is there says something. */
export function saysNothing({ field }: FieldDescription, value: Value): boolean {
  if (value === null || value === Unknown) return value === null;
  if (field.repeated) return (value as readonly Value[]).length === 0;
  return field.kind !== "message" && meansNothing(leafKinds[field.kind], value);
}

class Describer {
  readonly #usedPaths = new Set<string>();

  constructor(
    private readonly table: MessageTable,
    private readonly overrides: Overrides,
    private readonly extras: ExtraAttributes,
  ) {}

  message(name: string, path: string): Description {
    const fields = this.table[name];
    if (fields === undefined) throw new Error(`bug: no message ${name} is described`);
    this.#usedPaths.add(path);
    return {
      fields: fields.flatMap((field) => this.#field(field, path === "" ? field.name : `${path}.${field.name}`)),
      extras: this.extras[path] ?? noExtras,
      empty: Object.fromEntries(fields.map((field) => [field.name, emptyOf(field)])),
    };
  }

  #field(field: Field, path: string): FieldDescription[] {
    this.#usedPaths.add(path);
    const override = this.overrides[path] ?? noOverride;
    if (override.hidden) return [];
    const mode = override.mode ?? "optional";
    if (field.message === undefined) return [{ field, override, mode }];
    return [{ field, override, mode, nested: this.message(field.message, path) }];
  }

  assertAllUsed(): void {
    const unused = [...Object.keys(this.overrides), ...Object.keys(this.extras)].filter(
      (path) => !this.#usedPaths.has(path),
    );
    if (unused.length > 0) throw new Error(`bug: the description has no attribute ${unused.join(", ")}`);
  }
}

/**
 * Joins what proto/ tells of a message with what Terraform needs beside it.
 *
 * Throws a plain error, a bug of ours, when an override or an extra attribute names a path that does not exist.
 */
export function describe(
  table: MessageTable,
  message: string,
  overrides: Overrides,
  extras: ExtraAttributes = {},
): Description {
  const describer = new Describer(table, overrides, extras);
  const description = describer.message(message, "");
  describer.assertAllUsed();
  return description;
}
