import { constants } from "node:http2";

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
  [constants.NGHTTP2_REFUSED_STREAM, GrpcStatus.UNAVAILABLE],
  [constants.NGHTTP2_CANCEL, GrpcStatus.CANCELLED],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, GrpcStatus.RESOURCE_EXHAUSTED],
  [constants.NGHTTP2_INADEQUATE_SECURITY, GrpcStatus.PERMISSION_DENIED],
]);

export function statusFromHttp(httpStatus: number): GrpcStatus {
  return fromHttpStatus.get(httpStatus) ?? GrpcStatus.UNKNOWN;
}

export function statusFromReset(code: number): GrpcStatus {
  return fromReset.get(code) ?? GrpcStatus.INTERNAL;
}

/** The error codes of HTTP/2, from 0 upwards. Source: RFC 9113, section 7. */
const resetNames = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
] as const;

/** HTTP/2's name of an error code, such as `REFUSED_STREAM`. */
export function nameOfReset(code: number): string {
  return resetNames[code] ?? `error code ${code}`;
}
