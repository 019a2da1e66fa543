import { type ObjectValue, Unknown, type Value } from "../../framework";
import { type Description, type FieldDescription, saysNothing, serverDefaultOf } from "./describe";
import type { FieldKind } from "./field";
import { leafKinds, meansWire } from "./leaf-kinds";
import type { Message } from "./override";
import { sameValue } from "./same-value";
import { isObject } from "./values";

/** What stands where a value is read: the prior or planned value, never unknown; `undefined` where there is none (import, new element, unknown). */
type Like = Value | undefined;

/** Reads one message, with defaults of the cluster that depend on the whole of it. */
class Reader {
  constructor(
    private readonly whole: Message,
    /** Nobody has said anything: what the cluster chose by itself is shown as well, and zero as what it is. */
    private readonly showsAll = false,
  ) {}

  /** All attributes of a description; `message` undefined reads as empty. */
  object(description: Description, message: Message | undefined, like: Like): ObjectValue {
    const value = Object.create(null) as Record<string, Value>;
    for (const described of description.fields) {
      const { name } = described.field;
      value[name] = this.#field(described, (message ?? description.empty)[name], likeOf(like, name));
    }
    for (const [name, attribute] of Object.entries(description.extras)) {
      value[name] = attribute.writeOnly ? null : (likeOf(like, name) ?? null);
    }
    return value;
  }

  #field(described: FieldDescription, wire: unknown, like: Like): Value {
    // A secret's value is the configuration's affair.
    if (described.override.neverRead) return like ?? null;
    const value = this.present(described, wire, like);
    return value !== null && this.#isUnsaid(described, value, like) ? (like ?? null) : value;
  }

  present(described: FieldDescription, wire: unknown, like: Like): Value {
    const { field, nested } = described;
    if (field.repeated) return this.#list(described, wire as readonly unknown[], like);
    return nested === undefined
      ? this.#leaf(described, wire, like)
      : this.#nested(described, nested, wire as Message | undefined, like);
  }

  #list(described: FieldDescription, wires: readonly unknown[], like: Like): Value {
    const { nested } = described;
    const likes = Array.isArray(like) ? (like as readonly Value[]) : undefined;
    if (wires.length === 0) return likes?.length === 0 ? (like as Value) : null;
    return wires.map((wire, index) => {
      const likeElement = known(likes?.[index]);
      return nested === undefined
        ? (this.#leaf(described, wire, likeElement) ?? (likeElement === null ? null : zeroElement(described)))
        : this.object(nested, wire as Message, likeElement);
    });
  }

  #nested(described: FieldDescription, nested: Description, wire: Message | undefined, like: Like): Value {
    if (this.showsAll && wire === undefined && described.mode !== "required") return null;
    const value = this.object(nested, wire, like);
    if (this.showsAll || isObject(like ?? null) || described.mode === "required" || described.override.neverNull)
      return value;
    // What the cluster fills in by itself inside of an object that nobody wrote does not bring the object about.
    const isOwnChoice = described.mode === "optional-computed";
    const says = isOwnChoice
      ? nested.fields.some(({ field }) => value[field.name] !== null)
      : this.#isSaid(nested, value);
    return says ? value : null;
  }

  /** Whether an object holds more than what the cluster chooses by itself. */
  #isSaid(nested: Description, object: ObjectValue): boolean {
    return nested.fields.some((described) => {
      const value = object[described.field.name] as Value;
      if (value === null || described.mode !== "optional-computed") return value !== null;
      if (described.nested !== undefined && isObject(value)) return this.#isSaid(described.nested, value);
      const expected = serverDefaultOf(described, this.whole);
      return expected !== undefined && !sameValue(expected, value);
    });
  }

  #leaf(described: FieldDescription, wire: unknown, like: Like): Value {
    if (!this.showsAll) return leafValue(described, wire, like);
    const kind = leafKinds[described.field.kind as Exclude<FieldKind, "message">];
    return kind.read(wire) ?? kind.zero ?? null;
  }

  /** Whether the cluster filled in what the configuration left open, so that it is no drift. */
  #isUnsaid(described: FieldDescription, value: Value, like: Like): boolean {
    if (this.showsAll) return false;
    if (like === undefined ? described.mode === "optional-computed" : !saysNothing(described, like)) return false;
    const expected = serverDefaultOf(described, this.whole);
    return expected !== undefined && sameValue(expected, value);
  }
}

function isSet(like: Like): boolean {
  return like !== null && like !== undefined;
}

function known(value: Value | undefined): Like {
  return value === Unknown ? undefined : value;
}

/** A null object has null attributes; one that is not there says nothing of them. */
function likeOf(like: Like, name: string): Like {
  if (like === null) return null;
  return isObject(like) ? known(like[name]) : undefined;
}

function zeroElement({ field }: FieldDescription): Value {
  return leafKinds[field.kind as Exclude<FieldKind, "message">].zero ?? "";
}

function leafValue({ field, override }: FieldDescription, wire: unknown, like: Like): Value {
  const kind = leafKinds[field.kind as Exclude<FieldKind, "message">];
  const { isServerOwned } = override;
  const visible = isServerOwned === undefined ? wire : withoutUnsaid(wire, like, isServerOwned);
  if (like !== null && like !== undefined && meansWire(kind, like, visible)) return like;
  const value = kind.read(visible);
  if (value !== null || kind.zero === undefined) return value;
  // A value that is gone shows as the zero that it became; where nothing was said, zero is nothing.
  return isSet(like) || (like === undefined && override.importsZero) ? kind.zero : null;
}

function withoutUnsaid(wire: unknown, like: Like, isServerOwned: (key: string) => boolean): unknown {
  const said = like instanceof Map ? like : new Map<string, Value>();
  return Object.fromEntries(Object.entries(wire as Message).filter(([key]) => said.has(key) || !isServerOwned(key)));
}

/**
 * The value that a message says. Lists and maps are built anew from the message, so whatever was removed is gone here too; where `like` means
 * the same, its form is kept (null or empty, the text of a duration).
 */
export function readMessage(description: Description, message: Message, like: ObjectValue | undefined): ObjectValue {
  return new Reader(message).object(description, message, like);
}

/** All that a message says, also what the cluster chose by itself; null for texts, lists and objects that are not there. */
export function viewMessage(description: Description, message: Message): ObjectValue {
  return new Reader(message, true).object(description, message, undefined);
}

/** The value of one field alone, as an import of the whole message would show it. */
export function readField(described: FieldDescription, wire: unknown, whole: Message): Value {
  return new Reader(whole).present(described, wire, undefined);
}
