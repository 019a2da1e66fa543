/** Runs work of one process on the same thing one after the other. */
export class Queue {
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Runs `work` when all earlier work under that key has ended, however it ended.
   *
   * @throws the signal's reason when it is aborted before the turn comes; and whatever `work` throws
   */
  async run<T>(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const turn = before.then(() => {
      signal.throwIfAborted();
      return work();
    });
    const ended = turn.then(noop, noop);
    this.#last.set(key, ended);
    void ended.then(() => {
      if (this.#last.get(key) === ended) this.#last.delete(key);
    });
    return turn;
  }
}

function noop(): void {}

const queues = new WeakMap<object, Queue>();

/** The queue of a process, found by what a process has one of, such as its connections. */
export function queueOf(process: object): Queue {
  const found = queues.get(process) ?? new Queue();
  queues.set(process, found);
  return found;
}
