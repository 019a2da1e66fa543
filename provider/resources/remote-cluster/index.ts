import type { Api } from "../../cluster";
import type { RelationResource } from "../../framework";
import { clusterOf, parsePlacedId } from "../shared/one-cluster";
import { desiredFrom } from "./desired";
import type { DesiredRemoteCluster, RemoteClusterFacts } from "./facts";
import { importedMemory } from "./memory";
import { next } from "./next";
import { observe } from "./observe";
import { checkPlan } from "./plan";
import { createRun, type RemoteClusterRun } from "./run";
import { schema } from "./schema";
import { stateFrom } from "./state";
import { describeStep, type RemoteClusterStep } from "./step";
import { perform } from "./steps";
import { warningsOf } from "./warnings";

/** `teleport_remote_cluster`: own labels and description of a leaf that joins by other means. */
export const remoteCluster: RelationResource<
  DesiredRemoteCluster,
  RemoteClusterFacts,
  RemoteClusterStep,
  RemoteClusterRun,
  Api
> = {
  typeName: "teleport_remote_cluster",
  noun: "remote cluster",
  schema,
  desiredFrom(source, context) {
    const desired = desiredFrom(source, context);
    // A connection that is not configured any more is said before anything is looked at, and at plan.
    clusterOf(context.api, desired);
    return desired;
  },
  createRun,
  observe,
  next,
  perform,
  describeStep,
  // A create that failed leaves no state, and the next one goes on from what it finds. A tainted state would be destroyed
  // first, with the trust, and nobody here could make the leaf join again.
  establishes: () => false,
  stateFrom,
  warnings: warningsOf,
  timeoutMs: (_call, desired) => desired.timeoutMs,
  parseImportId: (id) => parsePlacedId(id, "remote cluster", "root/leaf.example.com"),
  importedPrivate: importedMemory,
  checkPlan,
};
