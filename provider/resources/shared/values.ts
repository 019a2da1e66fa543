import type { Labels } from "../../../trust";
import type { Value } from "../../framework";

/** A text that is known; undefined for null and what is not known yet. */
export function knownText(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The texts of a list or set that are known. */
export function knownTexts(value: Value | undefined): string[] {
  return Array.isArray(value) ? (value as readonly Value[]).filter((each) => typeof each === "string") : [];
}

/** The labels of a map that are known. */
export function knownLabels(value: Value | undefined): Labels {
  const entries = value instanceof Map ? [...(value as ReadonlyMap<string, Value>)] : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** The keys of a map, whatever their values. */
export function keysOfMap(value: Value | undefined): string[] {
  return value instanceof Map ? [...(value as ReadonlyMap<string, Value>).keys()] : [];
}
