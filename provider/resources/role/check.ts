import { Problem, parseVersion } from "../../../trust";
import type { Api, ClusterInfo } from "../../cluster";
import { asWarning, type CallContext, type CheckedChange, type PlanCheck, type ProblemShape } from "../../framework";
import { knownText, valueAt } from "../description/values";
import { checkExpiry } from "../mirrored/plan";
import { notePlannedRole } from "../planned-roles";
import { teleportFor } from "./version";

type Context = CallContext<Api> & { readonly connectionKey: string | undefined };

function* versionProblems(change: CheckedChange, needed: number, cluster: ClusterInfo): Iterable<ProblemShape> {
  if (parseVersion(cluster.serverVersion).major >= needed) return;
  // A warning: what a cluster takes is its own affair, and this is only what is known of it.
  yield asWarning(
    new Problem(
      "API_INVALID",
      `role version ${JSON.stringify(valueAt(change.planned, "version"))} needs Teleport ${needed}, and ${cluster.clusterName} runs ${cluster.serverVersion}`,
      ["version"],
      "Use an older version, or upgrade the cluster first.",
    ),
  );
}

/** Nothing is asked for versions that every cluster takes. */
async function checkVersion(change: CheckedChange, context: Context): Promise<readonly ProblemShape[]> {
  const needed = teleportFor(valueAt(change.planned, "version"));
  if (change.phase === "apply" || needed === undefined) return [];
  const { api, connectionKey, signal } = context;
  const cluster = api.connections.get(connectionKey);
  const checked = await api.bestEffort(cluster.title, (limit) => cluster.ping(limit), signal);
  if (checked.ok) return [...versionProblems(change, needed, checked.value)];
  return checked.problem === undefined ? [] : [asWarning(checked.problem)];
}

/** What is checked of a role when it is planned and before it is written. */
export async function checkRole(change: CheckedChange, context: Context): Promise<PlanCheck> {
  const { api, connectionKey } = context;
  // Trusted clusters that are planned later may name a role that is planned here.
  const name = knownText(valueAt(change.planned, "metadata", "name"));
  if (change.action === "create" && name !== undefined) notePlannedRole(api.connections, connectionKey, name);
  return { problems: [...checkExpiry(change, context.now()), ...(await checkVersion(change, context))] };
}
