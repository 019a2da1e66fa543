const units = [
  ["h", 3_600_000_000_000n],
  ["m", 60_000_000_000n],
] as const;

/** A duration of nanoseconds as Go writes it: `30h0m0s`, `1m30s`, `1.5s`, `250ms`, `0s`. */
export function goDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  let rest = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (rest < 1_000n) return `${sign}${rest}ns`;
  if (rest < 1_000_000n) return `${sign}${fraction(rest, 1_000n)}µs`;
  if (rest < 1_000_000_000n) return `${sign}${fraction(rest, 1_000_000n)}ms`;
  let text = "";
  for (const [unit, size] of units) {
    if (rest >= size || text !== "") text += `${rest / size}${unit}`;
    rest %= size;
  }
  return `${sign}${text}${fraction(rest, 1_000_000_000n)}s`;
}

/** `value / unit` in decimals, without trailing zeros. */
function fraction(value: bigint, unit: bigint): string {
  const digits = (value % unit)
    .toString()
    .padStart(unit.toString().length - 1, "0")
    .replace(/0+$/, "");
  return digits === "" ? `${value / unit}` : `${value / unit}.${digits}`;
}
