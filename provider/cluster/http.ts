import type { TLSSocket } from "node:tls";

import { type DialFailure, dialFailure, timedOut } from "./connection-errors";

/** One HTTP/1.1 request over a connection of its own. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** `host` or `host:port` for the Host header. */
  readonly host: string;
  readonly path: string;
  /** Makes the connection; a function, because undici would put its own ALPN list into the options. */
  readonly dial: (signal: AbortSignal) => Promise<TLSSocket>;
  /** For the whole request, dialling included. */
  readonly timeoutMs: number;
}

/** A whole answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** A longer answer is refused: nothing that is asked for is near it. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * Sends a request and reads the whole answer, whatever its status.
 *
 * @throws DialFailure when there is no answer, Problem when `dial` rejects with one, or the signal's reason
 */
export async function httpRequest(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  // Undici costs some 50 ms to load, and most runs speak gRPC only: the bundler puts what is imported so into a file of its own.
  const { Client } = await import("./http-client.js");
  const limit = AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs)]);
  let dialError: { readonly error: unknown } | undefined;
  const client = new Client(`https://${request.host}`, {
    connect: (_options, done) => {
      request.dial(limit).then(
        (socket) => done(null, socket),
        (error: unknown) => {
          dialError = { error };
          done(error instanceof Error ? error : new Error(String(error)), null);
        },
      );
    },
    maxResponseSize: MAX_ANSWER_BYTES,
    pipelining: 0,
  });
  try {
    const { method, path } = request;
    const answer = await client.request({ method, path, headers: { accept: "application/json" }, signal: limit });
    return { status: answer.statusCode, text: await answer.body.text() };
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) throw timedOut(request.timeoutMs);
    if (dialError !== undefined) throw dialError.error;
    throw exchangeFailure(error, request.timeoutMs);
  } finally {
    await client.destroy().catch(() => undefined);
  }
}

function exchangeFailure(error: unknown, timeoutMs: number): DialFailure {
  // Undici hides the socket's error behind its own.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return dialFailure(cause, timeoutMs);
}
