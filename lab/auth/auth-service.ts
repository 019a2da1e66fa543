import { create } from "@bufbuild/protobuf";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  type AuthService,
  GetClusterCACertResponseSchema,
  GetDomainNameResponseSchema,
  ListResourcesResponseSchema,
  PaginatedResourceSchema,
  PingResponseSchema,
  SignatureAlgorithmSuite,
} from "../gen/teleport/auth/auth_service_pb";
import { KeepAliveSchema } from "../gen/teleport/types/server_pb";
import { TrustedClusterV2ListSchema } from "../gen/teleport/types/trusted_cluster_pb";
import { callerOf, connectionKey } from "./call-context";
import { hostAuthorityPem } from "./cert-authorities";
import type { AuthContext } from "./context";
import { deleteNode, getNode, listNodes, loginsOn, upsertNode } from "./nodes";
import { pageOf } from "./page";
import { updateRemoteCluster } from "./remote-clusters";
import { deleteTrustedCluster, getTrustedCluster, listTrustedClusters, upsertTrustedCluster } from "./trusted-clusters";

/** The part of a service that one file serves. */
export type AuthCalls = Partial<ServiceImpl<typeof AuthService>>;

const suites = {
  legacy: SignatureAlgorithmSuite.LEGACY,
  "balanced-v1": SignatureAlgorithmSuite.BALANCED_V1,
} as const;

/** Calls that ask a cluster who it is; everybody may. */
export function clusterCalls(context: AuthContext): AuthCalls {
  return {
    ping: (_request, call) =>
      create(PingResponseSchema, {
        clusterName: context.clusterName,
        serverVersion: context.announcedVersion,
        serverFeatures: { kubernetes: true, app: true, db: true },
        proxyPublicAddr: context.proxyPublicAddr(),
        remoteAddr: call.values.get(connectionKey).remoteAddr,
        signatureAlgorithmSuite: suites[context.suite],
      }),
    getDomainName: () => create(GetDomainNameResponseSchema, { domainName: context.clusterName }),
    getClusterCACert: () => create(GetClusterCACertResponseSchema, { tlsCa: hostAuthorityPem(context) }),
  };
}

/** Trusted clusters and remote clusters, as far as the legacy service has them. */
export function trustCalls(context: AuthContext): AuthCalls {
  return {
    getTrustedCluster: ({ name }, call) => getTrustedCluster(context, callerOf(call), name),
    getTrustedClusters: (_request, call) =>
      create(TrustedClusterV2ListSchema, { trustedClusters: listTrustedClusters(context, callerOf(call)) }),
    upsertTrustedCluster: (cluster, call) =>
      upsertTrustedCluster(context, callerOf(call), cluster, "rename", call.signal),
    deleteTrustedCluster: ({ name }, call) => {
      deleteTrustedCluster(context, callerOf(call), name);
      return create(EmptySchema);
    },
    updateRemoteCluster: (cluster, call) => {
      updateRemoteCluster(context, callerOf(call), cluster, []);
      return create(EmptySchema);
    },
  };
}

/** Nodes that the cluster knows. */
export function nodeCalls(context: AuthContext): AuthCalls {
  return {
    getNode: ({ name }, call) => getNode(context, callerOf(call), name),
    upsertNode: (node, call) => {
      upsertNode(context, callerOf(call), node);
      return create(KeepAliveSchema, { name: node.metadata?.name ?? "", namespace: "default" });
    },
    deleteNode: ({ name }, call) => {
      deleteNode(context, callerOf(call), name);
      return create(EmptySchema);
    },
    listResources: (request, call) => {
      const caller = callerOf(call);
      const nodes = listNodes(context, caller, request);
      const { items, next } = pageOf(nodes, request.limit, request.startKey);
      return create(ListResourcesResponseSchema, {
        resources: items.map((node) =>
          create(PaginatedResourceSchema, {
            resource: { case: "node", value: node },
            logins: request.includeLogins ? loginsOn(caller, node) : [],
          }),
        ),
        nextKey: next,
        totalCount: request.needTotalCount ? nodes.length : 0,
      });
    },
  };
}
