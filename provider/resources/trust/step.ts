import type { Labels } from "../../../trust";

/** One step towards a trust, or towards its end. Names and labels only, never a token. */
export type TrustStep =
  /** Removes the tokens of earlier calls. */
  | { readonly kind: "drop-left-over-tokens" }
  | { readonly kind: "create-token" }
  /** Writes the trusted cluster with the token of this call: the leaf shakes hands with the root. */
  | { readonly kind: "join" }
  | { readonly kind: "drop-token" }
  /** Brings role map and `enabled` to what is wanted. */
  | { readonly kind: "update-trusted-cluster" }
  /** The same where it was disabled and is to be enabled: the tunnel comes back. */
  | { readonly kind: "enable-trusted-cluster" }
  /** Replaces all labels of the remote cluster by these. */
  | { readonly kind: "set-labels"; readonly labels: Labels }
  | { readonly kind: "wait-until-online" }
  | { readonly kind: "remove-trusted-cluster" }
  /** `keep`: labels to put back after joining anew. */
  | { readonly kind: "remove-remote-cluster"; readonly keep: Labels }
  /** Gives the clusters time to show what was done; `after` names the step that does not show yet. */
  | { readonly kind: "settle"; readonly after: StepKind };

export type StepKind = TrustStep["kind"];

const descriptions: Readonly<Record<StepKind, string>> = {
  "drop-left-over-tokens": "remove invitation tokens that an earlier run left on the root",
  "create-token": "create an invitation token on the root",
  join: "create the trusted cluster on the leaf",
  "drop-token": "remove the invitation token from the root",
  "update-trusted-cluster": "update the trusted cluster on the leaf",
  "enable-trusted-cluster": "enable the trusted cluster on the leaf",
  "set-labels": "set the labels of the remote cluster on the root",
  "wait-until-online": "wait until the leaf is online on the root",
  "remove-trusted-cluster": "remove the trusted cluster from the leaf",
  "remove-remote-cluster": "remove the remote cluster from the root",
  settle: "wait until the clusters show what was done",
};

const establishing: ReadonlySet<StepKind> = new Set([
  "join",
  "update-trusted-cluster",
  "enable-trusted-cluster",
  "set-labels",
  "wait-until-online",
]);

/** For log and errors. */
export function describeStep(step: TrustStep): string {
  return descriptions[step.kind];
}

/** Whether a trust exists after the step, if only in part. */
export function establishesTrust({ kind }: TrustStep): boolean {
  return establishing.has(kind);
}
