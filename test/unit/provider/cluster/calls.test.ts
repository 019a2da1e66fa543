// Retries, deadlines and what becomes of a server's errors, over a real connection.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { RoleV6, Timestamp, TrustedClusterV2 } from "../../../../provider/cluster";
import { Empty } from "../../../../provider/cluster/gen/google/protobuf/empty";
import {
  CreateRoleRequest,
  CreateTokenV2Request,
  DeleteRoleRequest,
  GetRoleRequest,
} from "../../../../provider/cluster/gen/teleport/auth/auth_service";
import { CreateTrustedClusterRequest } from "../../../../provider/cluster/gen/teleport/trust/v1/trust_service";
import { ResourceRequest } from "../../../../provider/cluster/gen/teleport/types/metadata";
import { ProvisionTokenV2 } from "../../../../provider/cluster/gen/teleport/types/provision_token";
import { GrpcError, GrpcStatus, grpcMethod, type Route, unaryRoute } from "../../../../provider/grpc";
import { Problem } from "../../../../trust";
import { Cleanup } from "../../../support/grpc-peers";
import { testCluster } from "../../../support/test-cluster";

const getRole = grpcMethod("/proto.AuthService/GetRole", GetRoleRequest, RoleV6);
const createRole = grpcMethod("/proto.AuthService/CreateRole", CreateRoleRequest, RoleV6);
const deleteRole = grpcMethod("/proto.AuthService/DeleteRole", DeleteRoleRequest, Empty);
const getToken = grpcMethod("/proto.AuthService/GetToken", ResourceRequest, ProvisionTokenV2);
const createToken = grpcMethod("/proto.AuthService/CreateTokenV2", CreateTokenV2Request, Empty);
const createTrusted = grpcMethod(
  "/teleport.trust.v1.TrustService/CreateTrustedCluster",
  CreateTrustedClusterRequest,
  TrustedClusterV2,
);

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const signal = () => new AbortController().signal;
const visitor = RoleV6.fromPartial({ kind: "role", version: "v7", metadata: { name: "visitor" } });

/** Fails with these statuses one after another, then answers. */
function failing(statuses: readonly GrpcStatus[], message = "try later"): () => RoleV6 {
  const left = [...statuses];
  return () => {
    const status = left.shift();
    if (status !== undefined) throw new GrpcError(status, message);
    return visitor;
  };
}

