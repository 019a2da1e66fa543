import { checkAccessToRemoteCluster } from "../access";
import type { RemoteClusterV3 } from "../gen/teleport/types/remote_cluster_pb";
import { badParameter, compareFailed, isTrace, notFound } from "../trace-error";
import { audit } from "./audit";
import type { Caller } from "./caller";
import { deleteClusterAuthorities } from "./cluster-authorities";
import type { AuthContext } from "./context";
import { permit } from "./permit";
import { applyRemoteClusterUpdate } from "./remote-cluster-update";

/** A leaf by name. One that the caller's roles hide looks like a missing one. @throws TraceError not_found */
export function getRemoteCluster(context: AuthContext, caller: Caller, name: string): RemoteClusterV3 {
  if (name === "") throw badParameter("name: must be specified");
  permit(caller, "remote_cluster", ["read"]);
  const cluster = findRemoteCluster(context, name);
  if (!isVisible(caller, cluster)) throw missing(name);
  return cluster;
}

/** All leaves, those that the caller's roles hide included: pages are cut before the hidden ones are left out. */
export function allRemoteClusters(context: AuthContext, caller: Caller): RemoteClusterV3[] {
  permit(caller, "remote_cluster", ["list"]);
  return context.storage.list("remote_cluster");
}

/** Whether the caller's roles show this leaf. Services see all; a caller without roles sees none. */
export function isVisible(caller: Caller, cluster: RemoteClusterV3): boolean {
  if (caller.kind === "nop") return false;
  if (!("definitions" in caller)) return true;
  try {
    checkAccessToRemoteCluster(caller, cluster.metadata?.labels ?? {});
    return true;
  } catch (error) {
    if (isTrace(error, "access_denied")) return false;
    throw error;
  }
}

/**
 * Changes what the mask names, or metadata and status for an empty mask.
 *
 * @throws TraceError not_found, bad_parameter for a path that cannot be changed
 */
export function updateRemoteCluster(
  context: AuthContext,
  caller: Caller,
  given: RemoteClusterV3 | undefined,
  mask: readonly string[],
): RemoteClusterV3 {
  if (given === undefined) throw badParameter("remote_cluster: must not be nil");
  const name = given.metadata?.name ?? "";
  if (name === "") throw badParameter("remote_cluster.Metadata.Name: must be non-empty");
  permit(caller, "remote_cluster", ["update"]);
  const stored = findRemoteCluster(context, name);
  applyRemoteClusterUpdate(stored, given, mask);
  const failed = context.storage.write([
    { kind: "remote_cluster", when: { revision: stored.metadata?.revision ?? "" }, put: stored },
  ]);
  if (failed !== undefined) throw compareFailed("failed to update remote cluster within 3 iterations");
  audit(context, { event: "remote_cluster.update", user: caller.user, name });
  return findRemoteCluster(context, name);
}

/**
 * Removes a leaf and its authorities from the root. The leaf is not told.
 *
 * @throws TraceError not_found; bad_parameter for the root's own name
 */
export function deleteRemoteCluster(context: AuthContext, caller: Caller, name: string): void {
  if (name === "") throw badParameter("name: must be specified");
  permit(caller, "remote_cluster", ["delete"]);
  if (name === context.clusterName) {
    throw badParameter(`remote cluster "${name}" is the name of this root cluster and cannot be removed.`);
  }
  findRemoteCluster(context, name);
  const { storage } = context;
  storage.write([{ kind: "remote_cluster", when: "exists", delete: name }, ...deleteClusterAuthorities(storage, name)]);
  audit(context, { event: "remote_cluster.delete", user: caller.user, name });
}

function findRemoteCluster({ storage }: AuthContext, name: string): RemoteClusterV3 {
  const cluster = storage.get("remote_cluster", name);
  if (cluster === undefined) throw missing(name);
  return cluster;
}

function missing(name: string): Error {
  return notFound(`remote cluster "${name}" is not found`);
}
