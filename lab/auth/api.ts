import type { ConnectRouter, Interceptor } from "@connectrpc/connect";

import { AuthService } from "../gen/teleport/auth/auth_service_pb";
import { PresenceService } from "../gen/teleport/presence/v1/presence_service_pb";
import { TrustService } from "../gen/teleport/trust/v1/trust_service_pb";
import { UsersService } from "../gen/teleport/users/v1/users_service_pb";
import { clusterCalls, nodeCalls, trustCalls } from "./auth-service";
import { authorize } from "./authorize";
import { callerKey, clientVersionOf, connectionKey } from "./call-context";
import { assertClientVersion } from "./client-version";
import type { AuthContext } from "./context";
import { roleCalls, tokenCalls, userCalls } from "./object-calls";
import { presenceService, trustService, usersService } from "./versioned-services";
import { grpcError } from "./wire-error";

/**
 * The gRPC services of a cluster. What the release does not have is not registered, so that the library answers
 * UNIMPLEMENTED, as the server does.
 *
 * Handlers find their caller in the call's context, where `authInterceptor` puts it.
 */
export function createAuthApi(context: AuthContext): (router: ConnectRouter) => void {
  return (router) => {
    router.service(AuthService, {
      ...clusterCalls(context),
      ...trustCalls(context),
      ...nodeCalls(context),
      ...tokenCalls(context),
      ...roleCalls(context),
      ...userCalls(context),
    });
    router.service(TrustService, trustService(context));
    if (context.rules.presenceV1) router.service(PresenceService, presenceService(context));
    if (context.rules.usersV1) router.service(UsersService, usersService(context));
  };
}

/** Stands around every gRPC call: client version, caller, the count and hold of calls, and failures in gRPC's terms. */
export function authInterceptor(context: AuthContext): Interceptor {
  return (next) => async (request) => {
    const connection = request.contextValues.get(connectionKey);
    try {
      assertClientVersion(clientVersionOf(request.header), context.rules.minimumClientVersion);
    } catch (error) {
      connection.close();
      throw grpcError(error);
    }
    const run = async () => {
      request.contextValues.set(callerKey, authorize(connection.peer, context));
      return next(request);
    };
    try {
      const user = connection.peer?.identity.name;
      if (user === undefined) return await run();
      const method = `/${request.service.typeName}/${request.method.name}`;
      return await context.calls.around({ cluster: context.clusterName, user, method }, request.signal, run);
    } catch (error) {
      throw grpcError(error);
    }
  };
}
