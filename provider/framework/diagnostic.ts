import type { Path, PathStep } from "./path";

/**
 * A problem as resources report it: what happened, where, what to do next.
 *
 * Every error class with these members will do; the framework turns it into a {@link Diagnostic}.
 */
export interface ProblemShape {
  /** Stable name such as `API_NOT_FOUND`, shown at the end of the detail. */
  readonly code: string;
  /** What happened, with the values that were seen. One sentence, no final stop. Becomes the summary. */
  readonly what: string;
  /** The attribute path; empty when it is about the whole. */
  readonly where: Path;
  /** What the reader can do now. One or more sentences. Becomes the detail. */
  readonly next: string;
  /** `error` when absent. */
  readonly severity?: "error" | "warning";
}

/** What Terraform shows of a problem. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** One line, no final stop. */
  readonly summary: string;
  /** Paragraphs; a line that starts with a blank is shown as it stands. */
  readonly detail: string;
  /** Empty when it is not about one attribute. It ends before a set, whose elements have no index. */
  readonly path: readonly PathStep[];
}

/** The same problem as a warning. */
export function asWarning(problem: ProblemShape): ProblemShape {
  const { code, what, where, next } = problem;
  return { code, what, where, next, severity: "warning" };
}
