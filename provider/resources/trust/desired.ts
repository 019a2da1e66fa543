import { type Labels, parseDurationMs, type RoleMapping } from "../../../trust";
import { type DesiredSource, isObject, type RelationCall, type ResourceContext, type Value } from "../../framework";
import type { DesiredTrust, WaitFor } from "./facts";
import { isImported, releasesLabels } from "./memory";
import { defaultTimeoutMs } from "./schema";

function text(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Rows and roles that are known; in apply that is all of them. */
function roleMapOf(value: Value | undefined): RoleMapping[] {
  const rows = Array.isArray(value) ? (value as readonly Value[]).filter(isObject) : [];
  return rows.flatMap(({ remote, local }) => {
    const known = Array.isArray(local) ? (local as readonly Value[]).filter((role) => typeof role === "string") : [];
    return typeof remote === "string" ? [{ remote, local: known }] : [];
  });
}

/** Labels that are known. */
export function labelsOf(value: Value | undefined): Labels {
  const entries = value instanceof Map ? [...(value as ReadonlyMap<string, Value>)] : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function keysOfMap(value: Value | undefined): string[] {
  return value instanceof Map ? [...(value as ReadonlyMap<string, Value>).keys()] : [];
}

function droppedLabels({ value, prior }: DesiredSource, releases: boolean): string[] {
  if (prior === undefined || releases) return [];
  const kept = keysOfMap(value.labels);
  return keysOfMap(prior.labels).filter((key) => !kept.includes(key));
}

function timeoutMs(call: RelationCall, timeouts: Value | undefined): number | undefined {
  if (call === "read" || call === "import") return undefined;
  const said = isObject(timeouts) ? text(timeouts[call]) : undefined;
  return said === undefined ? defaultTimeoutMs[call] : parseDurationMs(said);
}

function waitForOf(value: string | undefined): WaitFor {
  return value === "registered" || value === "none" ? value : "online";
}

/** Of whom the state is; what there is before a create is another trust's. */
function stateIdOf({ call, value, prior }: DesiredSource): string | undefined {
  if (call === "update") return text(prior?.id);
  return call === "read" || call === "delete" ? text(value.id) : undefined;
}

/** What a call of Terraform wants of a trust. The values were validated before; what is unknown in a plan is left out. */
export function desiredFrom(
  source: DesiredSource,
  { private: memory }: Pick<ResourceContext<unknown>, "private">,
): DesiredTrust {
  const { call, value } = source;
  return {
    rootKey: text(value.root) ?? "",
    leafKey: text(value.leaf) ?? "",
    roleMap: roleMapOf(value.role_map),
    enabled: value.enabled !== false,
    labels: labelsOf(value.labels),
    droppedLabels: droppedLabels(source, releasesLabels(memory)),
    webProxyAddr: text(value.web_proxy_addr),
    tunnelAddr: text(value.tunnel_addr),
    tokenTtlMs: parseDurationMs(text(value.token_ttl) ?? "5m"),
    waitFor: waitForOf(text(value.wait_for)),
    timeoutMs: timeoutMs(call, value.timeouts),
    call,
    stateId: stateIdOf(source),
    isImported: isImported(memory),
  };
}
