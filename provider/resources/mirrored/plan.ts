import { msFromTime, type Problem, parseTime } from "../../../trust";
import { type ObjectValue, type PlannedChange, Unknown } from "../../framework";
import { isObject, knownText, valueAt, withValueAt } from "../description/values";
import { invalid } from "../validators/invalid";

/** Rules that all mirrored objects share. */
export function* validateCommon(config: ObjectValue): Iterable<Problem> {
  if (config.metadata !== null) return;
  yield invalid("`metadata` is missing", "Write `metadata = { name = … }`.", ["metadata"]);
}

/** Plans what is known of an object before it exists: its id, kind and namespace. */
export function planCommon(planned: ObjectValue, kind: string): ObjectValue {
  const known: readonly (readonly [path: readonly string[], value: string | undefined])[] = [
    [["id"], knownText(valueAt(planned, "metadata", "name"))],
    [["kind"], kind],
    [["metadata", "namespace"], "default"],
  ];
  return known.reduce(
    (value, [path, text]) => (text !== undefined && isOpen(value, path) ? withValueAt(value, path, text) : value),
    planned,
  );
}

function isOpen(planned: ObjectValue, path: readonly string[]): boolean {
  const parent = valueAt(planned, ...path.slice(0, -1));
  return isObject(parent) && parent[path.at(-1) as string] === Unknown;
}

/**
 * Refuses an expiry that has passed already, when it is set or changed; an old one must not stop what else is to be done.
 *
 * @param nowMs epoch milliseconds
 */
export function* checkExpiry({ prior, planned }: PlannedChange, nowMs: number): Iterable<Problem> {
  const expires = valueAt(planned, "metadata", "expires");
  if (typeof expires !== "string" || valueAt(prior, "metadata", "expires") === expires) return;
  if (msFromTime(parseTime(expires)) > nowMs) return;
  yield invalid(
    `the expiry ${expires} has passed`,
    "Write a time in the future, or leave it out for an object that stays.",
    ["metadata", "expires"],
  );
}
