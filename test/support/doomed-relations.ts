import assert from "node:assert/strict";
import type { TestContext } from "node:test";

import type { Lab } from "../../lab";
import { Acceptance } from "./acceptance";
import { providersOf } from "./provider-processes";
import type { Run } from "./terraform";

/** A relation on one cluster, of which there can be many in one configuration: the n-th dies at call n. */
export interface DoomedRelation {
  /** Such as `teleport_user_grant`. */
  readonly type: string;
  /** Attributes of the n-th, before and after the update. */
  readonly before: (n: number) => string;
  readonly after: (n: number) => string;
  /** What must be there before anything is applied. */
  readonly prepare?: (lab: Lab, n: number) => Promise<unknown>;
  /** What happens between the create and the update. */
  readonly meanwhile?: (acceptance: Acceptance) => Promise<unknown>;
  /** Asserts that the n-th is as it should be after this work. */
  readonly assertEnd: (lab: Lab, n: number, work: DeadlyWork) => void;
}

export type DeadlyWork = "create" | "update" | "destroy";

/** Relations in one work directory: as many as the longest work has calls, or the rest are another batch. */
const batch = 14;

/** What terraform says of a provider that has died: the second where it noticed the end of the process first. */
const death = /^Error: (Plugin did not respond|Request cancelled)$/m;

class DoomedRelations {
  constructor(
    readonly acceptance: Acceptance,
    readonly relation: DoomedRelation,
    readonly numbers: readonly number[],
  ) {}

  configure(attributes: ((n: number) => string) | undefined): void {
    const numbers = attributes === undefined ? [] : this.numbers;
    const { type } = this.relation;
    const texts = numbers.map((n) => `resource "${type}" "doomed${n}" {\n  cluster = "root"\n${attributes?.(n)}}\n`);
    this.acceptance.configure(texts.join("\n"));
  }

  apply(extra: readonly string[], started?: (pid: number) => void): Promise<Run> {
    const args = ["apply", "-no-color", "-input=false", "-auto-approve", ...extra];
    return this.acceptance.run(args, started === undefined ? {} : { started });
  }

  async applied(extra: readonly string[] = []): Promise<void> {
    const run = await this.apply(extra);
    assert.equal(run.code, 0, run.output);
  }

  /** Kills the provider when its call n has been carried out, before the answer. Answers false where it made fewer calls. */
  async killedAt(n: number, extra: readonly string[]): Promise<boolean> {
    let terraform = 0;
    const hold = this.acceptance.lab.calls.holdAnswerOf(n, { user: "bot" });
    const running = this.apply([`-target=${this.relation.type}.doomed${n}`, ...extra], (pid) => {
      terraform = pid;
    });
    const first = await Promise.race([hold.reached, running]);
    const died = "method" in first;
    if (died) for (const pid of providersOf(terraform)) process.kill(pid, "SIGKILL");
    const run = await running;
    hold.release();
    if (died) assert.match(run.output, death, `call ${n}`);
    else assert.equal(run.code, 0, run.output);
    return died;
  }
}

async function killBatch(first: number, relation: DoomedRelation, work: DeadlyWork): Promise<number | undefined> {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const numbers = Array.from({ length: batch }, (_, index) => first + index);
  const doomed = new DoomedRelations(acceptance, relation, numbers);
  for (const n of numbers) await relation.prepare?.(acceptance.lab, n);
  if (work !== "create") {
    doomed.configure(relation.before);
    await doomed.applied();
    if (work === "update") await relation.meanwhile?.(acceptance);
  }
  doomed.configure(work === "update" ? relation.after : relation.before);
  const destroy = work === "destroy" ? ["-destroy"] : [];
  let survivor: number | undefined;
  for (const n of numbers) {
    if (await doomed.killedAt(n, destroy)) continue;
    survivor = n;
    break;
  }
  await doomed.applied(destroy);
  if (work === "destroy") doomed.configure(undefined);
  const plan = await acceptance.plan();
  assert.equal(plan.code, 0, plan.output);
  for (const n of numbers) relation.assertEnd(acceptance.lab, n, work);
  return survivor;
}

/**
 * Kills the provider by SIGKILL at every call that it makes in a piece of work, refresh and plan included: the cluster has
 * carried the call out, its answer is lost. Each time the next apply must bring the work to its end.
 */
export async function killRelationAtEveryCall(
  test: TestContext,
  relation: DoomedRelation,
  work: DeadlyWork,
): Promise<void> {
  for (let first = 1; ; first += batch) {
    const survivor = await killBatch(first, relation, work);
    if (survivor === undefined) continue;
    test.diagnostic(`${work}: killed at each of ${survivor - 1} calls`);
    assert(survivor > 3, `only ${survivor - 1} calls`);
    return;
  }
}
