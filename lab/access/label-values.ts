import type { LabelValues } from "../gen/teleport/wrappers/wrappers_pb";
import type { LabelSelector } from "./labels";

/** A wire message of lists by name as a plain record; an absent message has no names. */
export function listsByName(message: LabelValues | undefined): LabelSelector {
  const lists: Record<string, readonly string[]> = {};
  for (const [name, list] of Object.entries(message?.values ?? {})) lists[name] = list.values;
  return lists;
}
