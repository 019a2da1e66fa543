import { Problem } from "./problem";

/** A semantic version; build metadata is dropped, as it orders nothing. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Such as `beta.1`; empty for a release. */
  readonly prerelease: string;
}

const semver = /^v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/**
 * Reads a version such as `17.7.0`, `v18.0.0-beta.1` or `17.7.0+fips`.
 *
 * @throws Problem TRUST_VERSION when the text is no semantic version
 */
export function parseVersion(text: string): Version {
  const match = semver.exec(text);
  if (match === null) {
    throw new Problem(
      "TRUST_VERSION",
      `${JSON.stringify(text)} is not a version`,
      [],
      'A version has three numbers, such as "17.7.0".',
    );
  }
  const [major, minor, patch] = match.slice(1, 4).map(Number) as [number, number, number];
  return { major, minor, patch, prerelease: match[4] ?? "" };
}

/** How a leaf's version stands to its root's. */
export type VersionDistance = "fits" | "leaf-newer" | "leaf-too-old";

/**
 * Compares a leaf's version with its root's by major version: the same or one behind fits.
 *
 * A leaf that is newer than its root, or more than one major version behind, is outside of what Teleport supports;
 * upgrades of a federation go root first, so an existing trust passes through "one behind" only.
 *
 * @throws Problem TRUST_VERSION when a text is no version
 */
export function versionDistance(root: string, leaf: string): VersionDistance {
  const behind = parseVersion(root).major - parseVersion(leaf).major;
  if (behind < 0) return "leaf-newer";
  return behind > 1 ? "leaf-too-old" : "fits";
}
