import { create } from "@bufbuild/protobuf";
import { EmptySchema } from "@bufbuild/protobuf/wkt";

import { GetRolesResponseSchema, ListRolesResponseSchema } from "../gen/teleport/auth/auth_service_pb";
import type { ProvisionTokenV2 } from "../gen/teleport/types/provision_token_pb";
import { ProvisionTokenV2ListSchema } from "../gen/teleport/types/provision_token_pb";
import type { RoleV6 } from "../gen/teleport/types/role_pb";
import { badParameter } from "../trace-error";
import type { AuthCalls } from "./auth-service";
import { callerOf, clientVersionOf } from "./call-context";
import type { AuthContext } from "./context";
import { rolePageOf } from "./page";
import { roleForClient } from "./role-downgrade";
import { createRole, deleteRole, getRole, listRoles, updateRole, upsertRole } from "./roles";
import { createToken, deleteToken, getToken, listTokens, upsertToken } from "./tokens";
import { createUser, deleteUser, getCurrentUser, getCurrentUserRoles, getUser, listUsers, updateUser } from "./users";

const empty = () => create(EmptySchema);

/** Provision tokens. The calls that later releases dropped (UpsertToken, GenerateToken …) are not served. */
export function tokenCalls(context: AuthContext): AuthCalls {
  return {
    getToken: ({ name }, call) => getToken(context, callerOf(call), name),
    getTokens: (_request, call) =>
      create(ProvisionTokenV2ListSchema, { provisionTokens: listTokens(context, callerOf(call)) }),
    createTokenV2: ({ token }, call) => {
      createToken(context, callerOf(call), given(token.value));
      return empty();
    },
    upsertTokenV2: ({ token }, call) => {
      upsertToken(context, callerOf(call), given(token.value));
      return empty();
    },
    deleteToken: ({ name }, call) => {
      deleteToken(context, callerOf(call), name);
      return empty();
    },
  };
}

/** Roles. Which calls there are depends on the release. */
export function roleCalls(context: AuthContext): AuthCalls {
  const { rules } = context;
  return {
    getRole: ({ name }, call) =>
      roleForClient(getRole(context, callerOf(call), name), clientVersionOf(call.requestHeader)),
    upsertRole: (role, call) => {
      upsertRole(context, callerOf(call), role);
      return empty();
    },
    deleteRole: ({ name }, call) => {
      deleteRole(context, callerOf(call), name);
      return empty();
    },
    ...(rules.getRoles && {
      getRoles: (_request, call) =>
        create(GetRolesResponseSchema, {
          roles: forClient(listRoles(context, callerOf(call)), call.requestHeader),
        }),
    }),
    ...(rules.roleV2Calls && roleV2Calls(context)),
  };
}

function roleV2Calls(context: AuthContext): AuthCalls {
  return {
    createRole: ({ role }, call) => createRole(context, callerOf(call), given(role)),
    updateRole: ({ role }, call) => updateRole(context, callerOf(call), given(role)),
    upsertRoleV2: ({ role }, call) => upsertRole(context, callerOf(call), given(role)),
    listRoles: ({ limit, startKey, filter }, call) => {
      const words = (filter?.searchKeywords ?? []).map((word) => word.toLowerCase());
      const roles = listRoles(context, callerOf(call)).filter((role) => mentions(role, words));
      const { items, next } = rolePageOf(roles, limit, startKey);
      return create(ListRolesResponseSchema, { roles: forClient(items, call.requestHeader), nextKey: next });
    },
  };
}

/** Users, by the legacy service. */
export function userCalls(context: AuthContext): AuthCalls {
  return {
    getUser: ({ name, withSecrets }, call) => getUser(context, callerOf(call), name, withSecrets),
    getCurrentUser: (_request, call) => getCurrentUser(context, callerOf(call)),
    getCurrentUserRoles: (_request, call) => stream(forClient(getCurrentUserRoles(callerOf(call)), call.requestHeader)),
    getUsers: ({ withSecrets }, call) => stream(listUsers(context, callerOf(call), withSecrets)),
    createUser: (user, call) => {
      createUser(context, callerOf(call), user);
      return empty();
    },
    updateUser: (user, call) => {
      updateUser(context, callerOf(call), user);
      return empty();
    },
    deleteUser: ({ name }, call) => {
      deleteUser(context, callerOf(call), name);
      return empty();
    },
  };
}

/** The call itself is over when this is called: refusals are thrown, and calls counted, before the first message goes out. */
async function* stream<Message>(messages: readonly Message[]): AsyncGenerator<Message> {
  yield* messages;
}

function forClient(roles: readonly RoleV6[], headers: Headers): RoleV6[] {
  const version = clientVersionOf(headers);
  return roles.map((role) => roleForClient(role, version));
}

function mentions(role: RoleV6, words: readonly string[]): boolean {
  const texts = [role.metadata?.name ?? "", ...Object.entries(role.metadata?.labels ?? {}).flat()];
  return words.every((word) => texts.some((text) => text.toLowerCase().includes(word)));
}

function given<Message extends RoleV6 | ProvisionTokenV2>(message: Message | undefined): Message {
  if (message === undefined) throw badParameter("missing resource");
  return message;
}
