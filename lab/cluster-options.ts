import type { AuthorityType, Suite } from "./ca";
import type { RoleSeed, UserSeed } from "./seed";
import { versionRules } from "./versions";

/** How one cluster of a lab shall be; what is left out comes from the lab's options. */
export interface ClusterOptions {
  /** Cluster name, such as `leaf.example.com`. */
  readonly name?: string;
  /** Major version by which it behaves, such as `17`; a whole version text is announced as it stands. */
  readonly teleportVersion?: string;
  /** Version text that it announces, when that shall be another than the one it behaves as. */
  readonly announcedVersion?: string;
  readonly suite?: Suite;
  /**
   * Authorities that it shall not have. For fleets: `["db"]` saves each leaf an RSA key, some 100 ms; only roots need it,
   * to hand it to their leaves.
   */
  readonly withoutAuthorities?: readonly Exclude<AuthorityType, "host" | "user">[];
  /** Roles beside the presets. */
  readonly seedRoles?: readonly RoleSeed[];
  /** Users beside `bot`, `admin` and `alice`. */
  readonly seedUsers?: readonly UserSeed[];
}

/** How a lab shall be. */
export interface LabOptions extends Omit<ClusterOptions, "name" | "announcedVersion"> {
  /** The root cluster, `root.lab` by default. */
  readonly root?: ClusterOptions;
  /** The leaves; one, `leaf.lab`, by default. None is a lab with a root alone. */
  readonly leaves?: readonly ClusterOptions[];
  /** How often a root computes the status of its leaves, in milliseconds of the lab's clock. 1,000 by default; a real one takes 40,000. */
  readonly statusRefreshMs?: number;
  /** How far the lab's clock is ahead at the start, in milliseconds. */
  readonly clockOffsetMs?: number;
}

/** A cluster's options with nothing left out. */
export type WholeClusterOptions = Required<Omit<ClusterOptions, "teleportVersion" | "announcedVersion">> &
  Pick<ClusterOptions, "announcedVersion"> & { readonly teleportVersion: string };

/** Version that a lab behaves as when it is not told another. */
export const defaultTeleportVersion = "17";

/** Fills in what a cluster's options leave out. */
export function wholeClusterOptions(
  options: ClusterOptions,
  lab: LabOptions,
  defaultName: string,
): WholeClusterOptions {
  const { announcedVersion } = options;
  return {
    name: options.name ?? defaultName,
    teleportVersion: options.teleportVersion ?? lab.teleportVersion ?? defaultTeleportVersion,
    suite: options.suite ?? lab.suite ?? "balanced-v1",
    withoutAuthorities: options.withoutAuthorities ?? lab.withoutAuthorities ?? [],
    seedRoles: [...(lab.seedRoles ?? []), ...(options.seedRoles ?? [])],
    seedUsers: [...(lab.seedUsers ?? []), ...(options.seedUsers ?? [])],
    ...(announcedVersion === undefined ? {} : { announcedVersion }),
  };
}

/** The version text that a cluster announces: its own wish, else a whole version that it behaves as, else its column's. */
export function announcedVersionOf({ announcedVersion, teleportVersion }: WholeClusterOptions): string {
  const isWhole = /^v?\d+\.\d+\.\d+/.test(teleportVersion);
  const own = isWhole ? teleportVersion.replace(/^v/, "") : versionRules(teleportVersion).announcedVersion;
  return announcedVersion ?? own;
}

/** Names of leaves that are not named: `leaf.lab` when there is only one, else `leaf-1.lab` and so on. */
export function defaultLeafName(index: number, count: number): string {
  return count === 1 ? "leaf.lab" : `leaf-${index + 1}.lab`;
}

const clusterName = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** @throws RangeError for names that cannot be, or are not unique */
export function assertClusterNames(names: readonly string[]): void {
  for (const name of names) {
    if (!clusterName.test(name))
      throw new RangeError(`"${name}" is not a cluster name: letters, digits, dots and dashes`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`two clusters are called "${twice}"`);
}
