import { grpcMethod } from "../grpc";
import type { Call, Channel } from "./channel";
import type { LeafThroughRoot } from "./cluster";
import { Empty } from "./gen/google/protobuf/empty";
import { RoleV6 } from "./gen/teleport/types/role";
import { UserV2 } from "./gen/teleport/types/user";
import { createNodes } from "./nodes";

const auth = "/proto.AuthService";
const currentUserMethod = grpcMethod(`${auth}/GetCurrentUser`, Empty, UserV2);
const currentRolesMethod = grpcMethod(`${auth}/GetCurrentUserRoles`, Empty, RoleV6);

/** What a root's user may ask of a leaf without any permission, and its nodes. */
export function createLeafThroughRoot(channel: Channel): LeafThroughRoot {
  const call = (action: string, signal: AbortSignal): Call => ({ action, repetition: "repeatable", signal });
  return {
    currentUser: (signal) =>
      channel.unary(currentUserMethod, Empty.create(), call("read whom this identity is", signal)),
    currentRoles: (signal) =>
      channel.collect(currentRolesMethod, Empty.create(), call("read the roles of this identity", signal)),
    nodes: createNodes(channel),
  };
}
