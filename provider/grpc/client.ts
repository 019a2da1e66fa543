import type { Duplex } from "node:stream";

import type { GrpcMethod } from "./method";

/** Pings on an otherwise silent connection, sent only while a call is under way. */
export interface KeepAlive {
  readonly intervalMs: number;
  /** A ping that is not answered within this time ends the connection; its calls fail with UNAVAILABLE. */
  readonly timeoutMs: number;
}

export interface GrpcClientOptions {
  /** `:authority` of every request, such as `leaf.example.com:443`. Also names the peer in error texts. */
  readonly authority: string;
  /**
   * Gives a socket that is connected and, where it is TLS, past its handshake; ALPN is this function's business.
   * Called before the first call and after each loss. What it rejects with, the waiting calls reject with, unchanged.
   * The signal is aborted when no call waits any more; a socket that comes too late is destroyed.
   */
  readonly connect: (signal: AbortSignal) => Promise<Duplex>;
  /** Longest message taken from the peer; default 16 MiB. A longer one fails its call with RESOURCE_EXHAUSTED. */
  readonly maxMessageBytes?: number;
  /** `user-agent` of every request. */
  readonly userAgent?: string;
  readonly keepAlive?: KeepAlive;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** For the whole call, dialling included; also told to the peer (`grpc-timeout`). Without it the call may last for ever. */
  readonly timeoutMs?: number;
  /** More headers, lower-case; values of `-bin` names are base64 already. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Calls over one HTTP/2 connection, which is made when the first call needs it, shared by all, and made anew after a loss.
 *
 * Calls reject with {@link GrpcError}, or with what `connect` rejected with. A call that was aborted rejects with
 * CANCELLED, whose `cause` is the signal's reason.
 */
export interface GrpcClient {
  unary<Request, Response>(
    method: GrpcMethod<Request, Response>,
    request: Request,
    options?: CallOptions,
  ): Promise<Response>;
  /** The call begins with the iteration; ending the iteration early cancels it at the peer. */
  serverStream<Request, Response>(
    method: GrpcMethod<Request, Response>,
    request: Request,
    options?: CallOptions,
  ): AsyncGenerator<Response, void, undefined>;
  /** Ends the connection at once; calls under way reject with CANCELLED, as does every later one. */
  close(): Promise<void>;
}

/** Makes a client; nothing is dialled yet. */
export function createGrpcClient(options: GrpcClientOptions): GrpcClient {
  throw new Error(`not written yet: client of ${options.authority}`);
}
