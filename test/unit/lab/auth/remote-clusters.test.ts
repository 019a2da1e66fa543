import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";

import { zeroTime } from "../../../../lab/auth";
import { RemoteClusterV3Schema } from "../../../../lab/gen/teleport/types/remote_cluster_pb";
import { grpcFailure as failure } from "../../../support/failure";
import type { AuthClients } from "../../../support/lab-auth";
import { LabAuth } from "../../../support/lab-auth";

let root: LabAuth;
let admin: AuthClients;

before(async () => {
  root = await LabAuth.start("root.example.com");
  admin = await root.admin();
});
after(() => root.close());

beforeEach(() => {
  addLeaf("plain", {});
  addLeaf("prod", { env: "prod" });
  addLeaf("stage", { env: "stage" });
});

function addLeaf(name: string, labels: Record<string, string>): void {
  const leaf = { kind: "remote_cluster", version: "v3", metadata: { name, labels } };
  const status = { connection: "offline", lastHeartbeat: zeroTime() };
  root.context.storage.upsert("remote_cluster", create(RemoteClusterV3Schema, { ...leaf, status }));
}

async function viewer(name: string, clusterLabels: Record<string, string[]>): Promise<AuthClients> {
  const values = Object.fromEntries(Object.entries(clusterLabels).map(([key, list]) => [key, { values: list }]));
  const rules = [{ resources: ["remote_cluster"], verbs: ["update", "delete"] }];
  root.addRole(name, { allow: { clusterLabels: { values }, rules } });
  return root.connect({ credentials: await root.login(name, [name]) });
}

async function namesSeenBy({ presence }: AuthClients): Promise<(string | undefined)[]> {
  return (await presence.listRemoteClusters({})).remoteClusters.map(({ metadata }) => metadata?.name);
}

test("who may see which leaf: labels hide, and a hidden leaf looks like a missing one", async () => {
  assert.deepEqual(await namesSeenBy(admin), ["plain", "prod", "stage"]);
  const nobody = await viewer("no-labels", {});
  assert.deepEqual(await namesSeenBy(nobody), ["plain"]);
  const prod = await viewer("prod-only", { env: ["prod"] });
  assert.deepEqual(await namesSeenBy(prod), ["prod"]);
  const hidden = await failure(prod.presence.getRemoteCluster({ name: "stage" }));
  const missing = await failure(prod.presence.getRemoteCluster({ name: "none" }));
  assert.equal(hidden.code, Code.NotFound);
  assert.equal(hidden.rawMessage, 'remote cluster "stage" is not found');
  assert.equal(missing.rawMessage, 'remote cluster "none" is not found');
});

test("a page is cut before hidden leaves are left out: it may be empty and not the last", async () => {
  const { presence } = await viewer("stage-only", { env: ["stage"] });
  const first = await presence.listRemoteClusters({ pageSize: 2 });
  assert.deepEqual([first.remoteClusters.length, first.nextPageToken], [0, "stage"]);
  const second = await presence.listRemoteClusters({ pageSize: 2, pageToken: first.nextPageToken });
  assert.deepEqual([second.remoteClusters.length, second.nextPageToken], [1, ""]);
});

test("a mask changes what it names, and moves the revision", async () => {
  const before = await admin.presence.getRemoteCluster({ name: "prod" });
  const updated = await admin.presence.updateRemoteCluster({
    remoteCluster: {
      metadata: { name: "prod", labels: { a: "b" }, description: "ignored" },
      status: { connection: "x" },
    },
    updateMask: { paths: ["Metadata.Labels", "Metadata.Labels"] },
  });
  assert.deepEqual(updated.metadata?.labels, { a: "b" });
  assert.equal(updated.metadata?.description, "");
  assert.equal(updated.status?.connection, "offline");
  assert.notEqual(updated.metadata?.revision, before.metadata?.revision);
});

test("without a mask, and by the legacy call, metadata and status are the given ones", async () => {
  const given = { metadata: { name: "prod", labels: { c: "d" }, description: "e" }, status: { connection: "online" } };
  const updated = await admin.presence.updateRemoteCluster({ remoteCluster: given });
  assert.deepEqual(updated.metadata?.labels, { c: "d" });
  assert.equal(updated.metadata?.description, "e");
  assert.equal(updated.status?.connection, "online");
  await admin.auth.updateRemoteCluster({
    metadata: { name: "prod", labels: { f: "g" } },
    status: { connection: "offline" },
  });
  const read = await admin.presence.getRemoteCluster({ name: "prod" });
  assert.deepEqual(read.metadata?.labels, { f: "g" });
});

const named = { metadata: { name: "prod" } };
const refused: readonly (readonly [name: string, call: () => Promise<unknown>, code: Code, message: string])[] = [
  ["nothing", () => admin.presence.updateRemoteCluster({}), Code.InvalidArgument, "remote_cluster: must not be nil"],
  [
    "no name",
    () => admin.presence.updateRemoteCluster({ remoteCluster: {} }),
    Code.InvalidArgument,
    "remote_cluster.Metadata.Name: must be non-empty",
  ],
  [
    "an unknown path",
    () => admin.presence.updateRemoteCluster({ remoteCluster: named, updateMask: { paths: ["Metadata.Name"] } }),
    Code.InvalidArgument,
    'unsupported field: "Metadata.Name"',
  ],
  ["get without a name", () => admin.presence.getRemoteCluster({}), Code.InvalidArgument, "name: must be specified"],
  [
    "delete without a name",
    () => admin.presence.deleteRemoteCluster({}),
    Code.InvalidArgument,
    "name: must be specified",
  ],
  [
    "delete the root itself",
    () => admin.presence.deleteRemoteCluster({ name: "root.example.com" }),
    Code.InvalidArgument,
    'remote cluster "root.example.com" is the name of this root cluster and cannot be removed.',
  ],
];

for (const [name, call, code, message] of refused) {
  test(`refuses on remote clusters: ${name}`, async () => {
    const error = await failure(call());
    assert.equal(error.code, code);
    assert.equal(error.rawMessage, message);
  });
}

test("verbs: who may only look may not change", async () => {
  root.addRole("looker", { allow: { rules: [{ resources: ["remote_cluster"], verbs: ["read", "list"] }] } });
  const { presence } = root.connect({ credentials: await root.login("lou", ["looker"]) });
  const update = await failure(presence.updateRemoteCluster({ remoteCluster: named }));
  assert.equal(update.rawMessage, 'access denied to perform action "update" on "remote_cluster"');
  const remove = await failure(presence.deleteRemoteCluster({ name: "prod" }));
  assert.equal(remove.rawMessage, 'access denied to perform action "delete" on "remote_cluster"');
});
