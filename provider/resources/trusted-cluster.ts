import type { Api, TrustedClusterV2 } from "../cluster";
import type { ObjectResource, PlanAdjustment, PlannedChange } from "../framework";
import { clusterConnection } from "./cluster-connection";
import { withKeptForms } from "./description/kept-forms";
import { fillCommon } from "./mirrored/fill";
import { identityByName, revisionOf } from "./mirrored/identity";
import { planCommon, validateCommon } from "./mirrored/plan";
import { trustedClusterDescription, trustedClusterSchema } from "./trusted-cluster/attributes";
import { checkTrustedCluster } from "./trusted-cluster/check";
import { trustedClusterCodec } from "./trusted-cluster/codec";
import { validateConfig } from "./trusted-cluster/rules";

function customizePlan({ prior, planned }: PlannedChange): PlanAdjustment {
  if (planned === null) return {};
  const kept = prior === null ? planned : withKeptForms(trustedClusterDescription, planned, prior);
  return { planned: planCommon(kept, "trusted_cluster") };
}

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
  customizePlan,
  check: checkTrustedCluster,
};
