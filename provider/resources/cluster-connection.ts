import type { Api } from "../cluster";
import type { Connection } from "../framework";

/** The attribute `cluster`, which every mirrored object has. */
export const clusterConnection: Connection<Api> = {
  attribute: "cluster",
  // Where there is no default connection, a bare name leads nowhere: what stands before the slash was meant as a key, if a wrong one.
  isConfigured: ({ connections }, key) => connections.status(key) !== "absent" || connections.status() === "absent",
  realName: async ({ connections }, key, signal) => (await connections.get(key).ping(signal)).clusterName,
};
