// Which calls users take, against servers of several ages.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { UserV2 } from "../../../../provider/cluster";
import { Empty } from "../../../../provider/cluster/gen/google/protobuf/empty";
import { GetUserRequest as LegacyGetUserRequest } from "../../../../provider/cluster/gen/teleport/auth/auth_service";
import {
  GetUserRequest,
  GetUserResponse,
  UpdateUserRequest,
  UpdateUserResponse,
} from "../../../../provider/cluster/gen/teleport/users/v1/users_service";
import { GrpcError, GrpcStatus, grpcMethod, unaryRoute } from "../../../../provider/grpc";
import { Cleanup } from "../../../support/grpc-peers";
import { testCluster } from "../../../support/test-cluster";

const users = "/teleport.users.v1.UsersService";
const getUser = grpcMethod(`${users}/GetUser`, GetUserRequest, GetUserResponse);
const updateUser = grpcMethod(`${users}/UpdateUser`, UpdateUserRequest, UpdateUserResponse);
const legacyGetUser = grpcMethod("/proto.AuthService/GetUser", LegacyGetUserRequest, UserV2);
const legacyUpdateUser = grpcMethod("/proto.AuthService/UpdateUser", UserV2, Empty);

const cleanup = new Cleanup();
afterEach(() => cleanup.run());
const signal = () => new AbortController().signal;
const alice = UserV2.fromPartial({ metadata: { name: "alice", revision: "r1" }, spec: { roles: ["access"] } });

test("a user is read and written by users.v1, without secrets and with its revision", async () => {
  let written: UserV2 | undefined;
  const routes = [
    unaryRoute(getUser, ({ name, with_secrets }) => {
      assert.deepEqual([name, with_secrets], ["alice", false]);
      return { user: alice };
    }),
    unaryRoute(updateUser, ({ user }) => {
      written = user;
      return { user };
    }),
  ];
  const { cluster, calls } = await testCluster(cleanup, { routes });
  const found = await cluster.users.get("alice", signal());
  assert.deepEqual(found?.spec?.roles, ["access"]);
  await cluster.users.update(alice, signal());
  assert.equal(written?.metadata?.revision, "r1");
  assert.deepEqual(calls, ["GetUser", "UpdateUser"]);
});

test("a server without users.v1 is asked by the Auth service, and the difference is remembered", async () => {
  const routes = [unaryRoute(legacyGetUser, () => alice), unaryRoute(legacyUpdateUser, () => Empty.create())];
  const { cluster, calls } = await testCluster(cleanup, { routes });
  assert.equal((await cluster.users.get("alice", signal()))?.metadata?.name, "alice");
  assert.equal(await cluster.users.update(alice, signal()), undefined);
  assert.deepEqual(calls, ["GetUser", "GetUser", "UpdateUser"]);
});

test("an unknown user is undefined; a moved revision is a conflict that tells user and cluster", async () => {
  const failing = (status: GrpcStatus, text: string) => () => {
    throw new GrpcError(status, text);
  };
  const routes = [
    unaryRoute(getUser, failing(GrpcStatus.NOT_FOUND, 'user "nobody" not found')),
    unaryRoute(updateUser, failing(GrpcStatus.FAILED_PRECONDITION, "resource revision does not match")),
  ];
  const { cluster } = await testCluster(cleanup, { routes });
  assert.equal(await cluster.users.get("nobody", signal()), undefined);
  await assert.rejects(cluster.users.update(alice, signal()), ({ code, what }: { code: string; what: string }) => {
    assert.match(what, /^cannot update user "alice" in cluster "leaf" \(.*\): resource revision does not match$/);
    return code === "API_CONFLICT";
  });
});
