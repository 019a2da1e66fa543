import type { ObjectValue, Value } from "../../framework";
import { type Description, emptyOf, type FieldDescription, saysNothing, serverDefaultOf } from "./describe";
import type { FieldKind } from "./field";
import { leafKinds, meansWire } from "./leaf-kinds";
import { matchElements } from "./match-elements";
import type { Message } from "./override";
import { readField } from "./read-message";
import { sameValue } from "./same-value";
import { sameWire } from "./same-wire";
import { isAbsent, isObject } from "./values";

/**
 * The message that a value says, written on top of `base`: hidden fields and what the description does not know stay as they are there.
 *
 * Null and unknown clear a field, except that null (and empty) leave what the cluster filled in by itself, as long as it would fill in the same again. Where a
 * value means what `base` holds, its very form stays. Throws a problem when a text is none of its kind.
 */
export function writeMessage(description: Description, value: ObjectValue, base: Message | undefined): Message {
  const cleared = new Writer(undefined).object(description, value, base);
  // Defaults depend on the message as it will be, above all on its version.
  return base === undefined ? cleared : new Writer(cleared).object(description, value, base);
}

class Writer {
  constructor(
    /** The message that the cluster would fill in; absent: it is not asked what it would. */
    private readonly whole: Message | undefined,
  ) {}

  object(description: Description, value: ObjectValue | null, base: Message | undefined): Message {
    const message: Record<string, unknown> = { ...(base ?? description.empty) };
    for (const described of description.fields) {
      const { name } = described.field;
      message[name] = this.#field(described, value === null ? null : (value[name] ?? null), message[name]);
    }
    return message;
  }

  #field(described: FieldDescription, value: Value, base: unknown): unknown {
    const { field, nested } = described;
    if (saysNothing(described, value) && this.#isFilledIn(described, base)) return base;
    if (field.repeated) {
      if (isAbsent(value)) return [];
      const elements = value as readonly Value[];
      return nested === undefined
        ? elements.map((element) => writeLeaf(described, element, emptyElement(described)))
        : this.#elements(nested, elements, base as readonly Message[]);
    }
    if (nested !== undefined) return this.#nested(nested, value, base as Message | undefined);
    return writeLeaf(described, value, base);
  }

  #isFilledIn(described: FieldDescription, base: unknown): boolean {
    if (this.whole === undefined) return false;
    const expected = serverDefaultOf(described, this.whole);
    return expected !== undefined && sameValue(expected, readField(described, base, this.whole));
  }

  #nested(nested: Description, value: Value, base: Message | undefined): Message | undefined {
    if (isObject(value)) return this.object(nested, value, base);
    if (base === undefined) return undefined;
    // Nothing is wanted here; what we do not know stays, and if there is nothing left the message goes with it.
    const cleared = this.object(nested, null, base);
    return sameWire(cleared, base) || !isBare(nested, cleared) ? cleared : undefined;
  }

  #elements(nested: Description, values: readonly Value[], bases: readonly Message[]): Message[] {
    const objects = values.map((value) => (isObject(value) ? value : null));
    const over = (index: number, base: Message) => this.object(nested, objects[index] ?? null, base);
    const found = matchElements(values.length, bases, {
      isSame: (index, base) => sameWire(over(index, base), base),
      isLike: (index, base) => keepsSome(nested, over(index, base), base),
    });
    return objects.map((object, index) => this.object(nested, object, found[index]));
  }
}

/** Whether something that an element said stayed. */
function keepsSome(nested: Description, written: Message, base: Message): boolean {
  return nested.fields.some(({ field }) => {
    const { [field.name]: value } = base;
    return !sameWire(value, emptyOf(field)) && sameWire(value, written[field.name]);
  });
}

function emptyElement({ field }: FieldDescription): unknown {
  return leafKinds[field.kind as Exclude<FieldKind, "message">].empty();
}

function writeLeaf({ field, override }: FieldDescription, value: Value, base: unknown): unknown {
  const kind = leafKinds[field.kind as Exclude<FieldKind, "message">];
  const kept = override.isServerOwned === undefined ? {} : entriesOf(base, override.isServerOwned);
  if (isAbsent(value)) {
    if (Object.keys(kept).length > 0) return sameWire(kept, base) ? base : kept;
    // Forms of nothing (absent, empty, year 1) are the cluster's choice.
    return kind.read(base) === null ? base : kind.empty();
  }
  if (override.isServerOwned === undefined) return meansWire(kind, value, base) ? base : kind.write(value);
  const entries = { ...kept, ...(kind.write(value) as object) };
  return sameWire(entries, base) ? base : entries;
}

function entriesOf(base: unknown, wanted: (key: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries((base ?? {}) as Message).filter(([key]) => wanted(key)));
}

/** Whether a message holds nothing at all, unknown fields included. */
function isBare({ empty }: Description, message: Message): boolean {
  return sameWire({ ...empty, _unknownFields: {} }, message);
}
