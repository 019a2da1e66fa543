import type { AuthorityType, Suite } from "./ca";
import type { RoleSeed, Side, UserSeed } from "./seed";
import { versionRules } from "./versions";

/** An SSH node of a cluster. */
export interface NodeOptions {
  /** Such as `node-1`: letters, digits, dots and dashes; unique in its cluster. */
  readonly hostname: string;
  readonly labels?: Readonly<Record<string, string>>;
}

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
  /** SSH nodes. A leaf has one by default, `node-1` with the label `env=demo`; a root none. */
  readonly nodes?: readonly NodeOptions[];
}

/** How a lab shall be. What stands here is for all of its clusters, except `nodes`, which is for the leaves. */
export interface LabOptions extends Omit<ClusterOptions, "name" | "announcedVersion"> {
  /** The root cluster, `root.lab` by default. */
  readonly root?: ClusterOptions;
  /** The leaves; one, `leaf.lab`, by default. None is a lab with a root alone. */
  readonly leaves?: readonly ClusterOptions[];
  /** How often a root computes the status of its leaves, in milliseconds of the lab's clock. 1,000 by default; a real one takes 40,000. */
  readonly statusRefreshMs?: number;
  /** How far the lab's clock is ahead at the start, in milliseconds. */
  readonly clockOffsetMs?: number;
  /** Folder that the nodes' homes are made in, and removed with the lab; by default one in the system's temporary folder. */
  readonly homesFolder?: string;
}

/** A cluster's options with nothing left out. */
export type WholeClusterOptions = Required<Omit<ClusterOptions, "teleportVersion" | "announcedVersion">> &
  Pick<ClusterOptions, "announcedVersion"> & { readonly side: Side; readonly teleportVersion: string };

/** Version that a lab behaves as when it is not told another. */
export const defaultTeleportVersion = "17";

/** The nodes of a leaf that is not told others. */
export const defaultLeafNodes: readonly NodeOptions[] = [{ hostname: "node-1", labels: { env: "demo" } }];

/**
 * Fills in what a cluster's options leave out.
 *
 * @param defaultNodes those of a cluster that does not say its own
 */
export function wholeClusterOptions(
  options: ClusterOptions,
  lab: LabOptions,
  side: Side,
  defaultName: string,
  defaultNodes: readonly NodeOptions[],
): WholeClusterOptions {
  const { announcedVersion } = options;
  return {
    side,
    name: options.name ?? defaultName,
    teleportVersion: options.teleportVersion ?? lab.teleportVersion ?? defaultTeleportVersion,
    suite: options.suite ?? lab.suite ?? "balanced-v1",
    withoutAuthorities: options.withoutAuthorities ?? lab.withoutAuthorities ?? [],
    seedRoles: [...(lab.seedRoles ?? []), ...(options.seedRoles ?? [])],
    seedUsers: [...(lab.seedUsers ?? []), ...(options.seedUsers ?? [])],
    nodes: options.nodes ?? defaultNodes,
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

/** @throws RangeError for host names that cannot be, or are not unique in their cluster */
export function assertNodes({ name, nodes }: WholeClusterOptions): void {
  const hostnames = nodes.map(({ hostname }) => hostname);
  for (const hostname of hostnames) {
    if (!clusterName.test(hostname)) {
      throw new RangeError(`"${hostname}" is not a host name: letters, digits, dots and dashes`);
    }
  }
  const twice = hostnames.find((hostname, index) => hostnames.indexOf(hostname) !== index);
  if (twice !== undefined) throw new RangeError(`two nodes of ${name} are called "${twice}"`);
}
