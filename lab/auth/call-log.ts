/** One authenticated call of the cluster API, gRPC or legacy HTTP. */
export interface ApiCall {
  /** Name of the cluster that was called. */
  readonly cluster: string;
  /** Who called: the name in the certificate, such as `bot` or a service's `<host uuid>.<cluster>`. */
  readonly user: string;
  /** `/proto.AuthService/UpsertTrustedCluster`, or `GET /v2/remoteclusters`. */
  readonly method: string;
  /** 1 for the first call since the log (or the hold) began to count. */
  readonly n: number;
}

/** Which calls a hold counts; what is left out does not matter. */
export interface CallFilter {
  readonly user?: string;
  readonly cluster?: string;
  /** As in {@link ApiCall.method}. */
  readonly method?: string;
}

/** An answer that is withheld: the call was carried out, its caller never hears of it. */
export interface Hold {
  /** Resolves when call n was carried out and its answer is being withheld. */
  readonly reached: Promise<ApiCall>;
  /** How many calls were counted so far: below n, the hold was never reached. */
  readonly counted: number;
  /** Lets the withheld answer go, or forgets a hold that was not reached. Idempotent. */
  release(): void;
}

interface Watcher {
  begin(call: Omit<ApiCall, "n">): number;
  end(call: Omit<ApiCall, "n">, n: number, signal: AbortSignal): Promise<void>;
}

const maxCalls = 10_000;

/**
 * Counts the authenticated calls of one or more clusters and can withhold the answer of the n-th.
 *
 * One log can serve several clusters, so that "call n" counts over a root and its leaves. Calls without a client
 * certificate are not counted.
 */
export class CallLog {
  readonly #watchers = new Set<Watcher>();
  readonly #calls: ApiCall[] = [];
  readonly #holds = new Set<Hold>();
  #counted = 0;

  /** The latest calls, oldest first (10 000 at most: a lab may stand for days), counted from 1 over all callers. */
  get calls(): readonly ApiCall[] {
    return [...this.#calls];
  }

  /**
   * Carries out the n-th call that fits `filter`, counted from now on, and withholds its answer until released.
   *
   * A failed call counts like any other: its error is what is withheld.
   */
  holdAnswerOf(n: number, filter: CallFilter = {}): Hold {
    const hold = new AnswerHold(n, filter, () => {
      this.#watchers.delete(hold);
      this.#holds.delete(hold);
    });
    this.#watchers.add(hold);
    this.#holds.add(hold);
    return hold;
  }

  /** Runs one call between its counting and its withholding. Used by the API's own entry points. */
  async around<Answer>(call: Omit<ApiCall, "n">, signal: AbortSignal, run: () => Promise<Answer>): Promise<Answer> {
    this.#calls.push({ ...call, n: ++this.#counted });
    if (this.#calls.length > maxCalls) this.#calls.shift();
    const watching = [...this.#watchers].map((watcher) => ({ watcher, n: watcher.begin(call) }));
    try {
      return await run();
    } finally {
      for (const { watcher, n } of watching) await watcher.end(call, n, signal);
    }
  }

  /** Releases everything that is withheld. */
  dispose(): void {
    for (const hold of [...this.#holds]) hold.release();
  }
}

class AnswerHold implements Hold, Watcher {
  readonly reached: Promise<ApiCall>;
  #counted = 0;
  #announce: (call: ApiCall) => void = () => {};
  readonly #released = new AbortController();

  constructor(
    private readonly n: number,
    private readonly filter: CallFilter,
    private readonly forget: () => void,
  ) {
    this.reached = new Promise((resolve) => {
      this.#announce = resolve;
    });
  }

  get counted(): number {
    return this.#counted;
  }

  release(): void {
    this.forget();
    this.#released.abort();
  }

  begin(call: Omit<ApiCall, "n">): number {
    const { user = call.user, cluster = call.cluster, method = call.method } = this.filter;
    const fits = user === call.user && cluster === call.cluster && method === call.method;
    return fits ? ++this.#counted : 0;
  }

  async end(call: Omit<ApiCall, "n">, n: number, signal: AbortSignal): Promise<void> {
    if (n !== this.n || this.#released.signal.aborted) return;
    this.#announce({ ...call, n });
    await firstAbort(this.#released.signal, signal);
  }
}

/** Resolves when one of the signals aborts; leaves no listener behind. */
function firstAbort(...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const signal of signals) signal.removeEventListener("abort", done);
      resolve();
    };
    for (const signal of signals) {
      if (signal.aborted) return done();
      signal.addEventListener("abort", done, { once: true });
    }
  });
}
