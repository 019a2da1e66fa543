/** Ends a timer before it fires; harmless afterwards. */
export type Cancel = () => void;

/**
 * The time of a lab: tokens, heartbeats, status and the lab's own decisions go by it.
 *
 * Certificates do not: TLS and OpenSSH check them by real time, so they are issued by real time.
 */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `run` once, when `delayMs` of the lab's time have passed. */
  after(delayMs: number, run: () => void): Cancel;
  /** Calls `run` each time that `intervalMs` of the lab's time have passed. */
  every(intervalMs: number, run: () => void): Cancel;
}

/** Longest delay that a Node timer can take; a longer one would fire at once. */
const maxTimerMs = 2 ** 31 - 1;

interface Timer {
  readonly dueMs: number;
  /** Order of creation, so that timers due at the same moment fire in the order in which they were made. */
  readonly sequence: number;
  readonly run: () => void;
  real: NodeJS.Timeout | undefined;
}

/** A clock that runs as real time does, and can be moved forward. */
export class LabClock implements Clock {
  readonly #timers = new Set<Timer>();
  readonly #listeners = new Set<(offsetMs: number) => void>();
  #offsetMs: number;
  #sequence = 0;
  #moving: Promise<void> = Promise.resolve();

  constructor(offsetMs = 0) {
    this.#offsetMs = offsetMs;
  }

  /** How far this clock is ahead of real time, in milliseconds. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer: Timer = { dueMs: this.now() + Math.max(0, delayMs), sequence: this.#sequence++, run, real: undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => this.#forget(timer);
  }

  every(intervalMs: number, run: () => void): Cancel {
    if (!(intervalMs > 0))
      throw new RangeError(`a timer's interval is a positive number of milliseconds, got ${intervalMs}`);
    let cancel: Cancel = () => {};
    const tick = () => {
      // Armed before the run: what `run` throws or takes must not end the series.
      cancel = this.after(intervalMs, tick);
      run();
    };
    cancel = this.after(intervalMs, tick);
    return () => cancel();
  }

  /**
   * Moves the clock forward. Timers that become due fire in order, each at its own moment, and what they start may arm
   * new ones that fire in the same move. Moves made at the same time follow one another.
   *
   * @throws RangeError when `ms` is negative: time that has passed cannot come back
   */
  advance(ms: number): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`a clock moves by 0 or more milliseconds, got ${ms}`);
    const moved = this.#moving.then(() => this.#advance(ms));
    this.#moving = moved.catch(() => {});
    return moved;
  }

  /** Calls `listener` with the new offset after each move, until the returned function is called. */
  onMove(listener: (offsetMs: number) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Drops all timers. */
  dispose(): void {
    for (const timer of [...this.#timers]) this.#forget(timer);
    this.#listeners.clear();
  }

  async #advance(ms: number): Promise<void> {
    const target = this.#offsetMs + ms;
    for (;;) {
      const next = this.#firstDue(Date.now() + target);
      if (next === undefined) break;
      // The real clock runs on meanwhile; the offset must never go back.
      this.#offsetMs = Math.max(this.#offsetMs, Math.min(target, next.dueMs - Date.now()));
      this.#forget(next);
      next.run();
      // Lets what the timer started run far enough to arm its next timer.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#offsetMs = target;
    for (const timer of this.#timers) this.#arm(timer);
    for (const listener of [...this.#listeners]) listener(target);
  }

  #firstDue(untilMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs > untilMs) continue;
      if (
        first === undefined ||
        timer.dueMs < first.dueMs ||
        (timer.dueMs === first.dueMs && timer.sequence < first.sequence)
      ) {
        first = timer;
      }
    }
    return first;
  }

  #arm(timer: Timer): void {
    clearTimeout(timer.real);
    const delayMs = Math.min(Math.max(0, timer.dueMs - this.now()), maxTimerMs);
    timer.real = setTimeout(() => this.#fire(timer), delayMs);
  }

  #fire(timer: Timer): void {
    // Node's timers may fire a millisecond early, and a long one is armed in parts.
    if (timer.dueMs > this.now()) {
      this.#arm(timer);
      return;
    }
    this.#forget(timer);
    timer.run();
  }

  #forget(timer: Timer): void {
    clearTimeout(timer.real);
    this.#timers.delete(timer);
  }
}
