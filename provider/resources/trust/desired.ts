import { parseDurationMs, type RoleMapping } from "../../../trust";
import { type DesiredSource, isObject, type ResourceContext, type Value } from "../../framework";
import { droppedKeys } from "../shared/own-labels";
import { timeoutMs } from "../shared/timeouts";
import { knownLabels, knownText } from "../shared/values";
import type { DesiredTrust, WaitFor } from "./facts";
import { isImported, releasesLabels } from "./memory";
import { timeoutDefaults } from "./schema";

/** Rows and roles that are known; in apply that is all of them. */
function roleMapOf(value: Value | undefined): RoleMapping[] {
  const rows = Array.isArray(value) ? (value as readonly Value[]).filter(isObject) : [];
  return rows.flatMap(({ remote, local }) => {
    const known = Array.isArray(local) ? (local as readonly Value[]).filter((role) => typeof role === "string") : [];
    return typeof remote === "string" ? [{ remote, local: known }] : [];
  });
}

function waitForOf(value: string | undefined): WaitFor {
  return value === "registered" || value === "none" ? value : "online";
}

/** Of whom the state is; what there is before a create is another trust's. */
function stateIdOf({ call, value, prior }: DesiredSource): string | undefined {
  if (call === "update") return knownText(prior?.id);
  return call === "read" || call === "delete" ? knownText(value.id) : undefined;
}

/** What a call of Terraform wants of a trust. The values were validated before; what is unknown in a plan is left out. */
export function desiredFrom(
  source: DesiredSource,
  { private: memory }: Pick<ResourceContext<unknown>, "private">,
): DesiredTrust {
  const { call, value, prior } = source;
  return {
    rootKey: knownText(value.root) ?? "",
    leafKey: knownText(value.leaf) ?? "",
    roleMap: roleMapOf(value.role_map),
    enabled: value.enabled !== false,
    labels: knownLabels(value.labels),
    droppedLabels: prior === undefined || releasesLabels(memory) ? [] : droppedKeys(value.labels, prior.labels),
    carriedLabels: knownLabels((prior ?? value).labels),
    webProxyAddr: knownText(value.web_proxy_addr),
    tunnelAddr: knownText(value.tunnel_addr),
    tokenTtlMs: parseDurationMs(knownText(value.token_ttl) ?? "5m"),
    waitFor: waitForOf(knownText(value.wait_for)),
    timeoutMs: timeoutMs(call, value.timeouts, timeoutDefaults),
    call,
    stateId: stateIdOf(source),
    isImported: isImported(memory),
  };
}
