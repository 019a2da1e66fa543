import type { Api } from "../cluster";
import type { Connection } from "../framework";
import { connectionFault } from "./shared/connection-fault";

/** The attribute `cluster`, which every mirrored object has. */
export const clusterConnection: Connection<Api> = {
  attribute: "cluster",
  // Where there is no default connection, a bare name leads nowhere: what stands before the slash was meant as a key, if a wrong one.
  isConfigured: ({ connections }, key) => connections.status(key) !== "absent" || connections.status() === "absent",
  fault: (api, key, signal) => connectionFault(api, key, "cluster", signal),
  realName: async ({ connections }, key, signal) => (await connections.get(key).ping(signal)).clusterName,
};
