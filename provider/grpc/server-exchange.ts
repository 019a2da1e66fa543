import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";

import { FrameReader, frameMessage } from "./framing";
import { firstValue, metadataFromHeaders } from "./metadata";
import { percentEncode } from "./percent-encoding";
import { resetCodes } from "./reset-codes";
import { GrpcError, GrpcStatus, type Metadata, protocolError } from "./status";
import { longestTimerMs, parseTimeout } from "./timeout";

/** Longest `grpc-message` in characters: peers refuse headers above some kilobytes. */
const maxStatusTextLength = 2048;

const answerHeaders: OutgoingHttpHeaders = {
  ":status": 200,
  "content-type": "application/grpc",
  "grpc-accept-encoding": "identity",
};

/** One call as the server sees it: reads the one request message, writes the answer and its status, once. */
export class ServerExchange {
  /** The request message; rejects when the peer breaks a rule, goes away or runs out of time first. */
  readonly request: Promise<Uint8Array>;
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private trailers: OutgoingHttpHeaders = { "grpc-status": GrpcStatus.OK };
  private answered = false;
  /** All that is ours to send was handed over. (`writableEnded` would not do: a reset by the peer sets it too.) */
  private complete = false;

  constructor(
    private readonly stream: ServerHttp2Stream,
    private readonly headers: IncomingHttpHeaders,
    maxMessageBytes: number,
  ) {
    stream.on("wantTrailers", () => {
      if (!stream.destroyed && !stream.closed) stream.sendTrailers(this.trailers);
    });
    stream.once("close", () => this.closed());
    this.timer = this.startTimer();
    this.request = this.readRequest(maxMessageBytes);
    this.request.catch(() => {}); // It may fail before anybody waits for it.
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get metadata(): Metadata {
    return metadataFromHeaders(this.headers);
  }

  /** Answers with one message and OK. */
  respond(message: Uint8Array): void {
    clearTimeout(this.timer);
    if (this.begin()) this.end(frameMessage(message));
  }

  /** Answers with all of them and OK; stops when the caller goes away. */
  async respondAll(messages: AsyncIterable<Uint8Array>): Promise<void> {
    if (!this.begin()) return;
    for await (const message of messages) {
      if (this.stream.destroyed) return;
      if (!this.stream.write(frameMessage(message))) await drained(this.stream);
    }
    clearTimeout(this.timer);
    if (!this.stream.destroyed) this.end();
  }

  /** Ends the call with an error: in the trailers when the answer has begun, as the whole answer otherwise. */
  fail(error: GrpcError): void {
    clearTimeout(this.timer);
    if (this.stream.destroyed || this.stream.closed) return;
    const status = statusHeaders(error);
    if (this.answered) {
      this.trailers = status;
      this.end();
      return;
    }
    this.answered = true;
    this.complete = true;
    this.stream.respond({ ...answerHeaders, ...status }, { endStream: true });
    // What is still to come of the request is not wanted. Source: RFC 9113, section 8.1.
    if (this.stream.readableEnded) return;
    this.stream.resume();
    // Not in the same turn: Node 22 would send the reset alone and drop the answer before it.
    setImmediate(() => {
      if (!this.stream.destroyed && !this.stream.closed) this.stream.close(resetCodes.NO_ERROR);
    });
  }

  private end(lastFrame?: Buffer): void {
    this.complete = true;
    this.stream.end(lastFrame);
  }

  private begin(): boolean {
    if (this.answered || this.stream.destroyed || this.stream.closed) return false;
    this.answered = true;
    this.stream.respond(answerHeaders, { waitForTrailers: true });
    return true;
  }

  private readRequest(maxMessageBytes: number): Promise<Uint8Array> {
    if (this.signal.aborted) return Promise.reject(this.signal.reason);
    const frames = new FrameReader(maxMessageBytes);
    let message: Uint8Array | undefined;
    return new Promise((resolve, reject) => {
      this.signal.addEventListener("abort", () => reject(this.signal.reason));
      this.stream.on("data", (chunk: Buffer) => {
        try {
          for (const next of frames.push(chunk)) {
            if (message !== undefined) throw protocolError("the request has more than one message");
            message = next;
          }
        } catch (error) {
          this.stream.removeAllListeners("data");
          reject(error);
        }
      });
      this.stream.once("end", () => {
        if (frames.isInsideMessage) reject(protocolError("the request is cut off"));
        else if (message === undefined) reject(protocolError("the request has no message"));
        else resolve(message);
      });
    });
  }

  private startTimer(): NodeJS.Timeout | undefined {
    const text = firstValue(this.headers, "grpc-timeout");
    if (text === undefined) return undefined;
    const timeoutMs = parseTimeout(text);
    if (timeoutMs === undefined) {
      this.stop(protocolError(`grpc-timeout is "${text.slice(0, 100)}", which is no time`));
      return undefined;
    }
    if (timeoutMs > longestTimerMs) return undefined;
    return setTimeout(
      () => this.stop(new GrpcError(GrpcStatus.DEADLINE_EXCEEDED, "the call's time is over")),
      timeoutMs,
    );
  }

  /** Answers for a handler that is not done, and tells it. */
  private stop(error: GrpcError): void {
    this.fail(error);
    this.controller.abort(error);
  }

  private closed(): void {
    clearTimeout(this.timer);
    if (this.complete) return; // Nobody works on it any more.
    this.controller.abort(new GrpcError(GrpcStatus.CANCELLED, "the caller went away"));
  }
}

function statusHeaders({ code, message }: GrpcError): OutgoingHttpHeaders {
  return {
    "grpc-status": code,
    "grpc-message": percentEncode(message.slice(0, maxStatusTextLength)),
  };
}

/** Resolves when more can be written, or nothing ever will. */
function drained(stream: ServerHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done).off("close", done);
      resolve();
    };
    stream.once("drain", done).once("close", done);
  });
}
