import { formatTime, zeroTimeSeconds } from "../../trust";
import type { LabelValues, Timestamp } from "../cluster";
import type { ObjectValue, Type, TypedAttribute, Value } from "../framework";

/** An attribute that the provider reads. */
export function computed(type: Type, description: string): TypedAttribute {
  return { type, mode: "computed", description };
}

/** Labels, or any map of texts. */
export function mapValue(map: Readonly<Record<string, string>> | undefined): Value {
  return new Map(Object.entries(map ?? {}));
}

/** Label selectors, or any map of lists. */
export function listsValue(lists: LabelValues | undefined): Value {
  return new Map(Object.entries(lists?.values ?? {}).map(([key, { values }]) => [key, [...values]]));
}

/** RFC 3339; null where the API says "never", which is absent or Go's zero time. */
export function timeValue(time: Timestamp | undefined): string | null {
  if (time === undefined || Number(time.seconds) === zeroTimeSeconds) return null;
  return formatTime({ seconds: Number(time.seconds), nanos: time.nanos, offset: 0 });
}

/** An argument that is a text, or undefined. */
export function textArgument(config: ObjectValue, name: string): string | undefined {
  const { [name]: value } = config;
  return typeof value === "string" ? value : undefined;
}

/** An argument that is a map of texts; empty when it is left out. */
export function mapArgument(config: ObjectValue, name: string): Record<string, string> {
  const { [name]: value } = config;
  if (!(value instanceof Map)) return {};
  return Object.fromEntries([...(value as ReadonlyMap<string, string | null>)].map(([key, text]) => [key, text ?? ""]));
}
