import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";

import { formatDuration, formatDurationMs, Problem, parseDuration, parseDurationMs } from "../../../trust";
import { readVectors } from "../../support/vectors";

interface Parse {
  readonly input?: string;
  readonly ns?: string;
  readonly text?: string;
  readonly error?: string;
}

const vectors = readVectors<{ parse: Parse[]; format: { ns: string; text: string }[] }>("go-duration");

test("reads every duration that Go reads, to the nanosecond, and refuses what Go refuses", () => {
  for (const { input, ns, text, error } of vectors.parse) {
    if (input === undefined) continue; // bytes that are no UTF-8: no text in Node
    if (error !== undefined) {
      assert.throws(() => parseDuration(input), { code: "TRUST_DURATION" }, input);
      continue;
    }
    assert.equal(String(parseDuration(input)), ns, input);
    assert.equal(formatDuration(BigInt(ns as string)), text, input);
  }
});

test("writes every duration as Go does", () => {
  for (const { ns, text } of vectors.format) assert.equal(formatDuration(BigInt(ns)), text, ns);
});

test("what it writes it reads back", () => {
  const anyNs = fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n });
  fc.assert(fc.property(anyNs, (ns) => Math.abs(Number(ns)) >= 2 ** 53 || parseDuration(formatDuration(ns)) === ns));
});

const hints: readonly (readonly [string, string])[] = [
  ["30 s", "30s"],
  ["30 minutes", "30m"],
  ["1 hour and 30 mins", "1h30m"],
  ["5M", "5m"],
  ["45", "45s"],
  ["1d", "24h"],
  ["2 weeks", "336h"],
  ["1h, 30m", "1h30m"],
  ["1,5h", "1.5h"],
  ["10 sec", "10s"],
];

for (const [text, hint] of hints) {
  test(`offers "${hint}" for "${text}"`, () => {
    assert.throws(
      () => parseDuration(text),
      (error) => {
        assert(error instanceof Problem);
        assert.equal(error.what, `"${text}" is not a duration`);
        assert.equal(error.next, `Did you mean "${hint}"?`);
        return true;
      },
    );
  });
}

test("gives the rule where it has no better idea", () => {
  assert.throws(() => parseDuration("soon"), {
    next: 'Write numbers with units, such as "30s", "5m" or "1h30m" (ns, us, ms, s, m, h).',
  });
});

test("in milliseconds a positive duration is never none", () => {
  assert.equal(parseDurationMs("1ns"), 1);
  assert.equal(parseDurationMs("1.5s"), 1500);
  assert.equal(parseDurationMs("0"), 0);
  assert.equal(formatDurationMs(90_000), "1m30s");
});
