import type { ServerV2 } from "../gen/teleport/types/server_pb";
import { connectionProblem, notFound } from "../trace-error";
import type { ProxyTarget } from "./subsystem";

/**
 * The node of a cluster that a target names: by host name, alone or with the cluster's behind, by host id, or by
 * `host:port`. A port counts only with an address: what people write behind a host name is 22 or 3022, and the node says
 * by itself where it listens.
 *
 * @throws TraceError connection_problem when there is none, not_found when there are several (texts recalled from lib/proxy/router.go)
 */
export function findNode(nodes: readonly ServerV2[], { host, port }: ProxyTarget, cluster: string): ServerV2 {
  const found = nodes.filter(({ metadata, spec }) => {
    const names = [spec?.hostname ?? "", metadata?.name ?? ""].filter((name) => name !== "");
    const isNamed = names.some((name) => host === name || host === `${name}.${cluster}`);
    return isNamed || (port !== "" && spec?.addr === `${host}:${port}`);
  });
  const [node] = found;
  if (node === undefined) {
    throw connectionProblem("direct dialing to nodes not found in inventory is not supported");
  }
  if (found.length > 1) throw notFound("ambiguous host could match multiple nodes");
  return node;
}
