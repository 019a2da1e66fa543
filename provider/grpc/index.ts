// gRPC on node:http2: both ends, unary calls and server streams. Why not a library, with figures: CONTRIBUTING.md.
export type { CallOptions, GrpcClient, GrpcClientOptions, KeepAlive } from "./client";
export { createGrpcClient } from "./client";
export type { GrpcMethod, MessageCodec } from "./method";
export { grpcMethod } from "./method";
export type { GrpcServerOptions, Route, ServerCall } from "./server";
export { grpcStreamListener, streamRoute, unaryRoute } from "./server";
export type { Metadata } from "./status";
export { GrpcError, GrpcStatus } from "./status";
