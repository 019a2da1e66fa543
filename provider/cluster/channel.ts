import { Problem } from "../../trust";
import { createGrpcClient, type GrpcClient, GrpcError, type GrpcMethod, GrpcStatus } from "../grpc";
import type { AuthDialer } from "./auth-dialer";
import { DialFailure } from "./connection-errors";
import { type Attempt, isTimeUp, type Permission, problemFromAnswer, problemFromError } from "./errors";
import { type HttpAnswer, httpRequest } from "./http";
import { type Repetition, type RetryBudget, type RetrySurroundings, withRetry } from "./retry";

/** One call, described for people and for the retry. */
export interface Call {
  /** Verb and object, such as `update role "visitor"`. Never holds a secret. */
  readonly action: string;
  /** The permission it takes. */
  readonly needs?: Permission;
  readonly repetition: Repetition;
  /** Texts that must not come back in any message. */
  readonly secrets?: readonly string[];
  /** For one try, without dialling; 30 s when absent. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** The calls of one cluster: one connection, deadlines, retries, and every failure as a Problem. */
export interface Channel {
  /** For messages, such as `cluster "leaf" (leaf.example.com:443)`. */
  readonly title: string;
  unary<Request, Response>(method: GrpcMethod<Request, Response>, request: Request, call: Call): Promise<Response>;
  /** Collects a whole server stream. */
  collect<Request, Response>(method: GrpcMethod<Request, Response>, request: Request, call: Call): Promise<Response[]>;
  /** The legacy API; answers its JSON. */
  http(verb: "GET" | "DELETE", path: string, call: Call): Promise<unknown>;
  /**
   * Calls `modern`, or `legacy` where the server does not have the former (UNIMPLEMENTED). The answer to that question is
   * remembered under the name `feature`.
   */
  preferring<T>(feature: string, modern: () => Promise<T>, legacy: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** What a channel needs. */
export interface ChannelOptions {
  readonly title: string;
  /** `host:port`. */
  readonly addr: string;
  readonly dialer: AuthDialer;
  readonly dialTimeoutMs: number;
  readonly retry: RetryBudget;
  readonly around: RetrySurroundings;
}

const CALL_TIMEOUT_MS = 30_000;
const KEEP_ALIVE = { intervalMs: 60_000, timeoutMs: 20_000 };
/** Servers send up to 4 MiB in one message by default; some are set higher. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** Makes a channel; nothing is dialled before the first call. */
export function createChannel(options: ChannelOptions): Channel {
  const client: GrpcClient = createGrpcClient({
    authority: options.addr,
    connect: connectAgain((signal) => options.dialer.dial("h2", signal)),
    maxMessageBytes: MAX_MESSAGE_BYTES,
    keepAlive: KEEP_ALIVE,
  });
  /** Features that this server does not have. */
  const missing = new Set<string>();
  /** The problems that say so: their code alone does not tell. */
  const unimplemented = new WeakSet<Problem>();

  const run = async <T>(call: Call, send: () => Promise<T>): Promise<T> => {
    const attempt: Attempt = { cluster: options.title, ...call };
    try {
      return await withRetry(send, call.repetition, options.retry, options.around, call.signal);
    } catch (error) {
      if (call.signal.aborted) throw cancelled(call.signal, attempt);
      const problem = problemFromError(error, attempt);
      if (error instanceof GrpcError && error.code === GrpcStatus.UNIMPLEMENTED) unimplemented.add(problem);
      throw problem;
    }
  };

  // Dialling has its own limit, and its own words when that is reached.
  const limits = ({ signal, timeoutMs = CALL_TIMEOUT_MS }: Call) => ({
    signal,
    timeoutMs: timeoutMs + options.dialTimeoutMs,
  });

  return {
    title: options.title,
    unary: (method, request, call) => run(call, () => client.unary(method, request, limits(call))),
    collect: (method, request, call) =>
      run(call, async () => {
        const all = [];
        for await (const each of client.serverStream(method, request, limits(call))) all.push(each);
        return all;
      }),
    http: (verb, path, call) =>
      run(call, async () => {
        const { signal, timeoutMs } = limits(call);
        const dial = (limit: AbortSignal) => options.dialer.dial("http/1.1", limit);
        const host = "teleport.cluster.local";
        try {
          return readHttpAnswer(await httpRequest({ method: verb, host, path, dial, timeoutMs }, signal));
        } catch (error) {
          throw error instanceof DialFailure
            ? new GrpcError(GrpcStatus.UNAVAILABLE, error.message, { cause: error })
            : error;
        }
      }),
    preferring: async (feature, modern, legacy) => {
      if (missing.has(feature)) return legacy();
      try {
        return await modern();
      } catch (error) {
        if (!(error instanceof Problem) || !unimplemented.has(error)) throw error;
        missing.add(feature);
        return legacy();
      }
    },
    close: () => client.close(),
  };
}

/**
 * A connection that never came about is told at once: nearly always the configuration is wrong. One that there was
 * before is UNAVAILABLE, so that the retry waits for a server that restarts.
 */
function connectAgain<Socket>(
  dial: (signal: AbortSignal) => Promise<Socket>,
): (signal: AbortSignal) => Promise<Socket> {
  let wasConnected = false;
  return async (signal) => {
    try {
      const socket = await dial(signal);
      wasConnected = true;
      return socket;
    } catch (error) {
      if (!wasConnected || !(error instanceof Problem)) throw error;
      throw new GrpcError(GrpcStatus.UNAVAILABLE, error.what, { cause: error, unprocessed: true });
    }
  };
}

function cancelled(signal: AbortSignal, attempt: Attempt): Problem {
  if (isTimeUp(signal))
    return problemFromAnswer(GrpcStatus.DEADLINE_EXCEEDED, "no answer before the time was up", attempt, signal.reason);
  return problemFromAnswer(GrpcStatus.CANCELLED, "the call was cancelled", attempt, signal.reason);
}

/** The legacy API's statuses as Teleport maps them (gravitational/trace, httplib.go). */
const statusFromHttp: Readonly<Record<number, GrpcStatus>> = {
  400: GrpcStatus.INVALID_ARGUMENT,
  403: GrpcStatus.PERMISSION_DENIED,
  404: GrpcStatus.NOT_FOUND,
  409: GrpcStatus.ALREADY_EXISTS,
  412: GrpcStatus.FAILED_PRECONDITION,
  429: GrpcStatus.RESOURCE_EXHAUSTED,
  501: GrpcStatus.UNIMPLEMENTED,
  504: GrpcStatus.UNAVAILABLE,
};

function readHttpAnswer({ status, text }: HttpAnswer): unknown {
  const body = parseJson(text);
  if (status === 200 && body !== undefined) return body;
  const { error, message } = (body ?? {}) as { error?: { message?: unknown }; message?: unknown };
  const reason = [error?.message, message].find((each) => typeof each === "string" && each !== "");
  throw new GrpcError(
    statusFromHttp[status] ?? GrpcStatus.UNKNOWN,
    typeof reason === "string" ? reason : `HTTP status ${status}`,
  );
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
