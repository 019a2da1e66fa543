import { formatDuration, formatTime, parseDuration, parseTime, zeroTimeSeconds } from "../../../trust";
import { Decimal, type Type, types, type Value } from "../../framework";
import type { FieldKind } from "./field";
import { sameWire } from "./same-wire";

/** How one kind of field is converted. `wire` is what a decoded message holds. */
export interface LeafKind {
  readonly type: Type;
  /** What a message holds when nothing was set. */
  empty(): unknown;
  /** `null` when the field holds nothing; a zero counts as nothing, except where absent and zero differ on the wire. */
  read(wire: unknown): Value;
  /** `value` is not null and wholly known. Throws a problem when the text is none of the kind. */
  write(value: Value): unknown;
  /** The value that says zero where `read` gives null, for kinds that have one. */
  readonly zero?: Value;
}

interface Seconds {
  readonly seconds: bigint;
  readonly nanos: number;
}

const nanosPerSecond = 1_000_000_000n;

function numberOf(value: Value): number {
  return value instanceof Decimal ? value.toNumber() : (value as number);
}

/** Terraform's texts are in normal form C, which most texts are without being asked. */
function textOf(wire: unknown): string {
  const text = wire as string;
  return /[^ -~]/.test(text) ? text.normalize("NFC") : text;
}

function textOrNull(wire: unknown): string | null {
  return wire === "" ? null : textOf(wire);
}

function unlessZero<T extends Value>(value: T, zero: T): T | null {
  return value === zero ? null : value;
}

function durationText(ns: bigint): string | null {
  return ns === 0n ? null : formatDuration(ns);
}

function nsOf({ seconds, nanos }: Seconds): bigint {
  return seconds * nanosPerSecond + BigInt(nanos);
}

function timeText(wire: unknown): string | null {
  const time = wire as Seconds | undefined;
  if (time === undefined || time.seconds === BigInt(zeroTimeSeconds)) return null;
  return formatTime({ seconds: Number(time.seconds), nanos: time.nanos, offset: 0 });
}

function writeTime(text: string): Seconds {
  const { seconds, nanos } = parseTime(text);
  return { seconds: BigInt(seconds), nanos };
}

function labelValues(wire: unknown): Value {
  const labels = wire as
    | { readonly values: Readonly<Record<string, { readonly values: readonly string[] }>> }
    | undefined;
  const entries = Object.entries(labels?.values ?? {});
  if (entries.length === 0) return null;
  return new Map(entries.map(([key, list]) => [textOf(key), list.values.map(textOf)]));
}

function writeLabelValues(value: Value): unknown {
  const entries = [...(value as ReadonlyMap<string, readonly (string | null)[] | null>)];
  return {
    values: Object.fromEntries(
      entries.map(([key, list]) => [key, { values: (list ?? []).map((text) => text ?? ""), _unknownFields: {} }]),
    ),
    _unknownFields: {},
  };
}

function stringMap(wire: unknown): Value {
  const entries = Object.entries(wire as Readonly<Record<string, string>>);
  return entries.length === 0 ? null : new Map(entries.map(([key, text]) => [textOf(key), textOf(text)]));
}

const none = (): undefined => undefined;

const plainNumber: LeafKind = {
  type: types.number,
  empty: () => 0,
  read: (wire) => unlessZero(wire as number, 0),
  write: numberOf,
  zero: 0,
};

/** The conversions, by kind. Messages are converted field by field, not here. */
export const leafKinds: Readonly<Record<Exclude<FieldKind, "message">, LeafKind>> = {
  string: { type: types.string, empty: () => "", read: textOrNull, write: (value) => value },
  bool: {
    type: types.bool,
    empty: () => false,
    read: (wire) => unlessZero(wire as boolean, false),
    write: (value) => value,
    zero: false,
  },
  number: plainNumber,
  enum: plainNumber,
  int64: {
    type: types.number,
    empty: () => 0n,
    read: (wire) => (wire === 0n ? null : numberFrom(wire as bigint)),
    write: (value) => BigInt(value instanceof Decimal ? value.toString() : (value as number)),
    zero: 0,
  },
  duration: {
    type: types.string,
    empty: () => 0n,
    read: (wire) => durationText(wire as bigint),
    write: (value) => parseDuration(value as string),
  },
  "duration-message": {
    type: types.string,
    empty: none,
    read: (wire) => (wire === undefined ? null : durationText(nsOf(wire as Seconds))),
    write: (value) => {
      const ns = parseDuration(value as string);
      return { seconds: ns / nanosPerSecond, nanos: Number(ns % nanosPerSecond) };
    },
  },
  time: { type: types.string, empty: none, read: timeText, write: (value) => writeTime(value as string) },
  "bool-value": {
    type: types.bool,
    empty: none,
    read: (wire) => (wire === undefined ? null : (wire as { readonly value: boolean }).value),
    write: (value) => ({ value, _unknownFields: {} }),
  },
  "string-map": {
    type: types.map(types.string),
    empty: () => ({}),
    read: stringMap,
    write: (value) =>
      Object.fromEntries([...(value as ReadonlyMap<string, string | null>)].map(([key, text]) => [key, text ?? ""])),
  },
  "label-values": {
    type: types.map(types.list(types.string)),
    empty: none,
    read: labelValues,
    write: writeLabelValues,
  },
};

function numberFrom(whole: bigint): Value {
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : Decimal.of(whole, 0);
}

/** Whether a value written to the wire says what the wire says already, so that the value's own form can stay. */
export function meansWire(kind: LeafKind, value: Value, wire: unknown): boolean {
  let written: unknown;
  try {
    written = kind.write(value);
  } catch {
    // A text that another provider stored and that is none of the kind: it means nothing.
    return false;
  }
  if (sameWire(written, wire)) return true;
  const text = kind.read(written);
  // Different forms of nothing: an empty map and an absent one, a time in year 1 and no time.
  if (text === null) return kind.read(wire) === null;
  return typeof text === "string" && text === kind.read(wire);
}

/** Whether a value of a kind is one of the forms of nothing, such as `""`, `"0s"` or an empty map. */
export function meansNothing(kind: LeafKind, value: Value): boolean {
  try {
    return kind.read(kind.write(value)) === null;
  } catch {
    return false;
  }
}
