import { create } from "@bufbuild/protobuf";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";

/** Seconds of Go's zero time, 1 January of year 1: how the server says "never" where a time cannot be absent. */
export const zeroTimeSeconds = -62135596800n;

/** Go's zero time. */
export function zeroTime(): Timestamp {
  return create(TimestampSchema, { seconds: zeroTimeSeconds });
}

/** A time of epoch milliseconds. */
export function timestampFromMs(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  return create(TimestampSchema, { seconds: BigInt(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) });
}

/** Epoch milliseconds of a time; `undefined` when it is absent or Go's zero time. */
export function msFromTimestamp(time: Timestamp | undefined): number | undefined {
  if (time === undefined || time.seconds === zeroTimeSeconds) return undefined;
  return Number(time.seconds) * 1000 + time.nanos / 1e6;
}
