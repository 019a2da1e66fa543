import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";

import { firstValue } from "./metadata";
import type { GrpcMethod } from "./method";
import { ServerExchange } from "./server-exchange";
import { GrpcError, GrpcStatus, type Metadata, protocolError } from "./status";

/** What a handler knows of its call beside the request. */
export interface ServerCall {
  /** Aborted when the caller cancels, its time is over, or the connection is lost. */
  readonly signal: AbortSignal;
  readonly metadata: Metadata;
}

/** Messages as bytes: what the server knows of a method. Made by {@link unaryRoute} and {@link streamRoute}. */
export type Route = { readonly path: string } & (
  | { readonly kind: "unary"; answer(message: Uint8Array, call: ServerCall): Promise<Uint8Array> }
  | { readonly kind: "stream"; answer(message: Uint8Array, call: ServerCall): AsyncIterable<Uint8Array> }
);

export interface GrpcServerOptions {
  /** The route of a path; a promise while routes are still being loaded. `undefined` is answered with UNIMPLEMENTED. */
  find(path: string): Route | undefined | Promise<Route | undefined>;
  /** Longest request that is taken; a longer one is answered with RESOURCE_EXHAUSTED. */
  readonly maxMessageBytes: number;
  /** Told of what a handler threw that is no {@link GrpcError}. The caller learns only that the call failed. */
  onHandlerError?(path: string, error: unknown): void;
}

/** Serves a method that answers once. A thrown {@link GrpcError} is the answer's status. */
export function unaryRoute<Request, Response>(
  { path, request, response }: GrpcMethod<Request, Response>,
  handler: (message: Request, call: ServerCall) => Response | Promise<Response>,
): Route {
  return {
    path,
    kind: "unary",
    answer: async (bytes, call) => response.encode(await handler(decode(path, request.decode, bytes), call)).finish(),
  };
}

/** Serves a method that answers with a stream, written no faster than the caller reads. */
export function streamRoute<Request, Response>(
  { path, request, response }: GrpcMethod<Request, Response>,
  handler: (message: Request, call: ServerCall) => AsyncIterable<Response>,
): Route {
  return {
    path,
    kind: "stream",
    async *answer(bytes, call) {
      for await (const message of handler(decode(path, request.decode, bytes), call)) {
        yield response.encode(message).finish();
      }
    },
  };
}

function decode<Request>(path: string, read: (bytes: Uint8Array) => Request, bytes: Uint8Array): Request {
  try {
    return read(bytes);
  } catch (cause) {
    throw protocolError(`the request to ${path} cannot be read: ${String(cause)}`, { cause });
  }
}

/**
 * A listener for the `stream` event of an HTTP/2 server. Nothing that a peer sends makes it throw.
 *
 * Requests of one message only: no client streams.
 */
export function grpcStreamListener(
  options: GrpcServerOptions,
): (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void {
  return (stream, headers) => {
    stream.on("error", () => {}); // A lost or reset stream; its handler learns it by the signal.
    const httpStatus = refusedAsHttp(headers);
    if (httpStatus !== undefined) {
      stream.respond({ ":status": httpStatus }, { endStream: true });
      stream.resume();
      return;
    }
    const exchange = new ServerExchange(stream, headers, options.maxMessageBytes);
    void serve(exchange, headers, options);
  };
}

async function serve(
  exchange: ServerExchange,
  headers: IncomingHttpHeaders,
  options: GrpcServerOptions,
): Promise<void> {
  const path = headers[":path"] as string;
  try {
    assertNotCompressed(headers);
    const [route, message] = await Promise.all([findRoute(path, options), exchange.request]);
    if (route.kind === "unary") exchange.respond(await route.answer(message, exchange));
    else await exchange.respondAll(route.answer(message, exchange));
  } catch (error) {
    if (!(error instanceof GrpcError)) options.onHandlerError?.(path, error);
    exchange.fail(error instanceof GrpcError ? error : new GrpcError(GrpcStatus.INTERNAL, `${path} failed`));
  }
}

async function findRoute(path: string, options: GrpcServerOptions): Promise<Route> {
  const route = await options.find(path);
  if (route === undefined) throw new GrpcError(GrpcStatus.UNIMPLEMENTED, `unknown method ${path.slice(0, 200)}`);
  return route;
}

function assertNotCompressed(headers: IncomingHttpHeaders): void {
  const encoding = firstValue(headers, "grpc-encoding") ?? "identity";
  if (encoding === "identity") return;
  throw new GrpcError(GrpcStatus.UNIMPLEMENTED, `the encoding ${encoding.slice(0, 100)} is not offered, only identity`);
}

/** The HTTP status for what is no gRPC call at all. Source: grpc/doc/PROTOCOL-HTTP2.md, "Requests". */
function refusedAsHttp(headers: IncomingHttpHeaders): number | undefined {
  if (headers[":method"] !== "POST") return 405;
  return /^application\/grpc(?:$|[+;])/.test(firstValue(headers, "content-type") ?? "") ? undefined : 415;
}
