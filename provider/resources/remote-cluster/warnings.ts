import { Problem } from "../../../trust";
import { asWarning, type ProblemShape, type RelationCall } from "../../framework";
import type { DesiredRemoteCluster, RemoteClusterFacts } from "./facts";

/** What goes with a result and is no error. */
export function* warningsOf(
  { place, leafName, leaf }: RemoteClusterFacts,
  { call, desired }: { readonly call: RelationCall; readonly desired: DesiredRemoteCluster },
): Iterable<ProblemShape> {
  if (call !== "delete" || !desired.keepOnDestroy || leaf.status === "none") return;
  yield asWarning(
    new Problem(
      "REMOTE_CLUSTER_LEFT",
      `the leaf "${leafName}" stays on ${place.name} as it is, as \`keep_on_destroy\` asks for`,
      [],
      `Its labels stay, too: they may be what hides it. Remove it with \`tctl rm remote_cluster/${leafName}\` if nobody needs it.`,
    ),
  );
}
