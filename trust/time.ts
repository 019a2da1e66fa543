import { Problem } from "./problem";

/** A moment with nanoseconds, and the zone in which it was written. */
export interface Time {
  /** Seconds since 1970-01-01T00:00:00Z; may be negative. */
  readonly seconds: number;
  /** 0 to 999999999. */
  readonly nanos: number;
  /** Seconds east of UTC. */
  readonly offset: number;
}

/** Go's zero time, 0001-01-01T00:00:00Z, which Teleport uses for "never". */
export const zeroTimeSeconds = -62_135_596_800;

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function secondsOfUtc(year: number, month: number, day: number): number {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  return new Date(0).setUTCFullYear(year, month - 1, day) / 1000;
}

function readTime(text: string): Time | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [zoneHours, zoneMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  // Go's own limits for an offset.
  if (zoneHours > 24 || zoneMinutes > 60) return undefined;
  const offset = (match[8] === "-" ? -1 : 1) * (zoneHours * 3600 + zoneMinutes * 60);
  return {
    seconds: secondsOfUtc(year, month, day) + hour * 3600 + minute * 60 + second - offset,
    nanos: Number((match[7] ?? "").slice(0, 9).padEnd(9, "0")),
    // Never minus zero.
    offset: offset === 0 ? 0 : offset,
  };
}

const loose = /^(\d{4}-\d\d-\d\d)(?:[T ]+(\d{1,2}:\d\d)(:\d\d)?([.,]\d+)?)? *(Z|UTC|GMT|([+-]\d\d):?(\d\d)?)?$/i;

/** What was probably meant, or undefined. Anything it answers is a time. */
function nearestTime(text: string): string | undefined {
  const match = loose.exec(text.trim());
  if (match === null) return undefined;
  const [, date, clock = "00:00", seconds = ":00", fraction = "", , hours, minutes = "00"] = match;
  const guess = `${date}T${clock}${seconds}${fraction}${hours === undefined ? "Z" : `${hours}:${minutes}`}`;
  return readTime(guess) === undefined ? undefined : guess;
}

/**
 * Reads a time as Go reads RFC 3339 (`2026-11-22T15:04:05.5+01:00`), with its liberties: a comma before the fraction,
 * a one-digit hour, zones up to 24:60. Digits past the nanosecond are cut.
 *
 * @throws Problem TRUST_TIME when Go would refuse the text; offers the nearest right one
 */
export function parseTime(text: string): Time {
  const time = readTime(text);
  if (time !== undefined) return time;
  const nearest = nearestTime(text);
  throw new Problem(
    "TRUST_TIME",
    `${JSON.stringify(text)} is not a time`,
    [],
    nearest === undefined
      ? 'Write an RFC 3339 time, such as "2027-01-31T12:00:00Z".'
      : `Did you mean ${JSON.stringify(nearest)}?`,
  );
}

function padded(value: number, digits: number): string {
  return `${value < 0 ? "-" : ""}${String(Math.abs(value)).padStart(digits, "0")}`;
}

function zoneText(offset: number): string {
  if (offset === 0) return "Z";
  const minutes = Math.trunc(offset / 60);
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${padded(Math.trunc(size / 60), 2)}:${padded(size % 60, 2)}`;
}

/** Writes a time as Go's `RFC3339Nano` does: in its own zone, the fraction without trailing zeros. */
export function formatTime(time: Time): string {
  const local = new Date((time.seconds + time.offset) * 1000);
  const date = `${padded(local.getUTCFullYear(), 4)}-${padded(local.getUTCMonth() + 1, 2)}-${padded(local.getUTCDate(), 2)}`;
  const clock = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map((n) => padded(n, 2)).join(":");
  const fraction = time.nanos === 0 ? "" : `.${padded(time.nanos, 9).replace(/0+$/, "")}`;
  return `${date}T${clock}${fraction}${zoneText(time.offset)}`;
}

/** The moment of epoch milliseconds, in UTC. */
export function timeFromMs(ms: number): Time {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.floor((ms - seconds * 1000) * 1e6), offset: 0 };
}

/** Epoch milliseconds; what is smaller is cut. */
export function msFromTime(time: Pick<Time, "seconds" | "nanos">): number {
  return time.seconds * 1000 + Math.floor(time.nanos / 1e6);
}

/** Whether both are the same moment, in whatever zones they are written. */
export function isSameTime(a: Time, b: Time): boolean {
  return a.seconds === b.seconds && a.nanos === b.nanos;
}