async function problemOf(call: Promise<unknown>): Promise<Problem> {
  const error = await call.then(
    () => assert.fail("the call succeeded"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
}

test("reads again what the server could not answer, and waits longer each time", async () => {
  const { UNAVAILABLE, ABORTED, RESOURCE_EXHAUSTED } = GrpcStatus;
  const routes = [unaryRoute(getRole, failing([UNAVAILABLE, ABORTED, RESOURCE_EXHAUSTED]))];
  const { cluster, around } = await testCluster(cleanup, { routes });
  assert.equal((await cluster.roles.get("visitor", signal()))?.metadata?.name, "visitor");
  assert.deepEqual(around.waits, [1000, 2000, 4000]);
});

test("gives up when the budget is spent", async () => {
  const routes = [unaryRoute(getRole, failing(Array(10).fill(GrpcStatus.UNAVAILABLE)))];
  const { cluster, calls } = await testCluster(cleanup, { routes });
  const problem = await problemOf(cluster.roles.get("visitor", signal()));
  assert.equal(problem.code, "API_UNAVAILABLE");
  assert.equal(problem.what, `cannot read role "visitor" in ${cluster.title}: try later`);
  assert.equal(calls.length, 4);
});

test("does not create twice when nobody knows whether the first time worked", async () => {
  const routes = [unaryRoute(createRole, failing([GrpcStatus.UNAVAILABLE]))];
  const { cluster, calls } = await testCluster(cleanup, { routes });
  assert.equal((await problemOf(cluster.roles.create(visitor, signal()))).code, "API_UNAVAILABLE");
  assert.deepEqual(calls, ["CreateRole"]);
});

test("does not create twice when the connection is lost after sending", async () => {
  const { cluster, calls } = await testCluster(cleanup, {
    routes: [unaryRoute(createRole, () => visitor)],
    onStream: (stream) => stream.session?.destroy(),
  });
  assert.equal((await problemOf(cluster.roles.create(visitor, signal()))).code, "API_UNAVAILABLE");
  assert.deepEqual(calls, ["CreateRole"]);
});

test("creates again when the server says that it did not act", async () => {
  const { cluster, calls } = await testCluster(cleanup, {
    routes: [unaryRoute(createRole, failing([GrpcStatus.ABORTED]))],
  });
  assert.equal((await cluster.roles.create(visitor, signal()))?.metadata?.name, "visitor");
  assert.deepEqual(calls, ["CreateRole", "CreateRole"]);
});

test("waits for a server that restarts, once it was connected", async () => {
  let answered = 0;
  const { cluster, server } = await testCluster(cleanup, {
    routes: [
      unaryRoute(getRole, () => {
        answered++;
        return visitor;
      }),
    ],
  });
  await cluster.roles.get("visitor", signal());
  server.drop();
  await cluster.roles.get("visitor", signal());
  assert.equal(answered, 2);
  assert.equal(server.connections(), 2);
});

test("says what a missing permission is, and does not mix it up with a missing object", async () => {
  const routes = [
    unaryRoute(getRole, failing([GrpcStatus.NOT_FOUND], "role visitor is not found")),
    unaryRoute(deleteRole, () => {
      throw new GrpcError(GrpcStatus.PERMISSION_DENIED, 'access denied to perform action "delete" on "role"');
    }),
  ];
  const { cluster } = await testCluster(cleanup, { routes });
  assert.equal(await cluster.roles.get("visitor", signal()), undefined);
  const problem = await problemOf(cluster.roles.delete("visitor", signal()));
  assert.equal(problem.code, "API_ACCESS_DENIED");
  assert.equal(
    problem.what,
    `cannot delete role "visitor" in ${cluster.title}: access denied to perform action "delete" on "role"`,
  );
  assert.equal(
    problem.next,
    "A role of the identity that applies needs `delete` on `role` in its rules; a changed list of roles takes effect with the next certificate.",
  );
});

test("takes the deletion of what is gone for done", async () => {
  const routes = [
    unaryRoute(deleteRole, () => {
      throw new GrpcError(GrpcStatus.NOT_FOUND, 'role "visitor" is not found');
    }),
  ];
  const { cluster } = await testCluster(cleanup, { routes });
  await cluster.roles.delete("visitor", signal());
});

const statuses: readonly (readonly [status: GrpcStatus, message: string, code: string, next: RegExp])[] = [
  [GrpcStatus.ALREADY_EXISTS, "role visitor already exists", "API_ALREADY_EXISTS", /^Import the existing one/],
  [GrpcStatus.INVALID_ARGUMENT, "missing name", "API_INVALID", /^Change the configuration as the cluster says/],
  [GrpcStatus.FAILED_PRECONDITION, "revision differs", "API_CONFLICT", /^Somebody changed it at the same time/],
  [GrpcStatus.UNAUTHENTICATED, "who are you", "API_ACCESS_DENIED", /needs `create` on `role`/],
  [
    GrpcStatus.PERMISSION_DENIED,
    "admin-level API request requires MFA verification",
    "API_ACCESS_DENIED",
    /a bot's identity/,
  ],
  [
    GrpcStatus.UNKNOWN,
    "failed to delete a role that is still in use by a user",
    "API_CONFLICT",
    /^Take it out of the users/,
  ],
  [GrpcStatus.DEADLINE_EXCEEDED, "too slow", "API_TIMEOUT", /^The cluster did not answer in time/],
  [GrpcStatus.RESOURCE_EXHAUSTED, "rate limit exceeded", "API_LIMIT", /^Wait a little and apply again/],
  [GrpcStatus.DATA_LOSS, "broken", "API_UNEXPECTED", /^Look into the log of the cluster's Auth/],
];

for (const [status, message, code, next] of statuses) {
  test(`explains ${GrpcStatus[status]}: ${message}`, async () => {
    const { cluster } = await testCluster(cleanup, {
      routes: [unaryRoute(createRole, failing(Array(9).fill(status), message))],
    });
    const problem = await problemOf(cluster.roles.create(visitor, signal()));
    assert.equal(problem.code, code);
    assert.equal(problem.what, `cannot create role "visitor" in ${cluster.title}: ${message}`);
    assert.match(problem.next, next);
  });
}

test("keeps a token's name out of every text, also where the server repeats it", async () => {
  const secret = 'tt-0a1b2c3d-"geheim"/ä';
  const says = (text: string) => () => {
    throw new GrpcError(GrpcStatus.UNKNOWN, text);
  };
  const routes: Route[] = [
    unaryRoute(
      createToken,
      says(`key "/tokens/${secret}" already exists, ${JSON.stringify(secret)}, ${encodeURIComponent(secret)}`),
    ),
    unaryRoute(getToken, says("provisioning token(************heim) not there")),
    unaryRoute(createTrusted, says(`the token ${secret} was refused`)),
  ];
  const { cluster } = await testCluster(cleanup, { routes });
  const token = ProvisionTokenV2.fromPartial({ metadata: { name: secret, expires: Timestamp.create() } });
  const trusted = TrustedClusterV2.fromPartial({ metadata: { name: "root" }, spec: { token: secret } });
  const problems = [
    await problemOf(cluster.tokens.create(token, signal())),
    await problemOf(cluster.tokens.get(secret, signal())),
    await problemOf(cluster.trustedClusters.create(trusted, signal())),
  ];
  assert.deepEqual(
    problems.map(({ what }) => what),
    [
      `cannot create a provision token in ${cluster.title}: key "/tokens/(secret)" already exists, "(secret)", (secret)`,
      `cannot read a provision token in ${cluster.title}: provisioning token not there`,
      `cannot create trusted cluster "root" in ${cluster.title}: the token (secret) was refused`,
    ],
  );
  assert.ok(problems.every(({ cause }) => cause === undefined));
});

test("stops waiting when it is cancelled", async () => {
  const controller = new AbortController();
  const routes = [unaryRoute(getRole, failing(Array(10).fill(GrpcStatus.UNAVAILABLE)))];
  const sleep = async () => {
    controller.abort();
    throw controller.signal.reason;
  };
  const { cluster, calls } = await testCluster(cleanup, { routes }, { sleep });
  assert.equal((await problemOf(cluster.roles.get("visitor", controller.signal))).code, "API_CANCELLED");
  assert.equal(calls.length, 1);
});
