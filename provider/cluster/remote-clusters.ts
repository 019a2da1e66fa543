import { grpcMethod } from "../grpc";
import type { Call, Channel } from "./channel";
import type { RemoteClusters } from "./cluster";
import { Empty } from "./gen/google/protobuf/empty";
import {
  DeleteRemoteClusterRequest,
  GetRemoteClusterRequest,
  ListRemoteClustersRequest,
  ListRemoteClustersResponse,
  UpdateRemoteClusterRequest,
} from "./gen/teleport/presence/v1/presence_service";
import { RemoteClusterV3 } from "./gen/teleport/types/remote_cluster";
import { goneIsFine, undefinedIfNotFound } from "./not-found";
import { allPages } from "./pages";
import { remoteClusterFromJson, remoteClustersFromJson } from "./remote-cluster-json";

const presence = "/teleport.presence.v1.PresenceService";
const getMethod = grpcMethod(`${presence}/GetRemoteCluster`, GetRemoteClusterRequest, RemoteClusterV3);
const listMethod = grpcMethod(`${presence}/ListRemoteClusters`, ListRemoteClustersRequest, ListRemoteClustersResponse);
const updateMethod = grpcMethod(`${presence}/UpdateRemoteCluster`, UpdateRemoteClusterRequest, RemoteClusterV3);
const deleteMethod = grpcMethod(`${presence}/DeleteRemoteCluster`, DeleteRemoteClusterRequest, Empty);
const legacyUpdateMethod = grpcMethod("/proto.AuthService/UpdateRemoteCluster", RemoteClusterV3, Empty);

/** The only parts that anybody but the server itself writes; names of the server's code. */
const writableFields = ["Metadata.Description", "Metadata.Labels"];

const legacyPath = "/v2/remoteclusters";

/**
 * The remote clusters of a root: presence.v1 where the server has it (16, late 15), the legacy HTTP API before.
 *
 * An update writes labels and description and nothing else, so the server's own status writes are never a conflict.
 */
export function createRemoteClusters(channel: Channel): RemoteClusters {
  const call = (verb: string, name: string, verbs: readonly string[], signal: AbortSignal): Call => ({
    action: `${verb} remote cluster "${name}"`,
    needs: { resource: "remote_cluster", verbs },
    repetition: "repeatable",
    signal,
  });
  const modern = <T>(ask: () => Promise<T>, legacy: () => Promise<T>) => channel.preferring("presence.v1", ask, legacy);
  const pathOf = (name: string) => `${legacyPath}/${encodeURIComponent(name)}`;

  const get = (name: string, signal: AbortSignal) => {
    const reading = call("read", name, ["read"], signal);
    return undefinedIfNotFound(
      modern(
        () => channel.unary(getMethod, GetRemoteClusterRequest.create({ name }), reading),
        async () => remoteClusterFromJson(await channel.http("GET", pathOf(name), reading)),
      ),
    );
  };

  const legacyUpdate = async (message: RemoteClusterV3, writing: Call): Promise<undefined> => {
    // This call overwrites the status with the caller's, so it gets back what it last said.
    const stored = await get(nameOf(message), writing.signal);
    const status = stored?.status ?? message.status;
    await channel.unary(legacyUpdateMethod, { ...message, status }, writing);
    return undefined;
  };

  return {
    get,
    list: (signal) => {
      const listing: Call = {
        action: "list remote clusters",
        needs: { resource: "remote_cluster", verbs: ["list"] },
        repetition: "repeatable",
        signal,
      };
      return modern(
        () =>
          allPages(async (page_token) => {
            const answer = await channel.unary(listMethod, ListRemoteClustersRequest.create({ page_token }), listing);
            return { items: answer.remote_clusters, next: answer.next_page_token };
          }),
        async () => remoteClustersFromJson(await channel.http("GET", legacyPath, listing)),
      );
    },
    update: (message, signal) => {
      const writing = call("update", nameOf(message), ["update"], signal);
      return modern<RemoteClusterV3 | undefined>(
        () => {
          const request = { remote_cluster: message, update_mask: writableFields };
          return channel.unary(updateMethod, request, writing);
        },
        () => legacyUpdate(message, writing),
      );
    },
    delete: (name, signal) => {
      const deleting = call("delete", name, ["delete"], signal);
      return goneIsFine(
        modern<unknown>(
          () => channel.unary(deleteMethod, DeleteRemoteClusterRequest.create({ name }), deleting),
          () => channel.http("DELETE", pathOf(name), deleting),
        ),
      );
    },
  };
}

function nameOf(message: RemoteClusterV3): string {
  return message.metadata?.name ?? "";
}
