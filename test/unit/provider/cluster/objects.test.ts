// Which calls each kind of object makes, against servers of several ages.
import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, test } from "node:test";

import { ProvisionTokenV2, RemoteClusterV3, RoleV6, TrustedClusterV2 } from "../../../../provider/cluster";
import { Empty } from "../../../../provider/cluster/gen/google/protobuf/empty";
import {
  GetRoleRequest,
  GetRolesResponse,
  ListRolesRequest,
  ListRolesResponse,
  UpdateRoleRequest,
  UpsertTokenV2Request,
} from "../../../../provider/cluster/gen/teleport/auth/auth_service";
import {
  GetRemoteClusterRequest,
  ListRemoteClustersRequest,
  ListRemoteClustersResponse,
  UpdateRemoteClusterRequest,
} from "../../../../provider/cluster/gen/teleport/presence/v1/presence_service";
import {
  UpdateTrustedClusterRequest,
  UpsertTrustedClusterRequest,
} from "../../../../provider/cluster/gen/teleport/trust/v1/trust_service";
import { ResourceRequest } from "../../../../provider/cluster/gen/teleport/types/metadata";
import { TrustedClusterV2List } from "../../../../provider/cluster/gen/teleport/types/trusted_cluster";
import { GrpcError, GrpcStatus, grpcMethod, streamRoute, unaryRoute } from "../../../../provider/grpc";
import { Cleanup } from "../../../support/grpc-peers";
import { testCluster } from "../../../support/test-cluster";

const auth = "/proto.AuthService";
const presence = "/teleport.presence.v1.PresenceService";
const trust = "/teleport.trust.v1.TrustService";
const getTrusted = grpcMethod(`${auth}/GetTrustedCluster`, ResourceRequest, TrustedClusterV2);
const allTrusted = grpcMethod(`${auth}/GetTrustedClusters`, Empty, TrustedClusterV2List);
const legacyUpsert = grpcMethod(`${auth}/UpsertTrustedCluster`, TrustedClusterV2, TrustedClusterV2);
const upsertTrusted = grpcMethod(`${trust}/UpsertTrustedCluster`, UpsertTrustedClusterRequest, TrustedClusterV2);
const updateTrusted = grpcMethod(`${trust}/UpdateTrustedCluster`, UpdateTrustedClusterRequest, TrustedClusterV2);
const getRemote = grpcMethod(`${presence}/GetRemoteCluster`, GetRemoteClusterRequest, RemoteClusterV3);
const listRemote = grpcMethod(`${presence}/ListRemoteClusters`, ListRemoteClustersRequest, ListRemoteClustersResponse);
const updateRemote = grpcMethod(`${presence}/UpdateRemoteCluster`, UpdateRemoteClusterRequest, RemoteClusterV3);
const legacyUpdateRemote = grpcMethod(`${auth}/UpdateRemoteCluster`, RemoteClusterV3, Empty);
const getRole = grpcMethod(`${auth}/GetRole`, GetRoleRequest, RoleV6);
const listRoles = grpcMethod(`${auth}/ListRoles`, ListRolesRequest, ListRolesResponse);
const allRoles = grpcMethod(`${auth}/GetRoles`, Empty, GetRolesResponse);
const updateRole = grpcMethod(`${auth}/UpdateRole`, UpdateRoleRequest, RoleV6);
const legacyUpsertRole = grpcMethod(`${auth}/UpsertRole`, RoleV6, Empty);
const currentRoles = grpcMethod(`${auth}/GetCurrentUserRoles`, Empty, RoleV6);
const upsertToken = grpcMethod(`${auth}/UpsertTokenV2`, UpsertTokenV2Request, Empty);

const cleanup = new Cleanup();
afterEach(() => cleanup.run());
const signal = () => new AbortController().signal;

const root = TrustedClusterV2.fromPartial({ metadata: { name: "root", revision: "r1" }, spec: { enabled: true } });
const notFound = (what: string) => () => {
  throw new GrpcError(GrpcStatus.NOT_FOUND, `${what} is not found`);
};

