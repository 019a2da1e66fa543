import type { Api, Cluster } from "../../cluster";
import type { DesiredTrust } from "./facts";

/** The two clusters that a trust is between. */
export interface Sides {
  readonly root: Cluster;
  readonly leaf: Cluster;
}

/**
 * The connections of a trust. Dials nothing.
 *
 * @throws Problem CONNECTION_NOT_CONFIGURED, CONNECTION_UNKNOWN, at `root` or `leaf`
 */
export function sidesOf({ connections }: Api, { rootKey, leafKey }: Pick<DesiredTrust, "rootKey" | "leafKey">): Sides {
  return { root: connections.get(rootKey, ["root"]), leaf: connections.get(leafKey, ["leaf"]) };
}
