import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";

import { formatTime, isSameTime, msFromTime, parseTime, timeFromMs, zeroTimeSeconds } from "../../../trust";
import { readVectors } from "../../support/vectors";

interface Row {
  readonly input?: string;
  readonly unix: number;
  readonly nanos: number;
  readonly offset: number;
  readonly rfc3339nano: string;
  readonly utc: string;
  readonly is_zero?: boolean;
  readonly error?: string;
}

const vectors = readVectors<{ parse: Row[]; format: Row[] }>("go-time");

test("reads every time that Go reads, and refuses what Go refuses", () => {
  for (const row of vectors.parse) {
    if (row.input === undefined) continue; // bytes that are no UTF-8: no text in Node
    if (row.error !== undefined) {
      assert.throws(() => parseTime(row.input as string), { code: "TRUST_TIME" }, row.input);
      continue;
    }
    const time = parseTime(row.input);
    assert.deepEqual(time, { seconds: row.unix, nanos: row.nanos, offset: row.offset }, row.input);
    assert.equal(formatTime(time), row.rfc3339nano, row.input);
    assert.equal(time.seconds === zeroTimeSeconds && time.nanos === 0, row.is_zero ?? false, row.input);
  }
});

test("writes every time as Go does, in its zone and in UTC", () => {
  for (const { unix: seconds, nanos, offset, rfc3339nano, utc } of vectors.format) {
    assert.equal(formatTime({ seconds, nanos, offset }), rfc3339nano);
    assert.equal(formatTime({ seconds, nanos, offset: 0 }), utc);
  }
});

test("goes to milliseconds and back", () => {
  fc.assert(
    fc.property(fc.integer({ min: -8e12, max: 8e12 }), (ms) => {
      assert.equal(msFromTime(timeFromMs(ms)), ms);
      assert.equal(
        formatTime(timeFromMs(ms)).replace(/(\.\d+)?Z$/, ""),
        new Date(ms).toISOString().replace(/\.\d+Z$/, ""),
      );
    }),
    { examples: [[-1], [0], [999]] },
  );
});

test("compares moments, not zones", () => {
  assert(isSameTime(parseTime("2026-11-22T12:00:00Z"), parseTime("2026-11-22T13:00:00+01:00")));
  assert(!isSameTime(parseTime("2026-11-22T12:00:00Z"), parseTime("2026-11-22T12:00:00.000000001Z")));
});

const hints: readonly (readonly [string, string | undefined])[] = [
  ["2027-01-31", "2027-01-31T00:00:00Z"],
  ["2027-01-31 12:00:00", "2027-01-31T12:00:00Z"],
  ["2027-01-31T12:00", "2027-01-31T12:00:00Z"],
  ["2027-01-31t12:00:00z", "2027-01-31T12:00:00Z"],
  ["2027-01-31T12:00:00+0100", "2027-01-31T12:00:00+01:00"],
  ["2027-01-31T12:00:00 UTC", "2027-01-31T12:00:00Z"],
  ["2027-02-31", undefined],
  ["tomorrow", undefined],
];

for (const [text, hint] of hints) {
  test(`${hint === undefined ? "gives the rule" : `offers "${hint}"`} for "${text}"`, () => {
    assert.throws(() => parseTime(text), {
      what: `"${text}" is not a time`,
      next: hint === undefined ? 'Write an RFC 3339 time, such as "2027-01-31T12:00:00Z".' : `Did you mean "${hint}"?`,
    });
  });
}
