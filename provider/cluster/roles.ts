import { Problem } from "../../trust";
import { grpcMethod } from "../grpc";
import type { Call, Channel } from "./channel";
import type { Roles } from "./cluster";
import { Empty } from "./gen/google/protobuf/empty";
import {
  CreateRoleRequest,
  DeleteRoleRequest,
  GetRoleRequest,
  GetRolesResponse,
  ListRolesRequest,
  ListRolesResponse,
  UpdateRoleRequest,
  UpsertRoleRequest,
} from "./gen/teleport/auth/auth_service";
import { RoleV6 } from "./gen/teleport/types/role";
import { goneIsFine, undefinedIfNotFound } from "./not-found";
import { allPages } from "./pages";

const auth = "/proto.AuthService";
const getMethod = grpcMethod(`${auth}/GetRole`, GetRoleRequest, RoleV6);
const listMethod = grpcMethod(`${auth}/ListRoles`, ListRolesRequest, ListRolesResponse);
const getAllMethod = grpcMethod(`${auth}/GetRoles`, Empty, GetRolesResponse);
const createMethod = grpcMethod(`${auth}/CreateRole`, CreateRoleRequest, RoleV6);
const updateMethod = grpcMethod(`${auth}/UpdateRole`, UpdateRoleRequest, RoleV6);
const upsertMethod = grpcMethod(`${auth}/UpsertRoleV2`, UpsertRoleRequest, RoleV6);
const legacyUpsertMethod = grpcMethod(`${auth}/UpsertRole`, RoleV6, Empty);
const deleteMethod = grpcMethod(`${auth}/DeleteRole`, DeleteRoleRequest, Empty);

/**
 * The roles of a cluster.
 *
 * Create and conditional update are there from 14.2 on; before, a look and the legacy upsert take their place, which
 * leaves a moment in which somebody else's write is overwritten.
 */
export function createRoles(channel: Channel): Roles {
  const call = (
    verb: string,
    name: string,
    verbs: readonly string[],
    signal: AbortSignal,
  ): Omit<Call, "repetition"> => ({
    action: `${verb} role "${name}"`,
    needs: { resource: "role", verbs },
    signal,
  });

  const get = (name: string, signal: AbortSignal) => {
    const reading: Call = { ...call("read", name, ["read"], signal), repetition: "repeatable" };
    return undefinedIfNotFound(channel.unary(getMethod, GetRoleRequest.create({ name }), reading));
  };

  const legacyUpsert = async (message: RoleV6, verb: string, signal: AbortSignal): Promise<undefined> => {
    const writing: Call = { ...call(verb, nameOf(message), ["create", "update"], signal), repetition: "repeatable" };
    await channel.unary(legacyUpsertMethod, message, writing);
    return undefined;
  };

  const upsert = (message: RoleV6, signal: AbortSignal) =>
    channel.preferring<RoleV6 | undefined>(
      "role writes",
      () => {
        const writing: Call = {
          ...call("update", nameOf(message), ["create", "update"], signal),
          repetition: "repeatable",
        };
        return channel.unary(upsertMethod, { role: message }, writing);
      },
      () => legacyUpsert(message, "update", signal),
    );

  return {
    get,
    create: (message, signal) =>
      channel.preferring<RoleV6 | undefined>(
        "role writes",
        () => {
          const writing: Call = { ...call("create", nameOf(message), ["create"], signal), repetition: "once" };
          return channel.unary(createMethod, { role: message }, writing);
        },
        async () => {
          if ((await get(nameOf(message), signal)) !== undefined) throw alreadyExists(channel, nameOf(message));
          return legacyUpsert(message, "create", signal);
        },
      ),
    update: (message, signal) =>
      message.metadata?.revision
        ? channel.preferring<RoleV6 | undefined>(
            "role writes",
            () => {
              const writing: Call = { ...call("update", nameOf(message), ["update"], signal), repetition: "once" };
              return channel.unary(updateMethod, { role: message }, writing);
            },
            () => legacyUpsert(message, "update", signal),
          )
        : upsert(message, signal),
    delete: (name, signal) => {
      const deleting: Call = { ...call("delete", name, ["delete"], signal), repetition: "repeatable" };
      return goneIsFine(channel.unary(deleteMethod, DeleteRoleRequest.create({ name }), deleting));
    },
    list: (signal) => {
      const listing: Call = {
        action: "list roles",
        needs: { resource: "role", verbs: ["list", "read"] },
        repetition: "repeatable",
        signal,
      };
      return channel.preferring(
        "ListRoles",
        () =>
          allPages(async (start_key) => {
            const answer = await channel.unary(
              listMethod,
              ListRolesRequest.create({ limit: 1000, start_key }),
              listing,
            );
            return { items: answer.roles, next: answer.next_key };
          }),
        async () => (await channel.unary(getAllMethod, Empty.create(), listing)).roles,
      );
    },
  };
}

function nameOf(message: RoleV6): string {
  return message.metadata?.name ?? "";
}

function alreadyExists(channel: Channel, name: string): Problem {
  const what = `role "${name}" already exists in ${channel.title}`;
  return new Problem(
    "API_ALREADY_EXISTS",
    what,
    [],
    "Import the existing one with `terraform import`, or choose another name.",
  );
}
