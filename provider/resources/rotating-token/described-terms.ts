import { Problem, parseDuration } from "../../../trust";

/** The durations as the configuration writes them. */
export interface TermTexts {
  readonly ttl: string;
  readonly rotate_after: string;
  readonly overlap: string;
}

/** The description of a generation on the cluster: for people, and for an import, which finds the rules there. */
export function describeGeneration(
  name: string,
  generation: number,
  { ttl, rotate_after, overlap }: TermTexts,
): string {
  const terms = `ttl ${ttl}, rotate_after ${rotate_after}, overlap ${overlap}`;
  return `Invitation "${name}", generation ${generation} (teleport-trust: ${terms})`;
}

function isDuration(text: string): boolean {
  try {
    return parseDuration(text) > 0n;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/** The rules that a description tells; undefined for a text that {@link describeGeneration} did not write. */
export function describedTerms(description: string): TermTexts | undefined {
  const match = / \(teleport-trust: ttl (\S+), rotate_after (\S+), overlap (\S+)\)$/.exec(description);
  const [ttl = "", rotate_after = "", overlap = ""] = match?.slice(1) ?? [];
  return [ttl, rotate_after, overlap].every(isDuration) ? { ttl, rotate_after, overlap } : undefined;
}
