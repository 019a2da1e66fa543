import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";

import type { CallLimits } from "./call-limits";
import type { ClientConnection } from "./client-connection";
import { FrameReader } from "./framing";
import { nameOfReset, statusFromHttp, statusFromReset } from "./http-status";
import { firstValue, metadataFromHeaders } from "./metadata";
import { percentDecode } from "./percent-encoding";
import { resetCodes } from "./reset-codes";
import { GrpcError, GrpcStatus, protocolError, statusFromNumber } from "./status";

/** What a call needs beside its connection. */
export interface CallRequest {
  readonly headers: OutgoingHttpHeaders;
  /** The request message, framed. */
  readonly frame: Buffer;
  readonly maxMessageBytes: number;
  /** Names the peer in error texts. */
  readonly authority: string;
}

/**
 * One request and its answer on an HTTP/2 stream.
 *
 * Takes the answer apart and holds it to gRPC's rules; how messages are handed on is for the unary or streaming caller.
 * Source of the rules: grpc/doc/PROTOCOL-HTTP2.md, "Responses".
 */
export class ClientCall {
  readonly stream: ClientHttp2Stream;
  private readonly frames: FrameReader;
  private headers: IncomingHttpHeaders | undefined;
  private trailers: IncomingHttpHeaders | undefined;
  /** What we found wrong, or why the call was ended from this side. */
  private failure: GrpcError | undefined;

  constructor(
    private readonly connection: ClientConnection,
    private readonly request: CallRequest,
    limits: CallLimits,
  ) {
    this.frames = new FrameReader(request.maxMessageBytes);
    this.stream = openStream(connection, request);
    connection.callBegins();
    this.stream.once("close", () => connection.callEnds());
    this.stream.on("error", () => {}); // What it means is told by outcome(), from the state of stream and connection.
    this.stream.once("response", (headers) => this.onHeaders(headers));
    this.stream.once("trailers", (trailers) => {
      this.trailers = trailers;
    });
    limits.onReached((error) => this.fail(error));
    this.stream.end(request.frame);
  }

  /** The messages that this chunk completes; after a breach of the rules none, and the stream is reset. */
  read(chunk: Buffer): readonly Uint8Array[] {
    if (this.failure !== undefined) return [];
    try {
      return this.frames.push(chunk);
    } catch (error) {
      this.fail(error as GrpcError);
      return [];
    }
  }

  /** Ends the call from this side and tells the peer. The first failure counts. */
  fail(error: GrpcError): void {
    this.failure ??= error;
    this.cancel();
  }

  /** Resets the stream, where it still runs. It is closed at once here, even when the reset cannot leave (a stuck peer). */
  cancel(): void {
    if (!this.stream.closed) this.stream.close(resetCodes.CANCEL);
    this.stream.destroy();
  }

  /** How the call ended, to be asked once its stream is closed: nothing when its status is OK. */
  outcome(): GrpcError | undefined {
    if (this.failure !== undefined) return this.failure;
    const status = this.trailers ?? this.headers;
    if (status !== undefined && firstValue(status, "grpc-status") !== undefined) return this.peerStatus(status);
    if (!this.connection.takesCalls && this.stream.rstCode !== resetCodes.REFUSED_STREAM) return this.lost();
    return this.stream.rstCode === resetCodes.NO_ERROR ? this.noStatus() : this.reset();
  }

  private onHeaders(headers: IncomingHttpHeaders): void {
    this.headers = headers;
    const httpStatus = Number(headers[":status"]);
    const type = firstValue(headers, "content-type") ?? "";
    if (/^application\/grpc(?:$|[+;])/.test(type)) return;
    const code = httpStatus === 200 ? GrpcStatus.UNKNOWN : statusFromHttp(httpStatus);
    const seen = `HTTP status ${httpStatus}, content type "${type.slice(0, 100)}"`;
    this.fail(new GrpcError(code, `protocol error: the answer of ${this.request.authority} is no gRPC (${seen})`));
  }

  private peerStatus(headers: IncomingHttpHeaders): GrpcError | undefined {
    const text = firstValue(headers, "grpc-status") as string;
    if (!/^\d{1,3}$/.test(text)) return protocolError(`grpc-status is "${text.slice(0, 100)}", which is no number`);
    const code = statusFromNumber(Number(text));
    if (code === GrpcStatus.OK)
      return this.frames.isInsideMessage ? protocolError("the last message is cut off") : undefined;
    const message = percentDecode(firstValue(headers, "grpc-message") ?? "");
    return new GrpcError(code, message === "" ? GrpcStatus[code] : message, { metadata: metadataFromHeaders(headers) });
  }

  private lost(): GrpcError {
    const { authority } = this.request;
    const why = this.connection.trouble ?? "it ended without a reason";
    // A stream without an id never left this process.
    return new GrpcError(GrpcStatus.UNAVAILABLE, `the connection to ${authority} was lost: ${why}`, {
      unprocessed: this.stream.id === undefined,
    });
  }

  private reset(): GrpcError {
    const { rstCode } = this.stream;
    const text = `${this.request.authority} reset the stream (${nameOfReset(rstCode)})`;
    return new GrpcError(statusFromReset(rstCode), text, { unprocessed: rstCode === resetCodes.REFUSED_STREAM });
  }

  private noStatus(): GrpcError {
    const { authority } = this.request;
    const httpStatus = Number(this.headers?.[":status"] ?? 200);
    if (httpStatus !== 200)
      return new GrpcError(statusFromHttp(httpStatus), `${authority} answered HTTP ${httpStatus}`);
    const what = this.headers === undefined ? "without an answer" : "without a grpc-status";
    return protocolError(`${authority} ended the call ${what}`);
  }
}

function openStream({ session }: ClientConnection, { headers }: CallRequest): ClientHttp2Stream {
  try {
    return session.request(headers);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GrpcError(GrpcStatus.INTERNAL, `the call could not be sent: ${why}`, { cause, unprocessed: true });
  }
}
