import type { DescEnum, DescField, DescMessage, MessageShape } from "@bufbuild/protobuf";
import { getOption } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { reflect } from "@bufbuild/protobuf/reflect";
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";

import { duration } from "../gen/teleport/duration_option_pb";
import type { BoolValue } from "../gen/teleport/types/metadata_pb";
import type { LabelValues } from "../gen/teleport/wrappers/wrappers_pb";
import { goDuration } from "./go-duration";

/** A value of JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Fields that the server's JSON lacks, by message. */
const hidden: Readonly<Record<string, readonly string[]>> = { "types.Metadata": ["namespace"] };

/** Fields that the server's JSON holds even when they are empty, by message (recalled; only where it helps a reader). */
const alwaysThere: Readonly<Record<string, readonly string[]>> = {
  "types.TrustedClusterSpecV2": ["enabled", "token", "web_proxy_addr", "tunnel_addr"],
  "types.RemoteClusterStatusV3": ["connection", "last_heartbeat"],
  "types.RoleOptions": ["forward_agent"],
  "types.ProvisionTokenSpecV2": ["roles", "join_method"],
};

/** Texts of enumerations that JSON and YAML do not show as numbers. */
const enumTexts: Readonly<Record<string, readonly Json[]>> = {
  "types.RequireMFAType": [
    false,
    true,
    "hardware_key",
    "hardware_key_touch",
    "hardware_key_pin",
    "hardware_key_touch_and_pin",
  ],
  "types.CreateHostUserMode": ["", "off", "drop", "keep", "insecure-drop"],
  "types.CreateDatabaseUserMode": ["", "off", "keep", "best_effort_drop"],
};

/** Fields of lists by name whose JSON is always a list, even of one. */
const traitFields: readonly string[] = ["traits", "annotations"];

/**
 * An object as Teleport itself writes it in JSON: field names with `_`, durations as Go texts, three-valued booleans as
 * booleans, label selectors as a text or a list, bytes in base64, empty fields left out.
 */
export function teleportJson<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): Json {
  return messageJson(reflect(schema, message));
}

function messageJson(message: ReflectMessage): Json {
  const { typeName } = message.desc;
  const json: { [key: string]: Json } = {};
  for (const field of message.fields) {
    if (hidden[typeName]?.includes(field.name)) continue;
    if (!message.isSet(field) && alwaysThere[typeName]?.includes(field.name) !== true) continue;
    const value = fieldJson(message, field);
    if (value !== undefined) json[field.name] = value;
  }
  return json;
}

function fieldJson(message: ReflectMessage, field: DescField): Json | undefined {
  switch (field.fieldKind) {
    case "scalar":
      return scalarJson(message.get(field) as Scalar, field);
    case "enum":
      return enumJson(field.enum, message.get(field) as number);
    case "message":
      return message.isSet(field) ? embeddedJson(message.get(field), field.name) : undefined;
    case "list":
      return [...message.get(field)].map((item) => itemJson(item, field));
    case "map": {
      const entries = [...message.get(field)].map(([key, item]) => [String(key), itemJson(item, field)] as const);
      return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
    }
  }
}

type Scalar = string | number | bigint | boolean | Uint8Array;

function itemJson(item: unknown, field: DescField & { fieldKind: "list" | "map" }): Json {
  const kind = field.fieldKind === "list" ? field.listKind : field.mapKind;
  if (kind === "message") return embeddedJson(item as ReflectMessage, field.name) ?? null;
  return kind === "enum" && field.enum !== undefined
    ? enumJson(field.enum, item as number)
    : scalarJson(item as Scalar, field);
}

function scalarJson(value: Scalar, field: DescField): Json {
  if (typeof value === "bigint") return getOption(field, duration) ? goDuration(value) : Number(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

function enumJson(type: DescEnum, value: number): Json {
  return enumTexts[type.typeName]?.[value] ?? value;
}

function embeddedJson(message: ReflectMessage, fieldName: string): Json | undefined {
  switch (message.desc.typeName) {
    case "types.BoolValue":
      return (message.message as BoolValue).value;
    case "wrappers.LabelValues":
      return listsJson(message.message as LabelValues, traitFields.includes(fieldName));
    case "google.protobuf.Timestamp":
      return timeText(message.message as Timestamp);
    case "google.protobuf.Duration":
      return durationJson(message.message as Duration);
    default:
      return messageJson(message);
  }
}

function listsJson({ values }: LabelValues, alwaysLists: boolean): Json | undefined {
  const entries = Object.entries(values).sort(([left], [right]) => (left < right ? -1 : 1));
  if (entries.length === 0) return undefined;
  const shown = entries.map(([name, { values: list }]): [string, Json] => {
    const [only] = list;
    return [name, list.length === 1 && only !== undefined && !alwaysLists ? only : [...list]];
  });
  return Object.fromEntries(shown);
}

/** Go writes a duration of this type as a number of nanoseconds, and leaves out none. */
function durationJson({ seconds, nanos }: Duration): Json | undefined {
  const nanoseconds = seconds * 1_000_000_000n + BigInt(nanos);
  return nanoseconds === 0n ? undefined : Number(nanoseconds);
}

/** RFC 3339 in UTC, as Go writes it: nine digits of a second at most, no trailing zeros. */
function timeText({ seconds, nanos }: Timestamp): string {
  const whole = new Date(Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/, "");
  const digits = nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
  return `${whole}${digits}Z`;
}
