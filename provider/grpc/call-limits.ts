import { GrpcError, GrpcStatus } from "./status";
import { longestTimerMs } from "./timeout";

export interface Limits {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Ends one call from outside: its caller's signal, its time, or the client's end. The first of them counts. */
export class CallLimits {
  /** Why the call must not go on; `undefined` while it may. */
  reached: GrpcError | undefined;
  private readonly listeners: ((error: GrpcError) => void)[] = [];
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly signal: AbortSignal | undefined;
  private readonly onAbort = (): void => this.end(cancelled(this.path, this.signal?.reason));

  constructor(
    private readonly path: string,
    { signal, timeoutMs }: Limits,
  ) {
    this.signal = signal;
    if (signal?.aborted === true) {
      this.onAbort();
      return;
    }
    signal?.addEventListener("abort", this.onAbort);
    if (timeoutMs === undefined || timeoutMs > longestTimerMs) return;
    this.timer = setTimeout(() => this.end(timedOut(path, timeoutMs)), timeoutMs);
  }

  /** Ends the call, unless it has ended already. */
  end(error: GrpcError): void {
    if (this.reached !== undefined) return;
    this.reached = error;
    for (const listener of this.listeners.splice(0)) listener(error);
  }

  /** Calls back when a limit is reached, at once where it was reached before. */
  onReached(listener: (error: GrpcError) => void): void {
    if (this.reached === undefined) this.listeners.push(listener);
    else listener(this.reached);
  }

  /** Lets go of timer and signal; to be called when the call is over, however it ended. */
  dispose(): void {
    clearTimeout(this.timer);
    this.signal?.removeEventListener("abort", this.onAbort);
    this.listeners.length = 0;
  }
}

/** The caller wants the call no longer; its reason is the cause. */
function cancelled(path: string, reason: unknown): GrpcError {
  return new GrpcError(GrpcStatus.CANCELLED, `${path} was cancelled`, { cause: reason });
}

function timedOut(path: string, timeoutMs: number): GrpcError {
  return new GrpcError(GrpcStatus.DEADLINE_EXCEEDED, `${path} had no answer within ${timeoutMs} ms`);
}
