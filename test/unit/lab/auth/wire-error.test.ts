import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";

import { httpError } from "../../../../lab/auth";
import { errorFromHttp, grpcError } from "../../../../lab/auth/wire-error";
import type { TraceKind } from "../../../../lab/trace-error";
import { TraceError } from "../../../../lab/trace-error";

const kinds: readonly (readonly [kind: TraceKind, code: Code, status: number])[] = [
  ["not_found", Code.NotFound, 404],
  ["already_exists", Code.AlreadyExists, 409],
  ["bad_parameter", Code.InvalidArgument, 400],
  ["access_denied", Code.PermissionDenied, 403],
  ["compare_failed", Code.FailedPrecondition, 412],
  ["limit_exceeded", Code.ResourceExhausted, 429],
  ["connection_problem", Code.Unavailable, 504],
  ["not_implemented", Code.Unimplemented, 501],
  ["unknown", Code.Unknown, 500],
];

for (const [kind, code, status] of kinds) {
  test(`${kind} goes out as ${Code[code]} and ${status}, and comes back`, () => {
    const error = new TraceError(kind, "in the server's words");
    assert.equal(grpcError(error).code, code);
    assert.equal(grpcError(error).rawMessage, "in the server's words");
    const http = httpError(error);
    assert.equal(http.status, status);
    const back = errorFromHttp(http.status, http.body);
    assert.deepEqual([back.kind, back.message], [kind, "in the server's words"]);
  });
}

test("what is no failure of ours is UNKNOWN; a gRPC status stays what it is", () => {
  assert.equal(grpcError(new Error("oops")).code, Code.Unknown);
  assert.equal(grpcError("oops").rawMessage, "oops");
  const own = new ConnectError("x", Code.DataLoss);
  assert.equal(grpcError(own), own);
  assert.equal(httpError(new Error("oops")).status, 500);
});

test("messages of older and newer servers are read, and none at all", () => {
  assert.equal(errorFromHttp(403, '{"error":{"message":"new"}}').message, "new");
  assert.equal(errorFromHttp(403, '{"message":"old"}').message, "old");
  assert.equal(errorFromHttp(502, "<html>").message, "unexpected answer with status 502");
  assert.equal(errorFromHttp(502, "null").kind, "unknown");
});
