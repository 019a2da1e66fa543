import type { ClusterOptions } from "./cluster-options";

/** The user of Teleport's guide, as the guide finds it on the root. */
export const guideUser = "myuser";
/** The guide's leaf. */
export const guideLeaf = "leafcluster.example.com";
/** The server of the leaf that the guide logs in to. */
export const guideNode = "ip-172-3-2-205";

/** The clusters of Teleport's guide "Configure Trusted Clusters", by the names that it has for them: before its first step. */
export const guideClusters: { readonly root: ClusterOptions; readonly leaves: readonly [ClusterOptions] } = {
  root: {
    name: "rootcluster.example.com",
    seedUsers: [{ name: guideUser, roles: ["access"], traits: { logins: ["ubuntu", "root"] } }],
  },
  leaves: [
    {
      name: guideLeaf,
      nodes: [{ hostname: "ip-172-3-1-242" }, { hostname: guideNode, labels: { env: "demo" } }],
    },
  ],
};
