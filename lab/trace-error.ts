/** Kinds of failure that a Teleport server tells apart; each has one gRPC code and one HTTP status (`auth/wire-error.ts`). */
export type TraceKind =
  | "not_found"
  | "already_exists"
  | "bad_parameter"
  | "access_denied"
  | "compare_failed"
  | "limit_exceeded"
  | "connection_problem"
  | "not_implemented"
  | "unknown";

/**
 * A failure as the server words it: `message` is sent to the client as it stands.
 *
 * The lab has its own error class because it may share no code with what it judges.
 */
export class TraceError extends Error {
  override readonly name = "TraceError";

  constructor(
    readonly kind: TraceKind,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The object does not exist, or the caller may not know that it does. */
export const notFound = (message: string): TraceError => new TraceError("not_found", message);

/** An object of that name exists. */
export const alreadyExists = (message: string): TraceError => new TraceError("already_exists", message);

/** The request is wrong in itself. */
export const badParameter = (message: string): TraceError => new TraceError("bad_parameter", message);

/** The caller may not do this. */
export const accessDenied = (message: string): TraceError => new TraceError("access_denied", message);

/** The object changed since the caller read it. */
export const compareFailed = (message: string): TraceError => new TraceError("compare_failed", message);

/** Another cluster or service could not be reached. */
export const connectionProblem = (message: string, cause?: unknown): TraceError =>
  new TraceError("connection_problem", message, { cause });

/** This server has no such call. */
export const notImplemented = (message: string): TraceError => new TraceError("not_implemented", message);

/** Whether `error` is a {@link TraceError}, of `kind` when one is given. */
export function isTrace(error: unknown, kind?: TraceKind): error is TraceError {
  return error instanceof TraceError && (kind === undefined || error.kind === kind);
}
