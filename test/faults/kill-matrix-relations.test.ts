// The provider is killed at each call of a grant, of a remote cluster and of a rotating token: made, changed or rotated, destroyed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create } from "@bufbuild/protobuf";

import type { Lab } from "../../lab";
import { RemoteClusterStatusV3Schema, RemoteClusterV3Schema } from "../../lab/gen/teleport/types/remote_cluster_pb";
import { generationOf, publicId } from "../../trust";
import { type DeadlyWork, type DoomedRelation, killRelationAtEveryCall } from "../support/doomed-relations";
import { outside } from "../support/outside";

function userOf({ root }: Lab, n: number) {
  const user = root.storage.get("user", `user${n}`);
  const marks = Object.keys(user?.metadata?.labels ?? {}).length;
  return { roles: user?.spec?.roles, logins: user?.spec?.traits?.values.logins?.values ?? [], marks };
}

const grantEnds: Readonly<Record<DeadlyWork, ReturnType<typeof userOf>>> = {
  create: { roles: ["access", "auditor"], logins: ["visitor"], marks: 2 },
  update: { roles: ["access", "editor"], logins: [], marks: 1 },
  destroy: { roles: ["access"], logins: [], marks: 0 },
};

const userGrant: DoomedRelation = {
  type: "teleport_user_grant",
  before: (n) => `  user   = "user${n}"\n  roles  = ["auditor"]\n  traits = { logins = ["visitor"] }\n`,
  after: (n) => `  user  = "user${n}"\n  roles = ["editor"]\n`,
  prepare: ({ root }, n) =>
    outside(root, ({ users }) =>
      users.createUser({ user: { metadata: { name: `user${n}` }, spec: { roles: ["access"] } } }),
    ),
  assertEnd: (lab, n, work) => assert.deepEqual(userOf(lab, n), grantEnds[work], `${work}, killed at call ${n}`),
};

const remoteCluster: DoomedRelation = {
  type: "teleport_remote_cluster",
  before: (n) => `  name   = "leaf${n}"\n  labels = { env = "demo" }\n`,
  after: (n) => `  name        = "leaf${n}"\n  labels      = { env = "prod" }\n  description = "Changed"\n`,
  // Real leaves for all of them would take minutes; what is looked at is the root's record of them.
  prepare: async ({ root }, n) => {
    const metadata = { name: `leaf${n}`, labels: { owner: "network" } };
    const status = create(RemoteClusterStatusV3Schema, { connection: "offline" });
    const leaf = create(RemoteClusterV3Schema, { kind: "remote_cluster", version: "v3", metadata, status });
    root.storage.create("remote_cluster", leaf);
  },
  assertEnd: ({ root }, n, work) => {
    const { metadata } = root.storage.get("remote_cluster", `leaf${n}`) ?? {};
    const found = metadata === undefined ? undefined : { ...metadata.labels };
    const ends = {
      create: { owner: "network", env: "demo" },
      update: { owner: "network", env: "prod" },
      destroy: undefined,
    };
    assert.deepEqual(found, ends[work], `${work}, killed at call ${n}`);
  },
};

const rotatingToken: DoomedRelation = {
  type: "teleport_rotating_token",
  before: (n) =>
    `  name         = "partner${n}"\n  ttl          = "6h"\n  rotate_after = "2h"\n  overlap      = "1h"\n`,
  after: (n) => rotatingToken.before(n),
  // The update is a rotation.
  meanwhile: (acceptance) => acceptance.moveClock(2.5 * 3_600_000),
  assertEnd: ({ root }, n, work) => {
    const id = publicId(`root.lab/partner${n}`);
    const live = root.storage.list("token").flatMap(({ metadata }) => {
      const made = generationOf(id, metadata?.name ?? "");
      return made === undefined ? [] : made.generation;
    });
    const ends = { create: [1], update: [1, 2], destroy: [] };
    assert.deepEqual(live.toSorted(), ends[work], `${work}, killed at call ${n}`);
  },
};

describe("a provider that is killed at any call", () => {
  for (const relation of [userGrant, remoteCluster, rotatingToken]) {
    for (const work of ["create", "update", "destroy"] as const) {
      test(`of the ${work} of a ${relation.type} is continued by the next apply`, (t) =>
        killRelationAtEveryCall(t, relation, work));
    }
  }
});
