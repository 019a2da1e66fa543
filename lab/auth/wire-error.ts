import { Code, ConnectError } from "@connectrpc/connect";

import type { TraceKind } from "../trace-error";
import { TraceError } from "../trace-error";

/** The gRPC code and the HTTP status of each kind of failure, as trace's trail.go and httplib.go map them. */
const wire: Readonly<Record<TraceKind, { readonly code: Code; readonly status: number }>> = {
  not_found: { code: Code.NotFound, status: 404 },
  already_exists: { code: Code.AlreadyExists, status: 409 },
  bad_parameter: { code: Code.InvalidArgument, status: 400 },
  access_denied: { code: Code.PermissionDenied, status: 403 },
  compare_failed: { code: Code.FailedPrecondition, status: 412 },
  limit_exceeded: { code: Code.ResourceExhausted, status: 429 },
  connection_problem: { code: Code.Unavailable, status: 504 },
  not_implemented: { code: Code.Unimplemented, status: 501 },
  unknown: { code: Code.Unknown, status: 500 },
};

/** The gRPC status for a failure; what is neither ours nor the library's is UNKNOWN with its text. */
export function grpcError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof TraceError) return new ConnectError(error.message, wire[error.kind].code);
  return new ConnectError(error instanceof Error ? error.message : String(error), Code.Unknown);
}

/** HTTP status and JSON body for a failure. The message stands twice: newer readers look in one place, older in the other. */
export function httpError(error: unknown): { readonly status: number; readonly body: string } {
  const message = error instanceof Error ? error.message : String(error);
  const status = error instanceof TraceError ? wire[error.kind].status : 500;
  return { status, body: JSON.stringify({ error: { message }, message }) };
}

/** The failure that an HTTP answer of another server tells of. */
export function errorFromHttp(status: number, body: string): TraceError {
  const kinds = Object.keys(wire) as TraceKind[];
  const kind = kinds.find((name) => wire[name].status === status) ?? "unknown";
  return new TraceError(kind, messageOf(body) ?? `unexpected answer with status ${status}`);
}

function messageOf(body: string): string | undefined {
  try {
    const json = JSON.parse(body) as { error?: { message?: unknown }; message?: unknown } | null;
    const message = json?.error?.message ?? json?.message;
    return typeof message === "string" && message !== "" ? message : undefined;
  } catch {
    return undefined;
  }
}
