import type { Labels } from "../../../trust";

/** One step towards a leaf's own labels, or towards its removal. */
export type RemoteClusterStep =
  | { readonly kind: "wait-until-registered" }
  /** All labels that the leaf is to carry, and its description where that is ours. */
  | { readonly kind: "update"; readonly labels: Labels }
  | { readonly kind: "wait-until-online" }
  | { readonly kind: "remove" }
  | { readonly kind: "settle" };

export type StepKind = RemoteClusterStep["kind"];

const descriptions: Readonly<Record<StepKind, string>> = {
  "wait-until-registered": "wait until the leaf has joined",
  update: "set labels and description of the remote cluster",
  "wait-until-online": "wait until the leaf is online",
  remove: "remove the remote cluster",
  settle: "wait until the cluster shows what was done",
};

/** For log and errors. */
export function describeStep({ kind }: RemoteClusterStep): string {
  return descriptions[kind];
}
