import type { Labels } from "../../../trust";
import type { Value } from "../../framework";
import { keysOfMap } from "./values";

/** What a resource wants of labels that others write, too: only these keys are its own. */
export interface OwnLabels {
  readonly labels: Labels;
  /** Keys that were own labels before and are no more: to be removed. */
  readonly droppedLabels: readonly string[];
}

/** All labels that an object is to carry: others' stay, own ones win, own ones that are no longer wanted go. */
export function withOwnLabels(current: Labels, { labels, droppedLabels }: OwnLabels): Labels {
  const others = Object.entries(current).filter(([key]) => !droppedLabels.includes(key));
  return { ...Object.fromEntries(others), ...labels };
}

/** The keys that an update gives up, by its attribute before and after. */
export function droppedKeys(value: Value | undefined, prior: Value | undefined): string[] {
  const kept = keysOfMap(value);
  return keysOfMap(prior).filter((key) => !kept.includes(key));
}

/** Whether two sets of labels are the same, whatever their order. */
export function isSameLabels(a: Labels, b: Labels): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}

/** For messages: `env=demo, team=a`. */
export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
}
