import { compileExpression, expressionProblem } from "./expression";
import { Problem } from "./problem";

/** Labels of a node or a cluster. */
export type Labels = Readonly<Record<string, string>>;

/** Which labels a role reaches: every key must match; of its values one suffices. Values may be globs or `^…$`. */
export type LabelSelector = Readonly<Record<string, readonly string[]>>;

/** What one role says about one kind of resource. */
export interface LabelConditions {
  readonly allow: LabelSelector;
  readonly deny: LabelSelector;
}

function valueMatches(value: string, wanted: readonly string[]): boolean {
  return wanted.some((text) => text === "*" || compileExpression(text).test(value));
}

function hasKey(labels: Labels, key: string): boolean {
  return Object.hasOwn(labels, key);
}

/** Whether the selector is `{'*': ['*']}` in effect, which reaches everything, also what has no labels. */
export function selectsEverything(selector: LabelSelector): boolean {
  const values = selector["*"];
  return values?.length === 1 && values[0] === "*";
}

/**
 * Whether a selector reaches a resource with these labels. An empty selector reaches nothing.
 *
 * Source: teleport-api §4.9 (same matching for `cluster_labels` and `node_labels`).
 *
 * @throws Problem TRUST_REGEXP when a value that is needed for the answer is `^…$` and no regular expression
 */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  const wanted = Object.entries(selector);
  if (wanted.length === 0) return false;
  if (selectsEverything(selector)) return true;
  return wanted.every(([key, values]) => hasKey(labels, key) && valueMatches(labels[key] as string, values));
}

/**
 * Whether somebody with these roles may see a remote cluster that carries these labels: denials first, then some role
 * must allow it. A cluster without labels is seen by all when no role mentions cluster labels at all.
 *
 * Source: teleport-api §4.9 (`CheckAccessToRemoteCluster`). Label expressions are not looked at.
 *
 * @param roles what each of the roles says in `cluster_labels`
 * @throws Problem TRUST_REGEXP as {@link selects}
 */
export function seesRemoteCluster(roles: readonly LabelConditions[], labels: Labels): boolean {
  if (roles.length === 0) return false;
  const mentioned = roles.some(({ allow, deny }) => Object.keys(allow).length > 0 || Object.keys(deny).length > 0);
  if (!mentioned && Object.keys(labels).length === 0) return true;
  if (roles.some(({ deny }) => selects(deny, labels))) return false;
  return roles.some(({ allow }) => selects(allow, labels));
}

/** Whether no label whatever could hide a remote cluster from somebody with these roles. */
export function seesEveryRemoteCluster(roles: readonly LabelConditions[]): boolean {
  if (roles.some(({ deny }) => Object.keys(deny).length > 0)) return false;
  return roles.some(({ allow }) => selectsEverything(allow));
}

function valueContains(wide: string, narrow: string): boolean {
  if (wide === narrow || wide === "*") return true;
  // A pattern inside a pattern is not decided, only a literal inside a pattern.
  if (narrow.includes("*") || (narrow.startsWith("^") && narrow.endsWith("$"))) return false;
  return compileExpression(wide).test(narrow);
}

/**
 * Whether it is proven that `wide` reaches all that `narrow` reaches. `false` also where it cannot be decided (a
 * pattern inside another pattern), so that "it got no wider" is never said by mistake.
 *
 * @throws Problem TRUST_REGEXP as {@link selects}
 */
export function selectorContains(wide: LabelSelector, narrow: LabelSelector): boolean {
  if (Object.keys(narrow).length === 0 || selectsEverything(wide)) return true;
  if (Object.keys(wide).length === 0 || selectsEverything(narrow)) return false;
  return Object.entries(wide).every(([key, values]) => {
    const narrower = Object.hasOwn(narrow, key) ? narrow[key] : undefined;
    return narrower?.every((text) => values.some((value) => valueContains(value, text))) ?? false;
  });
}

/** The values of a selector that are no valid expression; paths are `[key, index]`. */
export function validateSelector(selector: LabelSelector): Problem[] {
  return Object.entries(selector).flatMap(([key, values]) =>
    values.flatMap((value, index) => expressionProblem(value)?.at(key, index) ?? []),
  );
}

/** What the key of a label may be made of. Source: Teleport's api/types/constants.go (`LabelPattern`). */
const labelKey = /^[a-zA-Z/.0-9_:*-]+$/;

function keyProblem(key: string): Problem | undefined {
  if (key.trim() === "") {
    return new Problem("TRUST_LABELS", "a label has no key", [key], "Give it a key, such as `env`, or remove it.");
  }
  if (labelKey.test(key)) return undefined;
  return new Problem(
    "TRUST_LABELS",
    `${JSON.stringify(key)} is not the key of a label`,
    [key],
    "Use letters, digits and the characters `/ . _ : * -`.",
  );
}

/** The keys that no cluster takes for a label; it refuses them only when they are written. Paths are `[key]`. */
export function validateLabelKeys(keys: Iterable<string>): Problem[] {
  return [...keys].flatMap((key) => keyProblem(key) ?? []);
}
