import assert from "node:assert/strict";
import type { TestContext } from "node:test";

import type { Lab } from "../../lab";
import { type Doom, DoomedTrusts } from "./doomed-trusts";

/** What is done to a trust while its provider is killed. */
export interface DeadlyWork {
  /** Attributes of the trust that is there before; without them there is none. */
  readonly before?: string;
  /** What somebody else does to it then. */
  readonly harm?: (lab: Lab) => Promise<unknown>;
  /** Attributes that are applied, and during which the provider is killed; without them the trust is destroyed. */
  readonly work?: string;
}

/** Labs that run side by side. */
const batch = 12;

/** What terraform says of a provider that has died: the second where it noticed the end of the process first. */
const death = /^Error: (Plugin did not respond|Request cancelled)$/m;

/** One trusted cluster, one remote cluster and no token; or nothing of either. */
function assertEnd({ root, clusters }: Lab, { work }: DeadlyWork, at: string): void {
  const leaf = clusters[1]?.dump();
  const left = [leaf?.trusted_clusters.length, root.dump().remote_clusters.length, root.dump().tokens.length];
  assert.deepEqual(left, work === undefined ? [0, 0, 0] : [1, 1, 0], at);
}

function assertDied({ run, killedAt }: Doom): void {
  assert.equal(run.code, 1, `${killedAt}: ${run.output}`);
  assert.match(run.output, death, killedAt);
}

/** Kills the provider at each of these calls, each in a trust of its own. Answers how many calls one makes that survives. */
async function killBatch(first: number, deadly: DeadlyWork): Promise<number | undefined> {
  const { before, harm, work } = deadly;
  await using doomed = await DoomedTrusts.start(first, batch);
  if (before !== undefined) {
    doomed.configure(before);
    await doomed.applied();
  }
  await Promise.all(doomed.trusts.map(({ lab }) => harm?.(lab)));
  doomed.configure(work ?? before);
  const destroy = work === undefined ? ["-destroy"] : [];
  let survivor: Doom | undefined;
  const deaths: string[] = [];
  for (const trust of doomed.trusts) {
    const doom = await doomed.killed(trust, destroy);
    if (doom.killedAt === undefined) {
      survivor = doom;
      break;
    }
    assertDied(doom);
    deaths.push(doom.killedAt);
  }
  if (survivor !== undefined) assert.equal(survivor.run.code, 0, survivor.run.output);
  await doomed.applied(destroy);
  if (work === undefined) doomed.configure(undefined);
  await doomed.assertEmptyPlan();
  for (const [index, { n, lab }] of doomed.trusts.entries()) {
    if (index < deaths.length) assertEnd(lab, deadly, `killed at call ${n}, ${deaths[index]}`);
  }
  return survivor?.calls;
}

/**
 * Kills the provider in the midst of a piece of work, at every call that it makes, plan and apply: the cluster has carried
 * the call out, and its answer is lost. Each time the next apply must bring the work to its end, and the plan must be
 * empty then.
 */
export async function killAtEveryCall(test: TestContext, work: DeadlyWork): Promise<void> {
  for (let first = 1; ; first += batch) {
    const calls = await killBatch(first, work);
    if (calls === undefined) continue;
    test.diagnostic(`killed at each of ${calls} calls`);
    assert(calls > 15, `only ${calls} calls`);
    return;
  }
}
