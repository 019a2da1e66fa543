import { accessDenied } from "../trace-error";

/** Whether one version comes before another; pre-releases come before their release, build metadata is not compared. */
export function isOlder(version: string, than: string): boolean {
  const left = parse(version);
  const right = parse(than);
  if (left === undefined || right === undefined) return false;
  const difference = left.numbers
    .map((number, index) => number - (right.numbers[index] ?? 0))
    .find((sign) => sign !== 0);
  if (difference !== undefined) return difference < 0;
  return left.isPreRelease && !right.isPreRelease;
}

/**
 * Turns away a client that says a version which is too old, or none at all that can be read. A client that says nothing
 * is let in.
 *
 * @throws TraceError access_denied
 */
export function assertClientVersion(version: string | undefined, minimum: string): void {
  if (version === undefined) return;
  if (parse(version) === undefined || isOlder(version, minimum)) throw accessDenied("client version is unsupported");
}

function parse(version: string): { numbers: readonly number[]; isPreRelease: boolean } | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.exec(version);
  if (found === null) return undefined;
  return { numbers: found.slice(1, 4).map(Number), isPreRelease: found[4] !== undefined };
}
