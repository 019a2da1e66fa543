import type { CertAuthorityV2 } from "../gen/teleport/types/cert_authority_pb";
import type { AtomicStep, ClusterStorage } from "../storage";
import { storageKey } from "../storage";

/** Where an authority can be stored: in force, or put aside with a disabled trust. */
export type AuthorityKind = "cert_authority" | "deactivated_cert_authority";

/** An authority and where it is stored; `undefined` for one that is not stored yet. */
export interface PlacedAuthority {
  readonly authority: CertAuthorityV2;
  readonly at: AuthorityKind | undefined;
}

const kinds: readonly AuthorityKind[] = ["cert_authority", "deactivated_cert_authority"];

/** All stored authorities of a cluster, active or not. */
export function clusterAuthorities(storage: ClusterStorage, clusterName: string): PlacedAuthority[] {
  return kinds.flatMap((at) =>
    storage
      .list(at)
      .filter(({ spec }) => spec?.clusterName === clusterName)
      .map((authority) => ({ authority, at })),
  );
}

/** Steps that delete all authorities of a cluster, active or not. */
export function deleteClusterAuthorities(storage: ClusterStorage, clusterName: string): AtomicStep[] {
  return kinds.flatMap((kind) =>
    storage
      .list(kind)
      .filter(({ spec }) => spec?.clusterName === clusterName)
      .map((authority): AtomicStep => ({ kind, when: "any", delete: storageKey(kind, authority) })),
  );
}
