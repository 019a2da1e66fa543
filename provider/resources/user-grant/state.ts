import { newObject, type ObjectValue, type ResourceContext, type StateSource, type Value } from "../../framework";
import { otherClusterProblem } from "../shared/one-cluster";
import type { DesiredGrant, GrantFacts, UserFacts } from "./facts";
import { itemKey } from "./item";
import { rememberGranted } from "./memory";

type There = Extract<UserFacts, { status: "there" }>;

function rolesValue({ has }: There, like: Value | undefined): Value {
  if (!Array.isArray(like)) return null;
  return (like as readonly Value[]).filter((role) => has.has(itemKey({ kind: "role", role: role as string })));
}

function traitsValue({ has }: There, like: Value | undefined): Value {
  if (!(like instanceof Map)) return null;
  const lists = [...(like as ReadonlyMap<string, readonly Value[]>)].map(([trait, values]) => {
    const kept = values.filter((value) => has.has(itemKey({ kind: "trait", trait, value: value as string })));
    return [trait, kept] as const;
  });
  return new Map(lists);
}

/** The state that facts mean: of what is granted, what the user has. Without the user there is no grant. */
export function stateFrom(
  facts: GrantFacts,
  { call, like, failed }: StateSource<DesiredGrant>,
  { private: memory }: Pick<ResourceContext<unknown>, "private">,
): ObjectValue | "gone" | NonNullable<ReturnType<typeof otherClusterProblem>> {
  const { place, user, userName } = facts;
  const other = otherClusterProblem({ clusterKey: undefined, stateCluster: facts.stateCluster }, place);
  if (other !== undefined) return other;
  if (user.status === "none") return "gone";
  if (call !== "read" && !failed) rememberGranted(memory, user.marked);
  return Object.assign(newObject(), {
    id: `${place.name}/${userName}`,
    roles: rolesValue(user, like.roles),
    traits: traitsValue(user, like.traits),
  });
}
