import type { Api, Cluster } from "../cluster";
import { type ObjectValue, type TypedAttribute, types } from "../framework";

/** The attribute `cluster`, which every data source has. */
export const clusterAttribute: TypedAttribute = {
  type: types.string,
  mode: "optional",
  description: "Key of the provider's `clusters` to ask; the default connection when absent.",
};

/**
 * The cluster that a configuration names.
 *
 * @throws Problem CONNECTION_NOT_CONFIGURED or CONNECTION_UNKNOWN
 */
export function clusterOf({ connections }: Api, config: ObjectValue): Cluster {
  return connections.get(typeof config.cluster === "string" ? config.cluster : undefined);
}
