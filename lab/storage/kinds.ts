import type { CertAuthorityV2 } from "../gen/teleport/types/cert_authority_pb";
import { CertAuthorityV2Schema } from "../gen/teleport/types/cert_authority_pb";
import type { ProvisionTokenV2 } from "../gen/teleport/types/provision_token_pb";
import { ProvisionTokenV2Schema } from "../gen/teleport/types/provision_token_pb";
import type { RemoteClusterV3, ReverseTunnelV2 } from "../gen/teleport/types/remote_cluster_pb";
import { RemoteClusterV3Schema, ReverseTunnelV2Schema } from "../gen/teleport/types/remote_cluster_pb";
import type { RoleV6 } from "../gen/teleport/types/role_pb";
import { RoleV6Schema } from "../gen/teleport/types/role_pb";
import type { ServerV2 } from "../gen/teleport/types/server_pb";
import { ServerV2Schema } from "../gen/teleport/types/server_pb";
import type { TrustedClusterV2 } from "../gen/teleport/types/trusted_cluster_pb";
import { TrustedClusterV2Schema } from "../gen/teleport/types/trusted_cluster_pb";
import type { UserV2 } from "../gen/teleport/types/user_pb";
import { UserV2Schema } from "../gen/teleport/types/user_pb";

/**
 * What a cluster stores, by kind.
 *
 * Objects are found by `metadata.name`, except authorities: those of another cluster exist once a type, and are found by
 * {@link authorityKey}. An authority that belongs to a disabled trust stands under `deactivated_cert_authority`, as the
 * server keeps those in another range of its backend.
 */
export interface StoredKinds {
  trusted_cluster: TrustedClusterV2;
  remote_cluster: RemoteClusterV3;
  tunnel: ReverseTunnelV2;
  cert_authority: CertAuthorityV2;
  deactivated_cert_authority: CertAuthorityV2;
  token: ProvisionTokenV2;
  role: RoleV6;
  user: UserV2;
  node: ServerV2;
}

/** Name of a kind of stored object. */
export type StoredKind = keyof StoredKinds;

/** The message type of each kind, by which the storage copies objects. */
export const storedSchemas = {
  trusted_cluster: TrustedClusterV2Schema,
  remote_cluster: RemoteClusterV3Schema,
  tunnel: ReverseTunnelV2Schema,
  cert_authority: CertAuthorityV2Schema,
  deactivated_cert_authority: CertAuthorityV2Schema,
  token: ProvisionTokenV2Schema,
  role: RoleV6Schema,
  user: UserV2Schema,
  node: ServerV2Schema,
} as const;

/** Where an authority is stored: `host/leaf.example.com`. */
export function authorityKey(type: string, clusterName: string): string {
  return `${type}/${clusterName}`;
}

/** Where `object` is stored within its kind. */
export function storageKey<Kind extends StoredKind>(kind: Kind, object: StoredKinds[Kind]): string {
  if (kind === "cert_authority" || kind === "deactivated_cert_authority") {
    const { spec } = object as CertAuthorityV2;
    return authorityKey(spec?.type ?? "", spec?.clusterName ?? "");
  }
  return object.metadata?.name ?? "";
}
