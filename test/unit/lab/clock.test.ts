import assert from "node:assert/strict";
import { test } from "node:test";

import { LabClock } from "../../../lab/clock";

test("a clock shows real time until it is moved", async () => {
  const clock = new LabClock();
  assert.ok(Math.abs(clock.now() - Date.now()) < 50);
  await clock.advance(3_600_000);
  assert.ok(Math.abs(clock.now() - Date.now() - 3_600_000) < 50);
  assert.equal(clock.offsetMs, 3_600_000);
});

test("timers that become due fire in order, each at its own moment", async () => {
  const clock = new LabClock();
  const start = clock.now();
  const seen: string[] = [];
  const note = (name: string) => () => seen.push(`${name} at ${Math.round((clock.now() - start) / 1000)} s`);
  clock.after(20_000, note("second"));
  clock.after(10_000, note("first"));
  clock.after(20_000, note("third"));
  clock.after(60_000, note("never"));
  await clock.advance(30_000);
  assert.deepEqual(seen, ["first at 10 s", "second at 20 s", "third at 20 s"]);
  clock.dispose();
});

test("a series of timers fires as often as its interval fits into the move", async () => {
  const clock = new LabClock();
  let ticks = 0;
  const cancel = clock.every(300_000, () => ticks++);
  await clock.advance(3_600_001);
  assert.equal(ticks, 12);
  cancel();
  await clock.advance(3_600_000);
  assert.equal(ticks, 12);
});

test("a timer that a timer arms fires in the same move when it is due", async () => {
  const clock = new LabClock();
  const seen: string[] = [];
  clock.after(1_000, () => {
    void Promise.resolve().then(() => clock.after(1_000, () => seen.push("inner")));
  });
  await clock.advance(5_000);
  assert.deepEqual(seen, ["inner"]);
});

test("moves made at the same time follow one another", async () => {
  const clock = new LabClock();
  await Promise.all([clock.advance(1_000), clock.advance(2_000)]);
  assert.equal(clock.offsetMs, 3_000);
});

test("a timer fires by real time too", async () => {
  const clock = new LabClock();
  await new Promise<void>((resolve) => clock.after(5, resolve));
  await new Promise<void>((resolve) => clock.after(0, resolve));
});

test("a clock does not go back", async () => {
  const clock = new LabClock();
  assert.throws(() => clock.advance(-1), new RangeError("a clock moves by 0 or more milliseconds, got -1"));
  assert.throws(() => clock.advance(Number.NaN), RangeError);
});

test("listeners hear of each move", async () => {
  const clock = new LabClock(1_000);
  const offsets: number[] = [];
  const stop = clock.onMove((offset) => offsets.push(offset));
  await clock.advance(500);
  stop();
  await clock.advance(500);
  assert.deepEqual(offsets, [1_500]);
});

test("a disposed clock holds no timer", () => {
  const clock = new LabClock();
  const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  clock.after(1_000_000, () => {});
  clock.every(1_000_000, () => {});
  clock.dispose();
  assert.equal(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length, before);
});
