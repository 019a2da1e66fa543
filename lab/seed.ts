import type { MessageInitShape } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";

import { normalizeRole } from "./access";
import { zeroTime } from "./auth";
import { RoleV6Schema } from "./gen/teleport/types/role_pb";
import { UserV2Schema } from "./gen/teleport/types/user_pb";
import type { LabelValues } from "./gen/teleport/wrappers/wrappers_pb";
import { LabelValuesSchema } from "./gen/teleport/wrappers/wrappers_pb";
import type { ClusterStorage } from "./storage";
import type { VersionRules } from "./versions";

/** A role as a program writes it; what is left out gets the server's defaults. */
export type RoleSeed = MessageInitShape<typeof RoleV6Schema>;

/** A user of a new cluster. */
export interface UserSeed {
  readonly name: string;
  readonly roles: readonly string[];
  readonly traits?: Readonly<Record<string, readonly string[]>>;
}

/** What a cluster is in a trust. */
export type Side = "root" | "leaf";

const everyLabel = () => labels({ "*": ["*"] });

function labels(values: Readonly<Record<string, readonly string[]>>): LabelValues {
  const lists = Object.entries(values).map(([name, list]) => [name, { values: [...list] }]);
  return create(LabelValuesSchema, { values: Object.fromEntries(lists) });
}

/** Name of the role that an identity needs which applies configurations, as the product's documentation gives it. */
export const iacRoleName = "teleport-trust-iac";

const allVerbs = ["list", "create", "read", "update", "delete"];

/** What an identity needs on either side that applies configurations. */
const iacRules = [
  { resources: ["role"], verbs: allVerbs },
  { resources: ["user"], verbs: ["read", "update"] },
  { resources: ["cert_authority"], verbs: ["list", "readnosecrets"] },
  { resources: ["node"], verbs: ["list", "read"] },
];

/** What differs between the sides. Each may read what the other works on, so that a trust the wrong way round can be told. */
const iacRulesOf: Readonly<Record<Side, typeof iacRules>> = {
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

/** Kinds that people who administer a cluster work on (the preset `editor`, as far as the lab serves its kinds). */
const editorKinds = [
  "trusted_cluster",
  "remote_cluster",
  "token",
  "role",
  "user",
  "cert_authority",
  "cluster_auth_preference",
  "cluster_networking_config",
  "node",
];

/**
 * The roles of a new cluster: the presets `access`, `editor` and `auditor` of a real one, as far as they are about what the
 * lab serves, and the role for the identity that applies configurations.
 *
 * The presets have no `cluster_labels`: a leaf with labels is invisible to those who have nothing else.
 */
function presetRoles(side: Side): RoleSeed[] {
  const preset = (name: string, description: string, spec: RoleSeed["spec"]): RoleSeed => ({
    version: "v7",
    metadata: { name, description, labels: { "teleport.internal/resource-type": "preset" } },
    ...(spec === undefined ? {} : { spec }),
  });
  return [
    preset("access", "Access cluster resources", {
      allow: {
        logins: ["{{internal.logins}}"],
        nodeLabels: everyLabel(),
        rules: [{ resources: ["event"], verbs: ["list", "read"] }],
      },
    }),
    preset("editor", "Edit cluster configuration", {
      allow: { rules: [{ resources: editorKinds, verbs: allVerbs }] },
    }),
    preset("auditor", "Review cluster events and replay sessions", {
      allow: { rules: [{ resources: ["session", "event"], verbs: ["list", "read"] }] },
    }),
    {
      version: "v7",
      metadata: { name: iacRoleName, description: "What an identity needs that applies trust between clusters" },
      spec: {
        allow: {
          clusterLabels: everyLabel(),
          nodeLabels: everyLabel(),
          rules: [...iacRulesOf[side], ...iacRules],
        },
      },
    },
  ];
}

/** The users of a new cluster: the bot that applies configurations, an administrator, and somebody who just works there. */
export const presetUsers: readonly UserSeed[] = [
  { name: "bot", roles: [iacRoleName] },
  { name: "admin", roles: ["access", "editor", "auditor", iacRoleName], traits: { logins: ["root", "admin"] } },
  { name: "alice", roles: ["access"], traits: { logins: ["alice"] } },
];

/**
 * Fills a new cluster.
 *
 * @throws TraceError bad_parameter for a role that the version would refuse
 */
export function seed(
  storage: ClusterStorage,
  rules: VersionRules,
  side: Side,
  roles: readonly RoleSeed[],
  users: readonly UserSeed[],
): void {
  for (const init of [...presetRoles(side), ...roles]) {
    const role = create(RoleV6Schema, init);
    normalizeRole(role, rules);
    storage.upsert("role", role);
  }
  for (const { name, roles: held, traits = {} } of [...presetUsers, ...users]) {
    const createdBy = { time: zeroTime(), user: { name: "system" } };
    const spec = { roles: [...held], traits: labels(traits), expires: zeroTime(), createdBy };
    storage.upsert("user", create(UserV2Schema, { kind: "user", version: "v2", metadata: { name }, spec }));
  }
}
