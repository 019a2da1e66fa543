import { clone } from "@bufbuild/protobuf";

import { ProvisionTokenV2Schema } from "../gen/teleport/types/provision_token_pb";
import { RemoteClusterV3Schema } from "../gen/teleport/types/remote_cluster_pb";
import { RoleV6Schema } from "../gen/teleport/types/role_pb";
import { TrustedClusterV2Schema } from "../gen/teleport/types/trusted_cluster_pb";
import { UserV2Schema } from "../gen/teleport/types/user_pb";
import type { ClusterStorage } from "../storage";
import type { Json } from "./teleport-json";
import { teleportJson } from "./teleport-json";
import { tokenHash } from "./token-ledger";

/** The objects of a cluster in Teleport's own JSON form, by kind and name. */
export interface ClusterDump {
  readonly trusted_clusters: readonly Json[];
  readonly remote_clusters: readonly Json[];
  readonly tokens: readonly Json[];
  readonly roles: readonly Json[];
  readonly users: readonly Json[];
}

/** Shows what a cluster holds. A token stands by hash, as name and wherever a trusted cluster keeps one. */
export function dumpCluster(storage: ClusterStorage): ClusterDump {
  const trusted = storage.list("trusted_cluster").map((cluster) => {
    const copy = clone(TrustedClusterV2Schema, cluster);
    if (copy.spec !== undefined && copy.spec.token !== "") copy.spec.token = tokenHash(copy.spec.token);
    return teleportJson(TrustedClusterV2Schema, copy);
  });
  const tokens = storage.list("token").map((token) => {
    const copy = clone(ProvisionTokenV2Schema, token);
    if (copy.metadata !== undefined) copy.metadata.name = tokenHash(copy.metadata.name);
    return teleportJson(ProvisionTokenV2Schema, copy);
  });
  return {
    trusted_clusters: trusted,
    remote_clusters: storage.list("remote_cluster").map((cluster) => teleportJson(RemoteClusterV3Schema, cluster)),
    tokens,
    roles: storage.list("role").map((role) => teleportJson(RoleV6Schema, role)),
    users: storage.list("user").map((user) => teleportJson(UserV2Schema, user)),
  };
}
