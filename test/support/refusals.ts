import assert from "node:assert/strict";

import type { Acceptance } from "./acceptance";
import { objectsOf } from "./outside";
import type { Run, RunOptions } from "./terraform";

/** An error as terraform shows it, without line breaks and quoted configuration. */
export interface ShownError {
  readonly summary: string;
  /** Address of the object, as `with …` names it; absent where terraform shows none. */
  readonly with?: string;
  readonly detail: string;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function shownError(text: string): ShownError {
  const [summary = "", ...paragraphs] = text.split(/\n\n+/);
  const isPlace = /^ {2}(with|on) /.test(paragraphs[0] ?? "");
  const place = isPlace ? (paragraphs[0] as string) : "";
  const address = /^ {2}with (.+),$/m.exec(place)?.[1];
  // OpenTofu says also what a value of a wrong type has; Terraform says what is required only.
  const detail = oneLine(paragraphs.slice(isPlace ? 1 : 0).join(" ")).replace(
    / required, but have \w+\.$/,
    " required.",
  );
  return { summary: oneLine(summary), ...(address === undefined ? {} : { with: address }), detail };
}

/** The same errors in an order of their own, to compare them. */
export function inOrder(errors: readonly ShownError[]): ShownError[] {
  return [...errors].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** All errors that a run showed, in an order of their own: terraform's is not always the same. */
export function errorsOf({ stderr }: Run): ShownError[] {
  const text = stderr.replaceAll(/^[│╷╵] ?/gm, "");
  return inOrder(
    text
      .split(/^Error: /m)
      .slice(1)
      .map(shownError),
  );
}

/** What terraform printed, on one line, without its frames: a whole sentence can be looked for. */
export function onOneLine({ output }: Run): string {
  return oneLine(output.replaceAll(/[│╷╵]/g, " "));
}

/** A frame of a JavaScript or Go stack. */
const stackFrame = /^\s+at .+[:(]\d+|\.[cm]?js:\d+|goroutine \d+|panic:/m;

/** Asserts that a run failed with these errors and no others, word for word, and shows no stack. */
export function assertErrors(run: Run, ...expected: readonly ShownError[]): void {
  assert.deepEqual(errorsOf(run), inOrder(expected), run.output);
  assertFailed(run);
}

/** Asserts that a run failed as it should: with exit code 1, and no stack. */
export function assertFailed({ code, output }: Run): void {
  assert.equal(code, 1, output);
  assert.doesNotMatch(output, stackFrame);
}

/** Whether a plan refuses already, or the apply that follows it does, before its first write. */
export type RefusedBy = "plan" | "apply";

/**
 * Applies, and asserts that it fails with this error alone, at plan or after it, and that no object of any cluster is
 * another one afterwards. Answers what was printed.
 */
export async function assertRefusedBy(
  by: RefusedBy,
  acceptance: Acceptance,
  expected: ShownError,
  options?: RunOptions,
): Promise<Run> {
  const before = objectsOf(acceptance.lab);
  const run = await acceptance.apply(options);
  assertErrors(run, expected);
  assert.deepEqual(objectsOf(acceptance.lab), before, "an object of a cluster was changed");
  const hasBegun = /: (Creating|Modifying|Destroying)\.\.\./.test(run.output);
  assert.equal(hasBegun ? "apply" : "plan", by, run.output);
  return run;
}