function json(status: number, body: unknown) {
  return (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
}

test("writes trusted clusters by trust.v1, on condition of the revision", async () => {
  let sent: UpdateTrustedClusterRequest | undefined;
  const routes = [
    unaryRoute(updateTrusted, (request) => {
      sent = request;
      return request.trusted_cluster ?? root;
    }),
  ];
  const { cluster, calls } = await testCluster(cleanup, { routes });
  await cluster.trustedClusters.update(root, signal());
  assert.equal(sent?.trusted_cluster?.metadata?.revision, "r1");
  assert.deepEqual(calls, ["UpdateTrustedCluster"]);
});

test("upserts where the server gives no revisions", async () => {
  const routes = [unaryRoute(upsertTrusted, ({ trusted_cluster }) => trusted_cluster ?? root)];
  const { cluster, calls } = await testCluster(cleanup, { routes });
  await cluster.trustedClusters.update(TrustedClusterV2.fromPartial({ metadata: { name: "root" } }), signal());
  assert.deepEqual(calls, ["UpsertTrustedCluster"]);
});

test("falls back to the legacy upsert, and asks for trust.v1 only once", async () => {
  const routes = [unaryRoute(getTrusted, notFound("trusted cluster")), unaryRoute(legacyUpsert, (message) => message)];
  const { cluster, calls } = await testCluster(cleanup, { routes });
  await cluster.trustedClusters.create(root, signal());
  await cluster.trustedClusters.update(root, signal());
  assert.deepEqual(calls, [
    "CreateTrustedCluster",
    "GetTrustedCluster",
    "UpsertTrustedCluster",
    "UpsertTrustedCluster",
  ]);
});

test("refuses to create over an existing trusted cluster where the server would overwrite it", async () => {
  const { cluster, calls } = await testCluster(cleanup, { routes: [unaryRoute(getTrusted, () => root)] });
  await assert.rejects(cluster.trustedClusters.create(root, signal()), {
    code: "API_ALREADY_EXISTS",
    what: `trusted cluster "root" already exists in ${cluster.title}`,
  });
  assert.deepEqual(calls, ["CreateTrustedCluster", "GetTrustedCluster"]);
});

test("takes a write that would have no effect for done", async () => {
  const routes = [
    unaryRoute(getTrusted, () => root),
    unaryRoute(legacyUpsert, () => {
      const text = "leaf cluster is already enabled, this update would have no effect";
      throw new GrpcError(GrpcStatus.ALREADY_EXISTS, text);
    }),
  ];
  const { cluster } = await testCluster(cleanup, { routes });
  assert.equal((await cluster.trustedClusters.upsert(root, signal())).metadata?.revision, "r1");
});

test("lists trusted clusters by the legacy call where the paged one is missing", async () => {
  const list = TrustedClusterV2List.fromPartial({ trusted_clusters: [{ metadata: { name: "root" } }] });
  const { cluster, calls } = await testCluster(cleanup, { routes: [unaryRoute(allTrusted, () => list)] });
  assert.equal((await cluster.trustedClusters.list(signal())).length, 1);
  assert.deepEqual(calls, ["ListTrustedClusters", "GetTrustedClusters"]);
});

test("walks all pages of remote clusters, also empty ones", async () => {
  const pages: Record<string, { names: string[]; next: string }> = {
    "": { names: ["a"], next: "p2" },
    p2: { names: [], next: "p3" },
    p3: { names: ["b"], next: "" },
  };
  const routes = [
    unaryRoute(listRemote, ({ page_token }) => {
      const { names, next } = pages[page_token] ?? { names: [], next: "" };
      const remote_clusters = names.map((name) => ({ metadata: { name } }));
      return ListRemoteClustersResponse.fromPartial({ remote_clusters, next_page_token: next });
    }),
  ];
  const { cluster } = await testCluster(cleanup, { routes });
  const names = (await cluster.remoteClusters.list(signal())).map(({ metadata }) => metadata?.name);
  assert.deepEqual(names, ["a", "b"]);
});

test("ends when the server's pages go round in a circle", async () => {
  const routes = [unaryRoute(listRemote, () => ListRemoteClustersResponse.fromPartial({ next_page_token: "again" }))];
  const { cluster } = await testCluster(cleanup, { routes });
  await assert.rejects(
    cluster.remoteClusters.list(signal()),
    /protocol error: the server's pages go round in a circle/,
  );
});

test("updates labels and description of a remote cluster and nothing else", async () => {
  let sent: UpdateRemoteClusterRequest | undefined;
  const routes = [
    unaryRoute(updateRemote, (request) => {
      sent = request;
      return request.remote_cluster ?? RemoteClusterV3.create();
    }),
  ];
  const { cluster } = await testCluster(cleanup, { routes });
  const message = RemoteClusterV3.fromPartial({ metadata: { name: "leaf", labels: { env: "demo" } } });
  await cluster.remoteClusters.update(message, signal());
  assert.deepEqual(sent?.update_mask, ["Metadata.Description", "Metadata.Labels"]);
  assert.deepEqual(sent?.remote_cluster?.metadata?.labels, { env: "demo" });
});

const remoteJson = {
  kind: "remote_cluster",
  version: "v3",
  metadata: { name: "leaf", labels: { env: "demo" }, id: 7 },
  status: { connection: "online", last_heartbeat: "2026-11-22T10:00:00.25Z" },
};

test("speaks the legacy HTTP API to servers without presence.v1", async () => {
  const { cluster, calls } = await testCluster(cleanup, { http: json(200, remoteJson) });
  const remote = await cluster.remoteClusters.get("leaf", signal());
  assert.deepEqual(remote?.metadata?.labels, { env: "demo" });
  assert.equal(remote?.status?.connection, "online");
  assert.equal(remote?.status?.last_heartbeat?.seconds, 1_795_341_600n);
  assert.equal(remote?.status?.last_heartbeat?.nanos, 250_000_000);
  await cluster.remoteClusters.delete("leaf", signal());
  assert.deepEqual(calls, ["GetRemoteCluster", "GET /v2/remoteclusters/leaf", "DELETE /v2/remoteclusters/leaf"]);
});

test("gives an old server back the status that it last said, since its update overwrites it", async () => {
  let sent: RemoteClusterV3 | undefined;
  const routes = [
    unaryRoute(legacyUpdateRemote, (message) => {
      sent = message;
      return Empty.create();
    }),
  ];
  const { cluster } = await testCluster(cleanup, { routes, http: json(200, remoteJson) });
  const message = RemoteClusterV3.fromPartial({ metadata: { name: "leaf", labels: { env: "prod" } } });
  assert.equal(await cluster.remoteClusters.update(message, signal()), undefined);
  assert.deepEqual(sent?.metadata?.labels, { env: "prod" });
  assert.equal(sent?.status?.connection, "online");
});

test("reads the legacy API's errors", async () => {
  const http = json(404, { error: { message: 'remote cluster "leaf" is not found' }, message: "other" });
  const { cluster } = await testCluster(cleanup, { http });
  assert.equal(await cluster.remoteClusters.get("leaf", signal()), undefined);
});

test("says what the legacy API refuses", async () => {
  const http = json(403, { message: "access denied" });
  const { cluster } = await testCluster(cleanup, { http });
  await assert.rejects(cluster.remoteClusters.get("leaf", signal()), {
    code: "API_ACCESS_DENIED",
    what: `cannot read remote cluster "leaf" in ${cluster.title}: access denied`,
  });
});

test("knows a remote cluster that is gone", async () => {
  const { cluster } = await testCluster(cleanup, { routes: [unaryRoute(getRemote, notFound("remote cluster"))] });
  assert.equal(await cluster.remoteClusters.get("leaf", signal()), undefined);
});

test("lists roles page by page, and at once where an old server knows no pages", async () => {
  const paged = [
    unaryRoute(listRoles, ({ start_key }) =>
      ListRolesResponse.fromPartial(
        start_key === ""
          ? { roles: [{ metadata: { name: "a" } }], next_key: "b" }
          : { roles: [{ metadata: { name: "b" } }] },
      ),
    ),
  ];
  const modern = await testCluster(cleanup, { routes: paged });
  assert.equal((await modern.cluster.roles.list(signal())).length, 2);
  const routes = [unaryRoute(allRoles, () => GetRolesResponse.fromPartial({ roles: [{ metadata: { name: "a" } }] }))];
  const old = await testCluster(cleanup, { routes });
  assert.equal((await old.cluster.roles.list(signal())).length, 1);
});

test("writes roles by the legacy upsert where nothing newer is there, after a look", async () => {
  const role = RoleV6.fromPartial({ metadata: { name: "visitor", revision: "r1" } });
  const routes = [unaryRoute(getRole, notFound("role")), unaryRoute(legacyUpsertRole, () => Empty.create())];
  const { cluster, calls } = await testCluster(cleanup, { routes });
  assert.equal(await cluster.roles.create(role, signal()), undefined);
  assert.equal(await cluster.roles.update(role, signal()), undefined);
  assert.deepEqual(calls, ["CreateRole", "GetRole", "UpsertRole", "UpsertRole"]);
});

test("updates a role on condition of its revision", async () => {
  const role = RoleV6.fromPartial({ metadata: { name: "visitor", revision: "r1" } });
  const routes = [
    unaryRoute(updateRole, () => {
      throw new GrpcError(
        GrpcStatus.FAILED_PRECONDITION,
        "resource revision does not match, it may have been concurrently created|modified|deleted",
      );
    }),
  ];
  const { cluster, calls } = await testCluster(cleanup, { routes });
  await assert.rejects(cluster.roles.update(role, signal()), { code: "API_CONFLICT" });
  assert.deepEqual(calls, ["UpdateRole"]);
});

// The codecs' own copies (`create`, `fromPartial`) drop unknown fields, so requests are made without them.
test("carries unknown fields of a role back", async () => {
  let sent: RoleV6 | undefined;
  // Field 4000, length-delimited, "new": what a newer server might have added.
  const bytes = Buffer.concat([
    RoleV6.encode(RoleV6.fromPartial({ metadata: { name: "x", revision: "r" } })).finish(),
    Buffer.from("82fa01036e6577", "hex"),
  ]);
  const routes = [
    unaryRoute(getRole, () => RoleV6.decode(bytes)),
    unaryRoute(updateRole, ({ role }) => {
      sent = role;
      return role ?? RoleV6.create();
    }),
  ];
  const { cluster } = await testCluster(cleanup, { routes });
  const read = await cluster.roles.get("x", signal());
  await cluster.roles.update(read ?? RoleV6.create(), signal());
  assert.deepEqual(Buffer.from(RoleV6.encode(sent ?? RoleV6.create()).finish()), bytes);
});

test("upserts tokens", async () => {
  let sent: UpsertTokenV2Request | undefined;
  const routes = [
    unaryRoute(upsertToken, (request) => {
      sent = request;
      return Empty.create();
    }),
  ];
  const { cluster } = await testCluster(cleanup, { routes });
  await cluster.tokens.upsert(ProvisionTokenV2.fromPartial({ metadata: { name: "tt" } }), signal());
  assert.equal(sent?.token?.v2.metadata?.name, "tt");
});

type Labels = Record<string, string[]>;

function role(name: string, allow: Labels, deny: Labels = {}, denyExpression = "") {
  const values = (labels: Labels) => ({
    values: Object.fromEntries(Object.entries(labels).map(([key, list]) => [key, { values: list }])),
  });
  return RoleV6.fromPartial({
    metadata: { name },
    spec: {
      allow: { cluster_labels: values(allow) },
      deny: { cluster_labels: values(deny), cluster_labels_expression: denyExpression },
    },
  });
}

const visibility: readonly (readonly [name: string, roles: RoleV6[], everything: boolean, seesDemo: boolean])[] = [
  ["a role with every label", [role("iac", { "*": ["*"] })], true, true],
  ["no cluster labels at all", [role("access", {})], false, false],
  ["a role with just that label", [role("demo", { env: ["demo"] })], false, true],
  ["a role with another label", [role("prod", { env: ["prod"] })], false, false],
  [
    "every label, but another role denies",
    [role("iac", { "*": ["*"] }), role("no", {}, { env: ["demo"] })],
    false,
    false,
  ],
  ["every label, but an expression denies", [role("iac", { "*": ["*"] }, {}, 'labels["env"] == "x"')], false, false],
];

for (const [name, roles, everything, seesDemo] of visibility) {
  test(`knows what the identity can see: ${name}`, async () => {
    const routes = [
      streamRoute(currentRoles, async function* () {
        yield* roles;
      }),
    ];
    const { cluster, calls } = await testCluster(cleanup, { routes });
    assert.equal(await cluster.seesEveryRemoteCluster(signal()), everything);
    assert.equal(await cluster.canSeeLabels({ env: "demo" }, signal()), seesDemo);
    assert.deepEqual(calls, ["GetCurrentUserRoles"]);
  });
}
