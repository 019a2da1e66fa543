import type { Log } from "./context";
import type { Diagnostic, ProblemShape } from "./diagnostic";
import { type Path, pathSteps, pathText } from "./path";
import type { Attributes } from "./schema";

/** Whether a thrown thing tells what, where and what next, as problems do. */
export function isProblem(thing: unknown): thing is ProblemShape {
  if (typeof thing !== "object" || thing === null) return false;
  const { code, what, where, next } = thing as Partial<ProblemShape>;
  return typeof code === "string" && typeof what === "string" && typeof next === "string" && Array.isArray(where);
}

/** What Terraform shows of a problem; the schema tells how to read its path. */
export function diagnosticOf(problem: ProblemShape, attributes: Attributes): Diagnostic {
  const path = pathSteps(attributes, problem.where);
  // Terraform shows the lines that a path leads to, and a secret may be written there.
  const isHidden = isSecret(attributes, problem.where);
  // It does not tell the path, and its line is that of the second step at most; what lies deeper must be named.
  const place = path.length > 1 || isHidden ? `At ${pathText(path)}. ` : "";
  return {
    severity: problem.severity ?? "error",
    summary: problem.what,
    detail: `${place}${problem.next} [${problem.code}]`,
    path: isHidden ? [] : path,
  };
}

function isSecret(attributes: Attributes, [name, ...rest]: Path): boolean {
  const attribute = typeof name === "string" && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (attribute === undefined) return false;
  if (attribute.sensitive || attribute.writeOnly) return true;
  if (!("nested" in attribute)) return false;
  const { nesting, attributes: inner } = attribute.nested;
  return isSecret(inner, nesting === "single" ? rest : rest.slice(1));
}

/** All problems that a thrown thing tells of: itself, those of an `AggregateError`, or a bug of the provider, whose stack goes to the log. */
export function problemsOf(error: unknown, doing: string, signal: AbortSignal, log: Log): readonly ProblemShape[] {
  if (isProblem(error)) return [error];
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.flatMap((inner: unknown) => problemsOf(inner, doing, signal, log));
  }
  if (signal.aborted) return [cancelled(doing)];
  return [bug(error, doing, log)];
}

function cancelled(doing: string): ProblemShape {
  return {
    code: "CANCELLED",
    what: `${doing} was cancelled`,
    where: [],
    next: "Nothing more was done after that. Run the command again to go on from where it stopped.",
  };
}

/**
 * Our own mistake. The text of the error is shown, its stack is for the log; a `SyntaxError` quotes what it could not read, which may be a
 * secret, so of it only the kind is told.
 */
function bug(error: unknown, doing: string, log: Log): ProblemShape {
  const named = error instanceof Error ? error : new Error(String(error));
  const text = named.name === "SyntaxError" ? named.name : `${named.name}: ${named.message}`;
  const frames = (named.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  log.error(`bug while ${doing}: ${text}`, { stack: frames.join("\n") });
  return {
    code: "BUG",
    what: `the provider has a bug: it failed in ${doing}`,
    where: [],
    next: `${text}. Please report it with the provider's log, which TF_LOG_PROVIDER=error shows.`,
  };
}

/** Errors first, then by place and text; what is said twice is shown once. */
export function orderDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length < 2) return diagnostics;
  const byKey = new Map(diagnostics.map((diagnostic) => [sortKey(diagnostic), diagnostic]));
  return [...byKey].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, diagnostic]) => diagnostic);
}

function sortKey({ severity, path, summary, detail }: Diagnostic): string {
  // "error" sorts before "warning".
  return JSON.stringify([severity, path, summary, detail]);
}
