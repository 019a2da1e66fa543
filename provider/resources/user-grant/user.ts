// What a grant reads of a user record, and how it changes one. Pure.
import { LabelValues, UserV2 } from "../../cluster";
import { type GrantItem, itemKey, markedItem, markOf } from "./item";

/** Whether the user has it, whoever gave it. */
export function hasItem({ spec }: UserV2, item: GrantItem): boolean {
  if (item.kind === "role") return spec?.roles.includes(item.role) ?? false;
  return spec?.traits?.values[item.trait]?.values.includes(item.value) ?? false;
}

/** Whether the user carries the mark that it was granted here. */
export function isMarked({ metadata }: UserV2, item: GrantItem): boolean {
  return metadata?.labels[markOf(item)] === itemKey(item);
}

/** Marks of what the user no longer has: somebody took it away and left the mark. Nobody's loss when they go. */
export function staleMarks(user: UserV2): string[] {
  return Object.entries(user.metadata?.labels ?? {}).flatMap(([key, value]) => {
    const item = markedItem(key, value);
    return item === undefined || hasItem(user, item) ? [] : [key];
  });
}

/** The connector that made the user; undefined for a local one. */
export function connectorOf({ spec }: UserV2): { readonly type: string; readonly id: string } | undefined {
  const connector = spec?.created_by?.connector;
  return connector === undefined || connector.id === "" ? undefined : { type: connector.type, id: connector.id };
}

/** What is to be done with one user, in one write. */
export interface GrantChange {
  /** To be given, and marked. */
  readonly add: readonly GrantItem[];
  /** To be taken away with its mark. */
  readonly remove: readonly GrantItem[];
  /** Marks to be removed whose items are gone already. */
  readonly stale: readonly string[];
}

/** Whether the change is none. */
export function isNoChange({ add, remove, stale }: GrantChange): boolean {
  return add.length + remove.length + stale.length === 0;
}

/** What brings a user to a grant: what is missing is added; of what is given up, only what was granted here is removed. */
export function changeOf(
  user: UserV2,
  { items, dropped }: { readonly items: readonly GrantItem[]; readonly dropped: readonly GrantItem[] },
): GrantChange {
  const stale = staleMarks(user);
  const remove = dropped.filter((item) => hasItem(user, item) && isMarked(user, item));
  const add = items.filter((item) => !hasItem(user, item));
  return { add, remove, stale: stale.filter((key) => !add.some((item) => markOf(item) === key)) };
}

function traitsAfter(user: UserV2, { add, remove }: GrantChange): LabelValues {
  const lists = new Map(Object.entries(user.spec?.traits?.values ?? {}).map(([key, list]) => [key, list.values]));
  for (const item of remove) {
    if (item.kind !== "trait") continue;
    const left = (lists.get(item.trait) ?? []).filter((value) => value !== item.value);
    if (left.length > 0) lists.set(item.trait, left);
    else lists.delete(item.trait);
  }
  for (const item of add) {
    if (item.kind === "trait") lists.set(item.trait, [...(lists.get(item.trait) ?? []), item.value]);
  }
  return LabelValues.fromPartial({
    values: Object.fromEntries([...lists].map(([key, values]) => [key, { values }])),
  });
}

function rolesAfter(user: UserV2, { add, remove }: GrantChange): string[] {
  const removed = new Set(remove.flatMap((item) => (item.kind === "role" ? item.role : [])));
  const added = add.flatMap((item) => (item.kind === "role" ? item.role : []));
  return [...(user.spec?.roles ?? []).filter((role) => !removed.has(role)), ...added];
}

function labelsAfter(user: UserV2, { add, remove, stale }: GrantChange): Record<string, string> {
  const gone = new Set([...remove.map(markOf), ...stale]);
  const kept = Object.entries(user.metadata?.labels ?? {}).filter(([key]) => !gone.has(key));
  return { ...Object.fromEntries(kept), ...Object.fromEntries(add.map((item) => [markOf(item), itemKey(item)])) };
}

/** The user with the change done: marks change in the same write, so no kill lies between. All else stays as it was read. */
export function changedUser(user: UserV2, change: GrantChange): UserV2 {
  return UserV2.fromPartial({
    ...user,
    metadata: { ...user.metadata, labels: labelsAfter(user, change) },
    spec: { ...user.spec, roles: rolesAfter(user, change), traits: traitsAfter(user, change) },
  });
}
