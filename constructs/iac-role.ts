import type { LabelSelector, RoleRule } from "./role";

/** What a cluster is in a trust. */
export type Side = "root" | "leaf";

/** What the role of the applying identity allows, in the terms of a role's properties. */
export interface IacRights {
  readonly clusterLabels: LabelSelector;
  readonly nodeLabels: LabelSelector;
  readonly rules: readonly RoleRule[];
}

const allVerbs = ["list", "create", "read", "update", "delete"];

/** What differs between the sides. Each may read what the other works on, so that a trust the wrong way round can be told. */
const rulesOf: Readonly<Record<Side, readonly RoleRule[]>> = {
  root: [
    { resources: ["remote_cluster"], verbs: ["list", "read", "update", "delete"] },
    { resources: ["token"], verbs: allVerbs },
    { resources: ["trusted_cluster"], verbs: ["list", "read"] },
  ],
  leaf: [
    { resources: ["trusted_cluster"], verbs: allVerbs },
    { resources: ["remote_cluster"], verbs: ["list", "read"] },
  ],
};

/** On either side: roles, grants to users who exist, and what is read to check a trust. */
const commonRules: readonly RoleRule[] = [
  { resources: ["role"], verbs: allVerbs },
  { resources: ["user"], verbs: ["read", "update"] },
  { resources: ["cert_authority"], verbs: ["list", "readnosecrets"] },
  { resources: ["node"], verbs: ["list", "read"] },
];

/** What this library's resources need of a cluster on one side of a trust, and no more. */
export function iacRights(side: Side): IacRights {
  return {
    // Without it the identity loses sight of a leaf as soon as the leaf has a label.
    clusterLabels: { "*": "*" },
    nodeLabels: { "*": "*" },
    rules: [...rulesOf[side], ...commonRules],
  };
}
