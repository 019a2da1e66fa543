import type { Duplex } from "node:stream";

import { checkAccessToRemoteCluster } from "../access";
import { connectTcp } from "../address";
import type { AuthContext, UserCaller } from "../auth";
import type { HostCredentials } from "../ca";
import type { ServerV2 } from "../gen/teleport/types/server_pb";
import { authorityKey } from "../storage";
import { isTrace, notFound } from "../trace-error";
import type { DialRequest } from "../tunnel";
import { remoteAuthServer } from "../tunnel";
import { findNode } from "./find-node";
import { listLeafNodes } from "./leaf-nodes";
import type { ProxyTarget } from "./subsystem";

/** What a proxy needs to find nodes and to connect to them. */
export interface RouterParts {
  readonly context: AuthContext;
  /** Those of the proxy, by which a leaf's Auth knows it. */
  readonly credentials: HostCredentials;
  /** Connects to something inside a leaf, by its reverse tunnel. */
  readonly dialLeaf: (cluster: string, request: DialRequest, signal: AbortSignal) => Promise<Duplex>;
}

/**
 * Connects a user to a node of the own cluster or of a leaf, as `lib/proxy/router.go` of Teleport does: whether the user
 * may log in there is the node's decision; the proxy asks only whether the user may see the leaf.
 *
 * @throws TraceError not_found for a leaf that there is not, or that the user's roles hide; connection_problem when there
 *   is no such node, or no way to it
 */
export async function dialNode(
  target: ProxyTarget,
  caller: UserCaller,
  parts: RouterParts,
  signal: AbortSignal,
): Promise<Duplex> {
  const { clusterName, storage } = parts.context;
  const cluster = target.cluster ?? clusterName;
  if (cluster === clusterName) {
    return connectTcp(findNode(storage.list("node"), target, cluster).spec?.addr ?? "", signal);
  }
  assertVisible(cluster, caller, parts.context);
  const node = findNode(await nodesOfLeaf(cluster, parts, signal), target, cluster);
  return parts.dialLeaf(cluster, dialRequest(node, cluster), signal);
}

function dialRequest({ metadata, spec }: ServerV2, cluster: string): DialRequest {
  return { address: spec?.addr ?? "", serverId: `${metadata?.name}.${cluster}`, connectionType: "node" };
}

/** A hidden leaf is told apart from a missing one by nothing (`OpaqueAccessDenied`). */
function assertVisible(cluster: string, caller: UserCaller, { storage }: AuthContext): void {
  const known = storage.get("remote_cluster", cluster);
  const missing = notFound(`cluster ${JSON.stringify(cluster)} is not found`);
  if (known === undefined) throw missing;
  try {
    checkAccessToRemoteCluster(caller, known.metadata?.labels ?? {});
  } catch (error) {
    throw isTrace(error, "access_denied") ? missing : error;
  }
}

async function nodesOfLeaf(
  cluster: string,
  { context, credentials, dialLeaf }: RouterParts,
  signal: AbortSignal,
): Promise<ServerV2[]> {
  const { spec } = context.storage.get("cert_authority", authorityKey("host", cluster)) ?? {};
  const pairs = [...(spec?.activeKeys?.tls ?? []), ...(spec?.additionalTrustedKeys?.tls ?? [])];
  const leafAuthorities = pairs.map(({ cert }) => Buffer.from(cert).toString("utf8"));
  const stream = await dialLeaf(cluster, { address: remoteAuthServer }, signal);
  return listLeafNodes(stream, { clusterName: context.clusterName, tls: credentials.tls, leafAuthorities }, signal);
}
