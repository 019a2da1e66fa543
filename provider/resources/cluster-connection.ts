import type { Api } from "../cluster";
import type { Connection } from "../framework";

/** The attribute `cluster`, which every mirrored object has. */
export const clusterConnection: Connection<Api> = {
  attribute: "cluster",
  isConfigured: ({ connections }, key) => connections.status(key) !== "absent",
  realName: async ({ connections }, key, signal) => (await connections.get(key).ping(signal)).clusterName,
};
