import { compileMatcher } from "./go-regexp";

/** Labels of an object. */
export type Labels = Readonly<Record<string, string>>;

/** A selector: every key must be there with one of its values; a value is a text, a glob or a regular expression. */
export type LabelSelector = Readonly<Record<string, readonly string[]>>;

/**
 * Whether a selector fits an object's labels.
 *
 * An empty selector fits nothing; `*: *` fits everything, labelled or not.
 *
 * @throws TraceError bad_parameter when a value is a regular expression that does not compile
 */
export function matchesLabels(selector: LabelSelector, labels: Labels): boolean {
  const keys = Object.keys(selector);
  if (keys.length === 0) return false;
  const everything = Object.hasOwn(selector, "*") ? selector["*"] : undefined;
  if (everything?.length === 1 && everything[0] === "*") return true;
  return keys.every((key) => {
    if (!Object.hasOwn(labels, key)) return false;
    const value = labels[key] as string;
    return (selector[key] ?? []).some((wanted) => wanted === "*" || compileMatcher(wanted).matches(value));
  });
}
