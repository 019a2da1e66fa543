import type { Api, TrustedClusterV2 } from "../cluster";
import type { ObjectResource } from "../framework";
import { clusterConnection } from "./cluster-connection";
import { fillCommon } from "./mirrored/fill";
import { identityByName, revisionOf } from "./mirrored/identity";
import { planCommon, validateCommon } from "./mirrored/plan";
import { trustedClusterSchema } from "./trusted-cluster/attributes";
import { checkTrustedCluster } from "./trusted-cluster/check";
import { trustedClusterCodec } from "./trusted-cluster/codec";
import { validateConfig } from "./trusted-cluster/rules";

/** `teleport_trusted_cluster`: the object on a leaf by which it trusts a root. */
export const trustedCluster: ObjectResource<TrustedClusterV2, string, Api> = {
  typeName: "teleport_trusted_cluster",
  noun: "trusted cluster",
  schema: trustedClusterSchema,
  codec: trustedClusterCodec,
  identity: identityByName,
  connection: clusterConnection,
  client: ({ connections }, key) => connections.get(key).trustedClusters,
  normalize: (draft) => fillCommon(draft, "trusted_cluster"),
  revision: revisionOf,
  *validateConfig(config) {
    yield* validateCommon(config);
    yield* validateConfig(config);
  },
  customizePlan: ({ planned }) => (planned === null ? {} : { planned: planCommon(planned, "trusted_cluster") }),
  check: checkTrustedCluster,
};
