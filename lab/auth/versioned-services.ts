import { create } from "@bufbuild/protobuf";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";

import type { PresenceService } from "../gen/teleport/presence/v1/presence_service_pb";
import { ListRemoteClustersResponseSchema } from "../gen/teleport/presence/v1/presence_service_pb";
import type { TrustService } from "../gen/teleport/trust/v1/trust_service_pb";
import {
  GetCertAuthoritiesResponseSchema,
  ListTrustedClustersResponseSchema,
} from "../gen/teleport/trust/v1/trust_service_pb";
import type { TrustedClusterV2 } from "../gen/teleport/types/trusted_cluster_pb";
import type { UserV2 } from "../gen/teleport/types/user_pb";
import type { UsersService } from "../gen/teleport/users/v1/users_service_pb";
import {
  CreateUserResponseSchema,
  GetUserResponseSchema,
  ListUsersResponseSchema,
  UpdateUserResponseSchema,
  UpsertUserResponseSchema,
} from "../gen/teleport/users/v1/users_service_pb";
import { badParameter } from "../trace-error";
import { callerOf } from "./call-context";
import { getCertAuthority, listCertAuthorities } from "./cert-authorities";
import type { AuthContext } from "./context";
import { pageOf } from "./page";
import {
  allRemoteClusters,
  deleteRemoteCluster,
  getRemoteCluster,
  isVisible,
  updateRemoteCluster,
} from "./remote-clusters";
import {
  createTrustedCluster,
  listTrustedClusters,
  updateTrustedCluster,
  upsertTrustedCluster,
} from "./trusted-clusters";
import { createUser, deleteUser, getCurrentUser, getUser, listUsers, updateUser, upsertUser } from "./users";

/** teleport.trust.v1.TrustService, as far as the release has it. */
export function trustService(context: AuthContext): Partial<ServiceImpl<typeof TrustService>> {
  const { rules } = context;
  return {
    getCertAuthority: ({ type, domain, includeKey }, call) =>
      getCertAuthority(context, callerOf(call), type, domain, includeKey),
    getCertAuthorities: ({ type, includeKey }, call) =>
      create(GetCertAuthoritiesResponseSchema, {
        certAuthoritiesV2: listCertAuthorities(context, callerOf(call), type, includeKey),
      }),
    ...(rules.trustV1Writes && trustWrites(context)),
    ...(rules.trustV1List && {
      listTrustedClusters: ({ pageSize, pageToken }, call) => {
        const { items, next } = pageOf(listTrustedClusters(context, callerOf(call)), pageSize, pageToken);
        return create(ListTrustedClustersResponseSchema, { trustedClusters: [...items], nextPageToken: next });
      },
    }),
  };
}

function trustWrites(context: AuthContext): Partial<ServiceImpl<typeof TrustService>> {
  return {
    upsertTrustedCluster: ({ trustedCluster }, call) =>
      upsertTrustedCluster(context, callerOf(call), given(trustedCluster), "refuse", call.signal),
    createTrustedCluster: ({ trustedCluster }, call) =>
      createTrustedCluster(context, callerOf(call), given(trustedCluster), call.signal),
    updateTrustedCluster: ({ trustedCluster }, call) =>
      updateTrustedCluster(context, callerOf(call), given(trustedCluster)),
  };
}

/** teleport.presence.v1.PresenceService: remote clusters. */
export function presenceService(context: AuthContext): Partial<ServiceImpl<typeof PresenceService>> {
  return {
    getRemoteCluster: ({ name }, call) => getRemoteCluster(context, callerOf(call), name),
    listRemoteClusters: ({ pageSize, pageToken }, call) => {
      const caller = callerOf(call);
      const { items, next } = pageOf(allRemoteClusters(context, caller), pageSize, pageToken);
      // Hidden ones leave a gap in the page, as on the server: a page may be empty and not the last.
      const remoteClusters = items.filter((cluster) => isVisible(caller, cluster));
      return create(ListRemoteClustersResponseSchema, { remoteClusters, nextPageToken: next });
    },
    updateRemoteCluster: ({ remoteCluster, updateMask }, call) =>
      updateRemoteCluster(context, callerOf(call), remoteCluster, updateMask?.paths ?? []),
    deleteRemoteCluster: ({ name }, call) => {
      deleteRemoteCluster(context, callerOf(call), name);
      return create(EmptySchema);
    },
  };
}

/** teleport.users.v1.UsersService. */
export function usersService(context: AuthContext): Partial<ServiceImpl<typeof UsersService>> {
  return {
    getUser: ({ name, currentUser, withSecrets }, call) => {
      const caller = callerOf(call);
      const user = currentUser ? getCurrentUser(context, caller) : getUser(context, caller, name, withSecrets);
      return create(GetUserResponseSchema, { user });
    },
    listUsers: ({ pageSize, pageToken, withSecrets }, call) => {
      const { items, next } = pageOf(listUsers(context, callerOf(call), withSecrets), pageSize, pageToken);
      return create(ListUsersResponseSchema, { users: [...items], nextPageToken: next });
    },
    createUser: ({ user }, call) =>
      create(CreateUserResponseSchema, { user: createUser(context, callerOf(call), given(user)) }),
    updateUser: ({ user }, call) =>
      create(UpdateUserResponseSchema, { user: updateUser(context, callerOf(call), given(user)) }),
    upsertUser: ({ user }, call) =>
      create(UpsertUserResponseSchema, { user: upsertUser(context, callerOf(call), given(user)) }),
    deleteUser: ({ name }, call) => {
      deleteUser(context, callerOf(call), name);
      return create(EmptySchema);
    },
  };
}

function given<Message extends TrustedClusterV2 | UserV2>(message: Message | undefined): Message {
  if (message === undefined) throw badParameter("missing resource");
  return message;
}
