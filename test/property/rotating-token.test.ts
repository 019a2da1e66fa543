// A rotating token over months of a moved clock: runs that are missed, killed after any call of a cluster, and hand-outs at any moment.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";

import { dueMs } from "../../provider/resources/rotating-token/schedule";
import { timeFromMs } from "../../trust";
import { FakeWorld } from "../support/rotation/fake-world";
import { LabWorld } from "../support/rotation/lab-world";
import { anyEvents, anyTerms, Pipeline } from "../support/rotation/pipeline";
import type { RotationWorld } from "../support/rotation/world";

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`# seed ${seed}`);

const run = { share: 0, kind: "run", killAt: 0 } as const;

/** A fast one is for many months; a lab's calls are real, and its clock runs on meanwhile. */
const worlds: readonly (readonly [
  name: string,
  months: number,
  shortestOverlapS: number,
  start: () => Promise<RotationWorld & Partial<AsyncDisposable>>,
])[] = [
  ["a root in memory", 60, 1, async () => new FakeWorld()],
  ["a root of the lab", 2, 600, () => LabWorld.start()],
];

for (const [name, numRuns, shortestS, start] of worlds) {
  test(`over missed and killed runs a value handed out less than the overlap ago is accepted, and nothing is left over: ${name}`, async () => {
    let kills = 0;
    const property = fc.asyncProperty(
      anyTerms(shortestS),
      anyTerms(shortestS),
      anyEvents(12),
      async (of, others, events) => {
        const world = await start();
        try {
          const pipeline = new Pipeline(world, of, others);
          // The same once more until it is 30 rotations: usually twice.
          for (let round = 0; round < 10 && pipeline.rotations < 30; round++) await pipeline.live(events);
          assert(pipeline.rotations >= 30, `too few rotations to say anything: ${pipeline.rotations}`);
          kills += pipeline.kills;
          pipeline.assertNoSecret();
          await pipeline.end();
        } finally {
          await world[Symbol.asyncDispose]?.();
        }
      },
    );
    await fc.assert(property, { seed, numRuns, endOnFailure: true });
    assert(kills >= 3 * numRuns, `too few kills to say anything: ${kills}`);
  });

  test(`runs on time rotate 30 times in 30 periods, and the plan between them is empty: ${name}`, async () => {
    const world = await start();
    try {
      const pipeline = new Pipeline(world, { ttlMs: 7_200_000, rotateAfterMs: 3_600_000, overlapMs: 1_800_000 });
      await pipeline.happens(run);
      for (let period = 2; period <= 31; period++) {
        await pipeline.handOut();
        await world.advance(Math.max(0, pipeline.rotatesMs - world.nowMs));
        await pipeline.happens(run);
        pipeline.assertPromises();
        assert.equal(pipeline.terraform.state?.generation, period);
      }
      assert.equal(pipeline.rotations, 31);
      const values = new Set(pipeline.handedOut.map(({ token }) => token));
      assert.equal(values.size, 30, "each generation has a value of its own");
      await pipeline.end();
    } finally {
      await world[Symbol.asyncDispose]?.();
    }
  });
}

test("a value that was handed out in the very second of the rotation has its whole overlap", async () => {
  // Found by the property above, seed 3: the moment in the name was cut to whole seconds.
  const world = new FakeWorld();
  const pipeline = new Pipeline(world, { ttlMs: 67_818_000, rotateAfterMs: 32_876_000, overlapMs: 1_000 });
  await pipeline.happens(run);
  await world.advance(32_876_999);
  await pipeline.handOut();
  await pipeline.happens(run);
  await world.advance(999);
  assert.equal(pipeline.terraform.state?.generation, 2);
  assert.equal(pipeline.handedOut.length, 1);
  pipeline.assertPromises();
});

test("terms that need a new generation while an older one serves its overlap wait for that: two are live, never three", async () => {
  const world = new FakeWorld();
  const short = { ttlMs: 30_000_000, rotateAfterMs: 12_000_000, overlapMs: 10_000_000 };
  const pipeline = new Pipeline(world, short, {
    ttlMs: 300_000_000,
    rotateAfterMs: 100_000_000,
    overlapMs: 100_000_000,
  });
  await pipeline.happens(run);
  await world.advance(12_500_000);
  await pipeline.happens(run);
  await world.advance(1_000_000);
  await pipeline.happens({ ...run, kind: "other terms" });
  await pipeline.happens(run);
  pipeline.assertPromises();
  assert.equal(pipeline.terraform.state?.generation, 2);
  await world.advance(9_000_001);
  await pipeline.happens(run);
  pipeline.assertPromises();
  assert.equal(pipeline.terraform.state?.generation, 3);
});

test("the next date depends on the generations and the rules alone", () => {
  const made = timeFromMs(Date.parse("2026-11-22T12:00:00Z")).seconds * 1000;
  const generation = {
    key: "a",
    generation: 1,
    madeMs: made,
    expiresMs: made + 7_200_000,
    labels: {},
    terms: undefined,
  };
  const rules = { ttlMs: 7_200_000, rotateAfterMs: 3_600_000, overlapMs: 1_800_000, labels: {} };
  assert.equal(dueMs([generation], rules), made + 3_600_000);
  assert.equal(
    dueMs([generation], { ...rules, rotateAfterMs: 7_000_000 }),
    made + 5_400_000,
    "an overlap before the end",
  );
  assert.equal(dueMs([], rules), undefined);
});
