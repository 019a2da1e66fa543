import type { ObjectValue, Value } from "../../framework";
import { type Description, emptyOf, type FieldDescription } from "./describe";
import type { FieldKind } from "./field";
import { leafKinds, meansWire } from "./leaf-kinds";
import type { Message } from "./override";
import { sameWire } from "./same-wire";
import { isAbsent, isObject } from "./values";

/**
 * The message that a value says, written on top of `base`: hidden fields and what the description does not know stay as they are there.
 * Null and unknown clear a field. Where the value means what `base` holds, its very form stays.
 *
 * Throws a problem when a text is none of its kind.
 */
export function writeMessage(description: Description, value: ObjectValue | null, base: Message | undefined): Message {
  const message: Record<string, unknown> = { ...(base ?? description.empty) };
  for (const described of description.fields) {
    const { name } = described.field;
    message[name] = writeField(described, value?.[name] ?? null, message[name]);
  }
  return message;
}

function writeField(described: FieldDescription, value: Value, base: unknown): unknown {
  const { field, nested } = described;
  if (field.repeated) {
    if (isAbsent(value)) return [];
    const elements = value as readonly Value[];
    return nested === undefined
      ? elements.map((element) => writeLeaf(described, element, emptyElement(described)))
      : writeElements(nested, elements, base as readonly Message[]);
  }
  if (nested !== undefined) return writeNested(nested, value, base as Message | undefined);
  return writeLeaf(described, value, base);
}

function emptyElement({ field }: FieldDescription): unknown {
  return leafKinds[field.kind as Exclude<FieldKind, "message">].empty();
}

function writeLeaf({ field, override }: FieldDescription, value: Value, base: unknown): unknown {
  const kind = leafKinds[field.kind as Exclude<FieldKind, "message">];
  const kept = override.isServerOwned === undefined ? {} : entriesOf(base, override.isServerOwned);
  if (isAbsent(value)) {
    if (Object.keys(kept).length > 0) return kept;
    // Forms of nothing (absent, empty, year 1) are the cluster's choice.
    return kind.read(base) === null ? base : kind.empty();
  }
  if (override.isServerOwned !== undefined) return { ...kept, ...(kind.write(value) as object) };
  return meansWire(kind, value, base) ? base : kind.write(value);
}

function entriesOf(base: unknown, wanted: (key: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries((base ?? {}) as Message).filter(([key]) => wanted(key)));
}

function writeNested(nested: Description, value: Value, base: Message | undefined): Message | undefined {
  if (isObject(value)) return writeMessage(nested, value, base);
  if (base === undefined) return undefined;
  // Nothing is wanted here; what we do not know stays, and if there is nothing left the message goes with it.
  const cleared = writeMessage(nested, null, base);
  return sameWire(cleared, base) || !isBare(nested, cleared) ? cleared : undefined;
}

/** Whether a message holds nothing at all, unknown fields included. */
function isBare({ empty }: Description, message: Message): boolean {
  return sameWire({ ...empty, _unknownFields: {} }, message);
}

function writeElements(nested: Description, values: readonly Value[], bases: readonly Message[]): Message[] {
  const sameLength = values.length === bases.length;
  const written = values.map((value) => writeMessage(nested, isObject(value) ? value : null, undefined));
  const taken = new Set<Message>();
  return values.map((value, index) => {
    const base =
      bases.find((candidate) => !taken.has(candidate) && saysTheSame(nested, candidate, written[index] as Message)) ??
      (sameLength ? resembling(nested, bases[index], written[index] as Message, written) : undefined);
    if (base === undefined || taken.has(base)) return written[index] as Message;
    taken.add(base);
    return writeMessage(nested, isObject(value) ? value : null, base);
  });
}

/** Whether the attributes of both are the same, whatever else the one of the cluster holds. */
function saysTheSame(nested: Description, candidate: Message, written: Message): boolean {
  return nested.fields.every(({ field: { name } }) => sameWire(candidate[name], written[name]));
}

/**
 * The element at the same place, where it is the same one, changed: something in it stayed, and it is no other element that moved.
 * What we do not know of it then stays with it.
 */
function resembling(
  nested: Description,
  candidate: Message | undefined,
  written: Message,
  all: readonly Message[],
): Message | undefined {
  if (candidate === undefined || all.some((other) => saysTheSame(nested, candidate, other))) return undefined;
  const hasStayed = nested.fields.some(({ field }) => {
    const value = candidate[field.name];
    return !sameWire(value, emptyOf(field)) && sameWire(value, written[field.name]);
  });
  return hasStayed ? candidate : undefined;
}
