import type { OutgoingHttpHeaders } from "node:http2";
import type { Duplex } from "node:stream";

import { CallLimits } from "./call-limits";
import { messagesOf, onlyMessage } from "./client-answer";
import { ClientCall } from "./client-call";
import { Dialer } from "./dialer";
import { frameMessage } from "./framing";
import type { GrpcMethod, MessageCodec } from "./method";
import { GrpcError, GrpcStatus, protocolError } from "./status";
import { formatTimeout } from "./timeout";

const defaultMaxMessageBytes = 16 * 1024 * 1024;

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
  return new HttpGrpcClient(options);
}

class HttpGrpcClient implements GrpcClient {
  private readonly dialer: Dialer;
  private readonly running = new Set<CallLimits>();
  private closed = false;

  constructor(private readonly options: GrpcClientOptions) {
    this.dialer = new Dialer(options);
  }

  async unary<Request, Response>(
    method: GrpcMethod<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Response> {
    const limits = this.begin(method.path, options);
    try {
      const call = await this.open(method, request, options, limits);
      return decode(method.path, method.response, await onlyMessage(call, method.path));
    } finally {
      this.end(limits);
    }
  }

  async *serverStream<Request, Response>(
    method: GrpcMethod<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): AsyncGenerator<Response, void, undefined> {
    const limits = this.begin(method.path, options);
    let call: ClientCall | undefined;
    try {
      call = await this.open(method, request, options, limits);
      for await (const message of messagesOf(call)) yield decode(method.path, method.response, message);
    } finally {
      call?.cancel();
      this.end(limits);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const limits of [...this.running]) limits.end(clientClosed(this.options.authority));
    await this.dialer.close();
  }

  private begin(path: string, options: CallOptions): CallLimits {
    const limits = new CallLimits(path, options);
    if (this.closed) limits.end(clientClosed(this.options.authority));
    this.running.add(limits);
    return limits;
  }

  private end(limits: CallLimits): void {
    this.running.delete(limits);
    limits.dispose();
  }

  private async open<Request>(
    method: GrpcMethod<Request, unknown>,
    request: Request,
    options: CallOptions,
    limits: CallLimits,
  ): Promise<ClientCall> {
    const frame = frameMessage(method.request.encode(request).finish());
    if (limits.reached !== undefined) throw limits.reached;
    const connection = await this.dialer.connection(limits);
    const { authority, maxMessageBytes = defaultMaxMessageBytes } = this.options;
    return new ClientCall(
      connection,
      { headers: this.headers(method.path, options), frame, maxMessageBytes, authority },
      limits,
    );
  }

  private headers(path: string, { metadata, timeoutMs }: CallOptions): OutgoingHttpHeaders {
    const { authority, userAgent } = this.options;
    return {
      ...metadata,
      ":method": "POST",
      ":scheme": "https",
      ":authority": authority,
      ":path": path,
      te: "trailers",
      "content-type": "application/grpc",
      "grpc-accept-encoding": "identity",
      ...(userAgent === undefined ? {} : { "user-agent": userAgent }),
      ...(timeoutMs === undefined ? {} : { "grpc-timeout": formatTimeout(timeoutMs) }),
    };
  }
}

function clientClosed(authority: string): GrpcError {
  return new GrpcError(GrpcStatus.CANCELLED, `the connection to ${authority} was closed by this side`);
}

function decode<Response>(path: string, codec: MessageCodec<Response>, message: Uint8Array): Response {
  try {
    return codec.decode(message);
  } catch (cause) {
    throw protocolError(`the answer to ${path} cannot be read: ${String(cause)}`, { cause });
  }
}
