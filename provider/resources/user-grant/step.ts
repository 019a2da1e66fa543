import { type GrantItem, itemText } from "./item";

/** One step towards a grant, or towards its end. */
export type GrantStep =
  /** Adds and marks, removes and unmarks, in one write of the user. */
  | { readonly kind: "write"; readonly add: readonly GrantItem[]; readonly remove: readonly GrantItem[] }
  /** Gives the cluster time to show the write. */
  | { readonly kind: "settle" };

function listText(verb: string, items: readonly GrantItem[]): string[] {
  return items.length === 0 ? [] : [`${verb} ${items.map(itemText).join(", ")}`];
}

/** For log and errors. */
export function describeStep(step: GrantStep): string {
  if (step.kind === "settle") return "wait until the cluster shows the changed user";
  const parts = [...listText("grant", step.add), ...listText("take back", step.remove)];
  return parts.length === 0 ? "remove marks from the user" : parts.join("; ");
}
