import { resetCodes, resetNames } from "./reset-codes";
import { GrpcStatus } from "./status";

/** What an HTTP status means where no gRPC status came with it. Source: grpc/doc/http-grpc-status-mapping.md. */
const fromHttpStatus: ReadonlyMap<number, GrpcStatus> = new Map([
  [400, GrpcStatus.INTERNAL],
  [401, GrpcStatus.UNAUTHENTICATED],
  [403, GrpcStatus.PERMISSION_DENIED],
  [404, GrpcStatus.UNIMPLEMENTED],
  [429, GrpcStatus.UNAVAILABLE],
  [502, GrpcStatus.UNAVAILABLE],
  [503, GrpcStatus.UNAVAILABLE],
  [504, GrpcStatus.UNAVAILABLE],
]);

/** What a reset of the stream means. Source: gRPC over HTTP/2, "HTTP2 Transport Mapping", Errors; the rest is INTERNAL. */
const fromReset: ReadonlyMap<number, GrpcStatus> = new Map([
  [resetCodes.REFUSED_STREAM, GrpcStatus.UNAVAILABLE],
  [resetCodes.CANCEL, GrpcStatus.CANCELLED],
  [resetCodes.ENHANCE_YOUR_CALM, GrpcStatus.RESOURCE_EXHAUSTED],
  [resetCodes.INADEQUATE_SECURITY, GrpcStatus.PERMISSION_DENIED],
]);

export function statusFromHttp(httpStatus: number): GrpcStatus {
  return fromHttpStatus.get(httpStatus) ?? GrpcStatus.UNKNOWN;
}

export function statusFromReset(code: number): GrpcStatus {
  return fromReset.get(code) ?? GrpcStatus.INTERNAL;
}

/** HTTP/2's name of an error code, such as `REFUSED_STREAM`. */
export function nameOfReset(code: number): string {
  return resetNames[code] ?? `error code ${code}`;
}
