const units = [
  { suffix: "h", ms: 3_600_000 },
  { suffix: "m", ms: 60_000 },
] as const;

/** A duration as Go prints it, such as `15m0s` or `1h0m0s` or `1.5s`; `ms` is not negative. */
export function goDuration(ms: number): string {
  if (ms > 0 && ms < 1000) return `${ms}ms`;
  let text = "";
  let rest = ms;
  for (const { suffix, ms: unitMs } of units) {
    const count = Math.floor(rest / unitMs);
    if (count > 0 || text !== "") text += `${count}${suffix}`;
    rest -= count * unitMs;
  }
  return `${text}${rest / 1000}s`;
}

/** A time as Go's `MarshalText` writes it: RFC 3339 in UTC, without zeros at the end of the fraction. */
export function goTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.?0+Z$/, "Z");
}
