/** The status codes of gRPC, by their names in its specification. */
export enum GrpcStatus {
  OK = 0,
  CANCELLED = 1,
  UNKNOWN = 2,
  INVALID_ARGUMENT = 3,
  DEADLINE_EXCEEDED = 4,
  NOT_FOUND = 5,
  ALREADY_EXISTS = 6,
  PERMISSION_DENIED = 7,
  RESOURCE_EXHAUSTED = 8,
  FAILED_PRECONDITION = 9,
  ABORTED = 10,
  OUT_OF_RANGE = 11,
  UNIMPLEMENTED = 12,
  INTERNAL = 13,
  UNAVAILABLE = 14,
  DATA_LOSS = 15,
  UNAUTHENTICATED = 16,
}

/** What came along with an answer: lower-case names, values that were sent several times joined by `, `. */
export type Metadata = ReadonlyMap<string, string>;

export interface GrpcErrorOptions {
  readonly cause?: unknown;
  /** Trailers of the answer. */
  readonly metadata?: Metadata;
  /** See {@link GrpcError.unprocessed}. */
  readonly unprocessed?: boolean;
}

const none: Metadata = new Map();

/** A call that did not end with OK: by the peer's word, or by what happened on the way. */
export class GrpcError extends Error {
  override readonly name = "GrpcError";
  /** Trailers of the answer; empty when the peer sent none. */
  readonly metadata: Metadata;
  /** The peer has surely not acted on the call (it never left, or was refused unread): it may be sent again, whatever it does. */
  readonly unprocessed: boolean;

  constructor(
    readonly code: GrpcStatus,
    /** The peer's own text, decoded; or ours, which begins with `protocol error:` where the peer broke a rule of gRPC. */
    message: string,
    { cause, metadata = none, unprocessed = false }: GrpcErrorOptions = {},
  ) {
    super(message, { cause });
    this.metadata = metadata;
    this.unprocessed = unprocessed;
  }
}

/** The peer broke a rule of gRPC or HTTP/2. */
export function protocolError(what: string, options?: GrpcErrorOptions): GrpcError {
  return new GrpcError(GrpcStatus.INTERNAL, `protocol error: ${what}`, options);
}

/** The code of that number; UNKNOWN for numbers that the specification does not have. */
export function statusFromNumber(code: number): GrpcStatus {
  return code in GrpcStatus ? code : GrpcStatus.UNKNOWN;
}
