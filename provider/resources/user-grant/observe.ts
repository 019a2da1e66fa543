import type { Api, Cluster } from "../../cluster";
import type { ResourceContext } from "../../framework";
import { clusterOf, placeOf } from "../shared/one-cluster";
import { roleExists } from "../shared/role-exists";
import type { DesiredGrant, GrantFacts, UserFacts } from "./facts";
import { itemKey } from "./item";
import type { GrantRun } from "./run";
import { changeOf, connectorOf, hasItem, isMarked } from "./user";

async function findUser(cluster: Cluster, desired: DesiredGrant, signal: AbortSignal): Promise<UserFacts> {
  const user = await cluster.users.get(desired.user, signal);
  if (user === undefined) return { status: "none" };
  const items = [...desired.items, ...desired.dropped];
  const { add, remove, stale } = changeOf(user, desired);
  return {
    status: "there",
    connector: connectorOf(user),
    has: new Set(items.filter((item) => hasItem(user, item)).map(itemKey)),
    marked: new Set(items.filter((item) => isMarked(user, item)).map(itemKey)),
    missing: add,
    removable: remove,
    staleMarks: stale.length,
  };
}

async function findMissingRoles(cluster: Cluster, user: UserFacts, signal: AbortSignal): Promise<string[]> {
  const roles = user.status === "none" ? [] : user.missing.flatMap((item) => (item.kind === "role" ? item.role : []));
  const exist = await Promise.all(roles.map((role) => roleExists(cluster, role, signal)));
  return roles.filter((_, index) => !exist[index]);
}

/** Asks the cluster for the user. Nothing is written. */
export async function observe(
  desired: DesiredGrant,
  run: GrantRun,
  { api, signal }: Pick<ResourceContext<Api>, "api" | "signal">,
): Promise<GrantFacts> {
  const cluster = clusterOf(api, desired);
  const [place, user] = await Promise.all([placeOf(cluster, signal), findUser(cluster, desired, signal)]);
  const writes = desired.call === "create" || desired.call === "update";
  return {
    place,
    stateCluster: desired.stateCluster,
    userName: desired.user,
    user,
    missingRoles: writes ? await findMissingRoles(cluster, user, signal) : [],
    ...run,
  };
}
