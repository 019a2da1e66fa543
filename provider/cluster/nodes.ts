import { grpcMethod } from "../grpc";
import type { Call, Channel } from "./channel";
import type { ListedNode, Nodes } from "./cluster";
import { ListResourcesRequest, ListResourcesResponse, type PaginatedResource } from "./gen/teleport/auth/auth_service";
import { allPages } from "./pages";

const listMethod = grpcMethod("/proto.AuthService/ListResources", ListResourcesRequest, ListResourcesResponse);

const PAGE_SIZE = 1000;

/** The SSH nodes of a cluster. A root does not know those of its leaves: they are asked for on the leaf. */
export function createNodes(channel: Channel): Nodes {
  return {
    list: (labels, signal) => {
      const needs = { resource: "node", verbs: ["list", "read"] };
      const call: Call = { action: "list nodes", needs, repetition: "repeatable", signal };
      const request = { resource_type: "node", namespace: "default", limit: PAGE_SIZE, include_logins: true, labels };
      return allPages(async (start_key) => {
        const page = ListResourcesRequest.fromPartial({ ...request, labels: { ...labels }, start_key });
        const { resources, next_key } = await channel.unary(listMethod, page, call);
        return { items: resources.flatMap(listed), next: next_key };
      });
    },
  };
}

function listed({ resource, logins }: PaginatedResource): ListedNode[] {
  if (resource?.$case !== "node") return [];
  // A cluster that knows no `include_logins` sends none, and so does one that allows none: it does not tell which.
  return [{ node: resource.node, logins: logins.length === 0 ? undefined : logins }];
}
