import type { ResourceContext } from "./context";
import type { ProblemShape } from "./diagnostic";
import { isProblem, problemsOf } from "./problem-diagnostic";
import type { RelationCall, RelationResource } from "./relation-resource";

const DEFAULT_MAX_STEPS = 50;
/** Somebody waits for the error meanwhile. */
const ABANDON_MS = 3_000;

/** What one call's steps came to. */
export interface RelationRun<Facts, Step> {
  readonly firstFacts: Facts;
  /** As they were after the last step that succeeded. */
  readonly facts: Facts;
  /** Those that were begun; the last one failed if there are problems. */
  readonly steps: readonly Step[];
  /** Empty: all is as desired. */
  readonly problems: readonly ProblemShape[];
}

/**
 * Observes, decides and performs until all is done, something fails, or the time is up.
 *
 * @throws what the first observation throws: then nothing was done
 */
export async function runRelation<Desired, Facts, Step, Run, Api>(
  relation: RelationResource<Desired, Facts, Step, Run, Api>,
  call: RelationCall,
  desired: Desired,
  context: ResourceContext<Api>,
): Promise<RelationRun<Facts, Step>> {
  const deadline = new Deadline(relation.timeoutMs?.(call, desired), context);
  try {
    return await new Loop(relation, call, desired, { ...context, signal: deadline.signal }, deadline).run();
  } finally {
    deadline.clear();
  }
}

class Loop<Desired, Facts, Step, Run, Api> {
  readonly #steps: Step[] = [];
  readonly #memory: Run;

  constructor(
    readonly relation: RelationResource<Desired, Facts, Step, Run, Api>,
    readonly call: RelationCall,
    readonly desired: Desired,
    readonly context: ResourceContext<Api>,
    readonly deadline: Deadline,
  ) {
    this.#memory = relation.createRun();
  }

  async run(): Promise<RelationRun<Facts, Step>> {
    const firstFacts = await this.#observe();
    let facts = firstFacts;
    const stopped = async (problems: readonly ProblemShape[]) => {
      if (problems.length > 0) await this.#abandon();
      return { firstFacts, facts, steps: this.#steps, problems };
    };
    for (;;) {
      try {
        const decision = this.#decide(facts);
        if (decision === "done") return await stopped([]);
        if (isProblem(decision)) return await stopped([decision]);
        await this.#perform(decision);
        facts = await this.#observe();
      } catch (error) {
        return await stopped(this.#problemsOf(error));
      }
    }
  }

  #observe(): Promise<Facts> {
    return this.relation.observe(this.desired, this.#memory, this.context);
  }

  #decide(facts: Facts): Step | "done" | ProblemShape {
    const limit = this.relation.maxSteps ?? DEFAULT_MAX_STEPS;
    if (this.#steps.length >= limit) {
      const last = this.relation.describeStep(this.#steps.at(-1) as Step);
      throw new Error(`${limit} steps did not bring the ${this.relation.noun} about; the last one was: ${last}`);
    }
    return this.relation.next(this.call === "delete" ? "gone" : this.desired, facts);
  }

  async #perform(step: Step): Promise<void> {
    this.context.signal.throwIfAborted();
    this.#steps.push(step);
    this.context.log.info(`${this.relation.noun}: ${this.relation.describeStep(step)}`, { step: this.#steps.length });
    await this.relation.perform(step, this.desired, this.#memory, this.context);
  }

  async #abandon(): Promise<void> {
    try {
      await this.relation.abandon?.(this.desired, this.#memory, {
        ...this.context,
        signal: AbortSignal.timeout(ABANDON_MS),
      });
    } catch (error) {
      const reason = isProblem(error) ? error.what : String(error);
      this.context.log.warn(`what the ${this.relation.noun} left behind could not be taken back`, { reason });
    }
  }

  #problemsOf(error: unknown): readonly ProblemShape[] {
    const last = this.#steps.at(-1);
    const step = last === undefined ? "none" : this.relation.describeStep(last);
    const doing = `working on the ${this.relation.noun} (last step: ${step})`;
    // A problem that tells more than "out of time" (what was waited for, how it stood) goes first.
    if (this.deadline.hasPassed && !isProblem(error))
      return [outOfTime(this.relation.noun, step, this.deadline.limitMs)];
    return problemsOf(error, doing, this.context.signal, this.context.log);
  }
}

/** The signal of the call, which also ends when the time is up. */
class Deadline {
  readonly #passed = new AbortController();
  readonly #cleared = new AbortController();
  readonly signal: AbortSignal;

  constructor(
    readonly limitMs: number | undefined,
    context: ResourceContext<unknown>,
  ) {
    this.signal = AbortSignal.any([context.signal, this.#passed.signal]);
    if (limitMs === undefined) return;
    context.sleep(limitMs, AbortSignal.any([context.signal, this.#cleared.signal])).then(
      () => this.#passed.abort(new DOMException(`the time of ${limitMs} ms is up`, "TimeoutError")),
      () => undefined,
    );
  }

  get hasPassed(): boolean {
    return this.#passed.signal.aborted;
  }

  clear(): void {
    this.#cleared.abort();
  }
}

function outOfTime(noun: string, step: string, limitMs: number | undefined): ProblemShape {
  return {
    code: "TIMEOUT",
    what: `the ${noun} was not done within ${(limitMs ?? 0) / 1000} s: time ran out in the step "${step}"`,
    where: [],
    next: "Apply again to go on from where it stopped, or give it more time in `timeouts`.",
  };
}
