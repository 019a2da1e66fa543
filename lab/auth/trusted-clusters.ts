import type { TrustedClusterSpecV2, TrustedClusterV2 } from "../gen/teleport/types/trusted_cluster_pb";
import { alreadyExists, badParameter, compareFailed, notFound } from "../trace-error";
import { audit } from "./audit";
import type { Caller } from "./caller";
import { clusterAuthorities, deleteClusterAuthorities } from "./cluster-authorities";
import type { AuthContext } from "./context";
import { establishTrust } from "./establish-trust";
import { permit } from "./permit";
import { assertUnchanged, normalizeTrustedCluster, sameRoleMap } from "./trusted-cluster-spec";
import { storeNewTrust, trustSteps } from "./trusted-cluster-writes";

/** How a call treats a trusted cluster whose name is not the root's. */
export type NameRule = "rename" | "refuse";

/** A trusted cluster by name, its token in clear. @throws TraceError not_found */
export function getTrustedCluster(context: AuthContext, caller: Caller, name: string): TrustedClusterV2 {
  permit(caller, "trusted_cluster", ["read"]);
  return findTrustedCluster(context, name);
}

/** All trusted clusters, their tokens in clear. */
export function listTrustedClusters(context: AuthContext, caller: Caller): TrustedClusterV2[] {
  permit(caller, "trusted_cluster", ["list", "read"]);
  return context.storage.list("trusted_cluster");
}

/** Updates the trusted cluster of that name, or joins the root when there is none. The caller's revision is not looked at. */
export async function upsertTrustedCluster(
  context: AuthContext,
  caller: Caller,
  given: TrustedClusterV2,
  nameRule: NameRule,
  signal: AbortSignal,
): Promise<TrustedClusterV2> {
  permit(caller, "trusted_cluster", ["create", "update"]);
  const spec = normalizeTrustedCluster(given, context);
  const existing = context.storage.get("trusted_cluster", given.metadata?.name ?? "");
  if (existing === undefined) return join(context, caller, given, nameRule, signal);
  if (existing.spec !== undefined && context.rules.refusesNoOpUpsert) assertHasEffect(existing.spec, spec);
  return change(context, caller, existing, given);
}

/** Joins the root. @throws TraceError already_exists, after the root was asked */
export async function createTrustedCluster(
  context: AuthContext,
  caller: Caller,
  given: TrustedClusterV2,
  signal: AbortSignal,
): Promise<TrustedClusterV2> {
  permit(caller, "trusted_cluster", ["create"]);
  normalizeTrustedCluster(given, context);
  return join(context, caller, given, "refuse", signal);
}

/** Updates the trusted cluster of that name if it has the given revision. @throws TraceError not_found, compare_failed */
export function updateTrustedCluster(context: AuthContext, caller: Caller, given: TrustedClusterV2): TrustedClusterV2 {
  permit(caller, "trusted_cluster", ["update"]);
  normalizeTrustedCluster(given, context);
  const existing = findTrustedCluster(context, given.metadata?.name ?? "");
  if (existing.metadata?.revision !== given.metadata?.revision) {
    throw compareFailed(`trusted cluster "${existing.metadata?.name}" has been modified, please retry`);
  }
  return change(context, caller, existing, given);
}

/**
 * Ends a trust on the leaf: authorities, tunnel and object go. The root is not told.
 *
 * @throws TraceError not_found; bad_parameter for the cluster's own name
 */
export function deleteTrustedCluster(context: AuthContext, caller: Caller, name: string): void {
  permit(caller, "trusted_cluster", ["delete"]);
  if (name === context.clusterName) {
    throw badParameter(`trusted cluster "${name}" is the name of this root cluster and cannot be removed.`);
  }
  findTrustedCluster(context, name);
  const { storage } = context;
  storage.write([
    { kind: "trusted_cluster", when: "exists", delete: name },
    { kind: "tunnel", when: "any", delete: name },
    ...deleteClusterAuthorities(storage, name),
  ]);
  audit(context, { event: "trusted_cluster.delete", user: caller.user, name });
}

async function join(
  context: AuthContext,
  caller: Caller,
  given: TrustedClusterV2,
  nameRule: NameRule,
  signal: AbortSignal,
): Promise<TrustedClusterV2> {
  const answer = await establishTrust(given, context, signal);
  const root = answer[0]?.spec?.clusterName ?? "";
  assertName(given, root, nameRule);
  const stored = storeNewTrust(context, given, root, answer);
  audit(context, { event: "trusted_cluster.create", user: caller.user, name: root });
  return stored;
}

/** The root has accepted the token by now, so a refusal leaves a remote cluster there. */
function assertName(given: TrustedClusterV2, root: string, nameRule: NameRule): void {
  const metadata = given.metadata;
  if (metadata === undefined || metadata.name === root) return;
  if (nameRule === "refuse") {
    throw badParameter(
      `trusted cluster resource name must be the same as the remote cluster name. got: "${metadata.name}", expected: "${root}"`,
    );
  }
  metadata.name = root;
}

function change(
  context: AuthContext,
  caller: Caller,
  existing: TrustedClusterV2,
  given: TrustedClusterV2,
): TrustedClusterV2 {
  const name = existing.metadata?.name ?? "";
  const { spec } = given;
  if (existing.spec === undefined || spec === undefined) throw badParameter("trusted cluster has no spec");
  assertUnchanged(existing.spec, spec);
  const failed = context.storage.write([
    { kind: "trusted_cluster", when: { revision: existing.metadata?.revision ?? "" }, put: given },
    ...trustSteps(context, given, clusterAuthorities(context.storage, name)),
  ]);
  if (failed !== undefined) {
    throw compareFailed(
      `trusted cluster "${name}" and/or one or more of its cert authorities have been modified, please retry`,
    );
  }
  audit(context, { event: "trusted_cluster.create", user: caller.user, name });
  return findTrustedCluster(context, name);
}

/** Releases before 17 refuse an update that changes neither of the two things that they let change. */
function assertHasEffect(existing: TrustedClusterSpecV2, given: TrustedClusterSpecV2): void {
  if (existing.enabled !== given.enabled || !sameRoleMap(existing.roleMap, given.roleMap)) return;
  const state = given.enabled ? "enabled" : "disabled";
  throw alreadyExists(`leaf cluster is already ${state}, this update would have no effect`);
}

function findTrustedCluster({ storage }: AuthContext, name: string): TrustedClusterV2 {
  const cluster = storage.get("trusted_cluster", name);
  if (cluster === undefined) throw notFound(`trusted cluster "${name}" is not found`);
  return cluster;
}
