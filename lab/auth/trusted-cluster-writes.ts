import { create } from "@bufbuild/protobuf";

import type { CertAuthorityV2 } from "../gen/teleport/types/cert_authority_pb";
import { ReverseTunnelV2Schema } from "../gen/teleport/types/remote_cluster_pb";
import type { TrustedClusterV2 } from "../gen/teleport/types/trusted_cluster_pb";
import type { AtomicStep } from "../storage";
import { storageKey } from "../storage";
import { alreadyExists, badParameter } from "../trace-error";
import type { AuthorityKind, PlacedAuthority } from "./cluster-authorities";
import type { AuthContext } from "./context";

/**
 * Stores a trust that was just established: the object, the root's authorities and, when enabled, the tunnel that the
 * proxies dial. All or nothing.
 *
 * @throws TraceError bad_parameter when the same cluster is a leaf of this one; already_exists
 */
export function storeNewTrust(
  context: AuthContext,
  cluster: TrustedClusterV2,
  root: string,
  authorities: readonly CertAuthorityV2[],
): TrustedClusterV2 {
  const { storage } = context;
  const failed = storage.write([
    { kind: "remote_cluster", when: "absent", check: root },
    { kind: "trusted_cluster", when: "absent", put: cluster },
    ...trustSteps(
      context,
      cluster,
      authorities.map((authority) => ({ authority, at: undefined })),
    ),
  ]);
  const stored = storage.get("trusted_cluster", root);
  if (failed === undefined && stored !== undefined) return stored;
  if (failed?.kind === "remote_cluster") {
    throw badParameter(
      `cannot create trusted cluster with same name as remote cluster "${root}", bidirectional trust is not supported`,
    );
  }
  throw alreadyExists(`trusted cluster "${root}" and/or one or more of its cert authorities already exists`);
}

/** Steps that bring authorities and tunnel in line with a trust. */
export function trustSteps(
  context: AuthContext,
  cluster: TrustedClusterV2,
  authorities: readonly PlacedAuthority[],
): AtomicStep[] {
  const name = cluster.metadata?.name ?? "";
  const steps = authorities.flatMap((placed) => authoritySteps(context, cluster, placed));
  if (cluster.spec?.enabled !== true) return [...steps, { kind: "tunnel", when: "any", delete: name }];
  const tunnel = create(ReverseTunnelV2Schema, {
    kind: "tunnel",
    version: "v2",
    metadata: { name },
    spec: { clusterName: name, dialAddrs: [cluster.spec.tunnelAddr], type: "proxy" },
  });
  return [...steps, { kind: "tunnel", when: "any", put: tunnel }];
}

function authoritySteps(
  { rules }: AuthContext,
  { spec }: TrustedClusterV2,
  { authority, at }: PlacedAuthority,
): AtomicStep[] {
  const isPutAside = spec?.enabled !== true && rules.deactivatedAuthorities.includes(authority.spec?.type ?? "");
  const to: AuthorityKind = isPutAside ? "deactivated_cert_authority" : "cert_authority";
  if (authority.spec?.type === "user") {
    // The mapping of users is looked up at their authority, not at the trusted cluster.
    authority.spec.roles = [...(spec?.roles ?? [])];
    authority.spec.roleMap = [...(spec?.roleMap ?? [])];
  }
  const key = storageKey("cert_authority", authority);
  if (at === undefined) {
    const other: AuthorityKind = isPutAside ? "cert_authority" : "deactivated_cert_authority";
    return [
      { kind: other, when: "absent", check: key },
      { kind: to, when: "absent", put: authority },
    ];
  }
  const unchanged = { revision: authority.metadata?.revision ?? "" };
  if (at === to) return [{ kind: to, when: unchanged, put: authority }];
  return [
    { kind: at, when: unchanged, delete: key },
    { kind: to, when: "absent", put: authority },
  ];
}
