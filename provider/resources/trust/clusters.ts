import { Problem } from "../../../trust";
import type { Api, Cluster } from "../../cluster";
import type { DesiredTrust } from "./facts";

/** The two clusters that a trust is between. */
export interface Sides {
  readonly root: Cluster;
  readonly leaf: Cluster;
}

function sideOf(api: Api, key: string, attribute: string): Cluster {
  try {
    return api.connections.get(key);
  } catch (error) {
    throw error instanceof Problem ? error.at(attribute) : error;
  }
}

/**
 * The connections of a trust. Dials nothing.
 *
 * @throws Problem CONNECTION_NOT_CONFIGURED, CONNECTION_UNKNOWN
 */
export function sidesOf(api: Api, { rootKey, leafKey }: Pick<DesiredTrust, "rootKey" | "leafKey">): Sides {
  return { root: sideOf(api, rootKey, "root"), leaf: sideOf(api, leafKey, "leaf") };
}
