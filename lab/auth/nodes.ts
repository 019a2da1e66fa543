import { checkAccessToNode, matchesLabels, nodeLogins } from "../access";
import type { ListResourcesRequest } from "../gen/teleport/auth/auth_service_pb";
import type { ServerV2 } from "../gen/teleport/types/server_pb";
import { badParameter, isTrace, notFound, notImplemented } from "../trace-error";
import type { Caller } from "./caller";
import type { AuthContext } from "./context";
import { normalizeMetadata } from "./metadata";
import { permit } from "./permit";

/** A node by name. One that the caller's roles hide is told apart from a missing one by nothing. @throws TraceError not_found */
export function getNode(context: AuthContext, caller: Caller, name: string): ServerV2 {
  permit(caller, "node", ["read"]);
  const node = context.storage.get("node", name);
  if (node === undefined || !isVisible(caller, node)) throw notFound(`node with name "${name}" is not found`);
  return node;
}

/** The nodes that the caller's roles show and the request asks for, by name. */
export function listNodes(context: AuthContext, caller: Caller, request: ListResourcesRequest): ServerV2[] {
  if (request.resourceType !== "node") throw notImplemented(`resource type ${request.resourceType} is not supported`);
  if (request.predicateExpression !== "") throw badParameter("the lab does not evaluate predicate expressions");
  permit(caller, "node", ["list", "read"]);
  const wanted = Object.fromEntries(Object.entries(request.labels).map(([key, value]) => [key, [value]]));
  return context.storage
    .list("node")
    .filter((node) => Object.keys(wanted).length === 0 || matchesLabels(wanted, node.metadata?.labels ?? {}))
    .filter((node) => request.searchKeywords.every((word) => mentions(node, word)))
    .filter((node) => isVisible(caller, node));
}

/** The logins that the caller's roles allow on a node; none for a service. */
export function loginsOn(caller: Caller, node: ServerV2): string[] {
  return "definitions" in caller ? nodeLogins(caller, node.metadata?.labels ?? {}) : [];
}

/** Stores a node, as its own service does. */
export function upsertNode(context: AuthContext, caller: Caller, node: ServerV2): void {
  permit(caller, "node", ["create", "update"]);
  normalizeMetadata(node);
  node.kind = "node";
  node.version = "v2";
  context.storage.upsert("node", node);
}

/** @throws TraceError not_found */
export function deleteNode(context: AuthContext, caller: Caller, name: string): void {
  permit(caller, "node", ["delete"]);
  if (!context.storage.deleteIfPresent("node", name)) throw notFound(`node with name "${name}" is not found`);
}

function isVisible(caller: Caller, node: ServerV2): boolean {
  if (!("definitions" in caller)) return true;
  try {
    checkAccessToNode(caller, node.metadata?.labels ?? {});
    return true;
  } catch (error) {
    if (isTrace(error, "access_denied")) return false;
    throw error;
  }
}

function mentions(node: ServerV2, word: string): boolean {
  const labels = Object.entries(node.metadata?.labels ?? {}).flat();
  const texts = [node.metadata?.name ?? "", node.spec?.hostname ?? "", node.spec?.addr ?? "", ...labels];
  return texts.some((text) => text.toLowerCase().includes(word.toLowerCase()));
}
