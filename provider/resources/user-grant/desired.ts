import type { DesiredSource, ObjectValue, ResourceContext, Value } from "../../framework";
import { clusterOfId } from "../shared/one-cluster";
import { knownText, knownTexts } from "../shared/values";
import type { DesiredGrant } from "./facts";
import { type GrantItem, itemKey } from "./item";
import { grantedBefore } from "./memory";

/** What a configuration or a state grants, each item once; what is not known yet is left out. */
export function itemsOf({ roles, traits }: ObjectValue): GrantItem[] {
  const lists = traits instanceof Map ? [...(traits as ReadonlyMap<string, Value>)] : [];
  const items: GrantItem[] = [
    ...knownTexts(roles).map((role) => ({ kind: "role", role }) as const),
    ...lists.flatMap(([trait, values]) =>
      knownTexts(values).map((value) => ({ kind: "trait", trait, value }) as const),
    ),
  ];
  return [...new Map(items.map((item) => [itemKey(item), item])).values()];
}

/** What a call of Terraform wants of a grant. The values were validated before. */
export function desiredFrom(
  { call, value, prior }: DesiredSource,
  { private: memory }: Pick<ResourceContext<unknown>, "private">,
): DesiredGrant {
  const wanted = itemsOf(value);
  const kept = new Set(wanted.map(itemKey));
  const dropped = prior === undefined ? [] : itemsOf(prior).filter((item) => !kept.has(itemKey(item)));
  const stateCluster =
    call === "update" ? clusterOfId(prior?.id) : call === "create" ? undefined : clusterOfId(value.id);
  return {
    clusterKey: knownText(value.cluster),
    stateCluster,
    user: knownText(value.user) ?? "",
    items: call === "delete" ? [] : wanted,
    dropped: call === "delete" ? wanted : dropped,
    granted: grantedBefore(memory),
    call,
  };
}
