import { Problem } from "./problem";

const limit = 1n << 63n;

const units: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["\u00b5s", 1_000n], // micro sign
  ["\u03bcs", 1_000n], // Greek letter mu
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

const part = /(\d*)(\.(\d*))?([^\d.]*)/y;

/** Digits after the point as Go reads them: those past its range are dropped, not rounded. */
function readFraction(digits: string): { readonly value: bigint; readonly scale: number } {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (value > (limit - 1n) / 10n) break;
    const next = value * 10n + BigInt(digit);
    if (next > limit) break;
    value = next;
    scale *= 10;
  }
  return { value, scale };
}

function readPart(whole: string, fraction: string, unit: bigint): bigint {
  const { value, scale } = readFraction(fraction);
  // Go multiplies the fraction in float64 and cuts; the order of the operations is part of the result.
  const rest = value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
  return BigInt(whole === "" ? "0" : whole) * unit + rest;
}

function readParts(text: string): bigint | undefined {
  let total = 0n;
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const [, whole = "", point, fraction = "", unitName = ""] = part.exec(text) as RegExpExecArray;
    const unit = units.get(unitName);
    if (unit === undefined || (whole === "" && (point === undefined || fraction === ""))) return undefined;
    total += readPart(whole, fraction, unit);
    if (total > limit) return undefined;
  }
  return total;
}

function readDuration(text: string): bigint | undefined {
  const isNegative = text.startsWith("-");
  const rest = /^[-+]/.test(text) ? text.slice(1) : text;
  if (rest === "0") return 0n;
  if (rest === "") return undefined;
  const size = readParts(rest);
  if (size === undefined) return undefined;
  if (isNegative) return -size;
  return size === limit ? undefined : size;
}

const longUnits: readonly (readonly [RegExp, string])[] = [
  [/^(h|hr|hrs|hours?)$/, "h"],
  [/^(m|min|mins|minutes?)$/, "m"],
  [/^(s|sec|secs|seconds?)$/, "s"],
  [/^(ms|msec|msecs|milliseconds?)$/, "ms"],
];

const hoursOf: ReadonlyMap<string, number> = new Map([
  ["d", 24],
  ["day", 24],
  ["days", 24],
  ["w", 168],
  ["week", 168],
  ["weeks", 168],
]);

function shortened(amount: string, unit: string): string {
  if (unit === "") return `${amount}s`;
  const hours = hoursOf.get(unit);
  if (hours !== undefined) return `${Number(amount) * hours}h`;
  return `${amount}${longUnits.find(([names]) => names.test(unit))?.[1] ?? unit}`;
}

/** What was probably meant, or undefined. Anything it answers is a duration. */
function nearestDuration(text: string): string | undefined {
  const compact = text
    .toLowerCase()
    .replace(/\s|,(?!\d)|\band\b/g, "")
    .replaceAll(",", ".");
  const guess = compact.replace(/([\d.]+)([a-z]*)/g, (_, amount: string, unit: string) => shortened(amount, unit));
  return readDuration(guess) === undefined ? undefined : guess;
}

/**
 * Reads a duration as Go does: `5m`, `1h30m`, `1.5s`, `-250ms`, `0`.
 *
 * @returns nanoseconds, within 64 bits with sign
 * @throws Problem TRUST_DURATION when Go would refuse the text; offers the nearest right one
 */
export function parseDuration(text: string): bigint {
  const ns = readDuration(text);
  if (ns !== undefined) return ns;
  const nearest = nearestDuration(text);
  throw new Problem(
    "TRUST_DURATION",
    `${JSON.stringify(text)} is not a duration`,
    [],
    nearest === undefined
      ? 'Write numbers with units, such as "30s", "5m" or "1h30m" (ns, us, ms, s, m, h).'
      : `Did you mean ${JSON.stringify(nearest)}?`,
  );
}

/**
 * {@link parseDuration} in milliseconds, for timers and waits; what is smaller than a millisecond is rounded up, so
 * that a positive wait never becomes none.
 *
 * @throws Problem TRUST_DURATION
 */
export function parseDurationMs(text: string): number {
  const ns = parseDuration(text);
  return ns > 0n ? Number((ns + 999_999n) / 1_000_000n) : Number(ns / 1_000_000n);
}

function withFraction(whole: bigint, rest: bigint, digits: number): string {
  if (rest === 0n) return String(whole);
  return `${whole}.${String(rest).padStart(digits, "0").replace(/0+$/, "")}`;
}

function formatSmall(ns: bigint): string {
  if (ns < 1_000n) return `${ns}ns`;
  if (ns < 1_000_000n) return `${withFraction(ns / 1_000n, ns % 1_000n, 3)}\u00b5s`;
  return `${withFraction(ns / 1_000_000n, ns % 1_000_000n, 6)}ms`;
}

function formatLarge(ns: bigint): string {
  const second = 1_000_000_000n;
  const seconds = ns / second;
  const tail = `${withFraction(seconds % 60n, ns % second, 9)}s`;
  if (seconds < 60n) return tail;
  const minutes = seconds / 60n;
  return minutes < 60n ? `${minutes}m${tail}` : `${minutes / 60n}h${minutes % 60n}m${tail}`;
}

/** Writes nanoseconds as Go's `Duration.String` does: `1h30m0s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(ns: bigint): string {
  if (ns === 0n) return "0s";
  if (ns < 0n) return `-${formatDuration(-ns)}`;
  return ns < 1_000_000_000n ? formatSmall(ns) : formatLarge(ns);
}

/** {@link formatDuration} of milliseconds. */
export function formatDurationMs(ms: number): string {
  return formatDuration(BigInt(Math.round(ms)) * 1_000_000n);
}
