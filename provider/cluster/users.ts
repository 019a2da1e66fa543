import { grpcMethod } from "../grpc";
import type { Call, Channel } from "./channel";
import type { Users } from "./cluster";
import { Empty } from "./gen/google/protobuf/empty";
import { GetUserRequest as LegacyGetUserRequest } from "./gen/teleport/auth/auth_service";
import { UserV2 } from "./gen/teleport/types/user";
import {
  GetUserRequest,
  GetUserResponse,
  UpdateUserRequest,
  UpdateUserResponse,
} from "./gen/teleport/users/v1/users_service";
import { undefinedIfNotFound } from "./not-found";

const users = "/teleport.users.v1.UsersService";
const getMethod = grpcMethod(`${users}/GetUser`, GetUserRequest, GetUserResponse);
const updateMethod = grpcMethod(`${users}/UpdateUser`, UpdateUserRequest, UpdateUserResponse);

const auth = "/proto.AuthService";
const legacyGetMethod = grpcMethod(`${auth}/GetUser`, LegacyGetUserRequest, UserV2);
const legacyUpdateMethod = grpcMethod(`${auth}/UpdateUser`, UserV2, Empty);

/**
 * The users of a cluster: users.v1 where the server has it (15 and later), the Auth service before.
 *
 * Secrets of a user (password, second factors) are never asked for, and a write without them leaves them as they are.
 */
export function createUsers(channel: Channel): Users {
  const call = (verb: "read" | "update", name: string, signal: AbortSignal): Omit<Call, "repetition"> => ({
    action: `${verb} user "${name}"`,
    needs: { resource: "user", verbs: [verb] },
    signal,
  });

  return {
    get: (name, signal) => {
      const reading: Call = { ...call("read", name, signal), repetition: "repeatable" };
      return undefinedIfNotFound(
        channel.preferring<UserV2 | undefined>(
          "users.v1",
          async () => (await channel.unary(getMethod, GetUserRequest.create({ name }), reading)).user,
          () => channel.unary(legacyGetMethod, LegacyGetUserRequest.create({ name }), reading),
        ),
      );
    },
    update: (message, signal) => {
      // Not repeated: whether a lost answer meant success is seen by reading again.
      const writing: Call = { ...call("update", message.metadata?.name ?? "", signal), repetition: "once" };
      return channel.preferring<UserV2 | undefined>(
        "users.v1",
        async () => (await channel.unary(updateMethod, { user: message }, writing)).user,
        async () => {
          await channel.unary(legacyUpdateMethod, message, writing);
          return undefined;
        },
      );
    },
  };
}
