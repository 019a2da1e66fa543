import type { RoleConditions, RoleOptions, RoleSpecV6, Rule } from "../gen/teleport/types/role_pb";
import { CreateHostUserMode } from "../gen/teleport/types/role_pb";
import type { LabelValues } from "../gen/teleport/wrappers/wrappers_pb";
import { badParameter } from "../trace-error";
import { listsByName } from "./label-values";
import { parseTraitTemplate } from "./trait-template";

/**
 * Refuses what a server does not store as a role, in its words.
 *
 * @throws TraceError bad_parameter for the first fault
 */
export function assertRoleSpec(spec: RoleSpecV6): void {
  assertOptions(spec.options);
  assertAllow(spec.allow);
  assertTemplates("allow", spec.allow);
  assertTemplates("deny", spec.deny);
  assertRules("allow", spec.allow?.rules ?? []);
  assertRules("deny", spec.deny?.rules ?? []);
  assertImpersonation(spec);
}

function assertOptions(options: RoleOptions | undefined): void {
  if (options === undefined) return;
  const recording = options.enhancedRecording.find((kind) => !["command", "disk", "network"].includes(kind));
  if (recording !== undefined) throw badParameter(`invalid value for role option enhanced_recording: ${recording}`);
  if (!["", "strict", "best_effort"].includes(options.lock)) {
    throw badParameter(`invalid value for role option lock: ${options.lock}`);
  }
  // The words behind the colon are recalled.
  if (CreateHostUserMode[options.createHostUserMode] === undefined) {
    throw badParameter(`invalid host user mode: ${options.createHostUserMode}`);
  }
}

function assertAllow(allow: RoleConditions | undefined): void {
  if (allow === undefined) return;
  const exact: readonly [string, readonly string[]][] = [
    ["logins", allow.logins],
    ["aws_role_arns", allow.awsRoleArns],
    ["allow.azure_identities", allow.azureIdentities],
    ["allow.gcp_service_accounts", allow.gcpServiceAccounts],
  ];
  for (const [name, values] of exact) {
    if (values.includes("*")) throw badParameter(`wildcard matcher is not allowed in ${name}`);
  }
  if (allow.dbRoles.includes("*")) throw badParameter("wildcard is not allowed in allow.database_roles");
  for (const selector of selectorsOf(allow)) assertSelector(selector);
}

function selectorsOf(conditions: RoleConditions): (LabelValues | undefined)[] {
  return [
    conditions.nodeLabels,
    conditions.appLabels,
    conditions.clusterLabels,
    conditions.kubernetesLabels,
    conditions.dbLabels,
    conditions.dbServiceLabels,
    conditions.windowsDesktopLabels,
    conditions.groupLabels,
    conditions.workloadIdentityLabels,
  ];
}

function assertSelector(selector: LabelValues | undefined): void {
  const values = listsByName(selector)["*"];
  if (values === undefined || (values.length === 1 && values[0] === "*")) return;
  throw badParameter(`selector *:${values.length === 1 ? values[0] : `[${values.join(" ")}]`} is not supported`);
}

/** Every text that may hold a template. The words around the reason are recalled. */
function assertTemplates(side: "allow" | "deny", conditions: RoleConditions | undefined): void {
  if (conditions === undefined) return;
  const lists = {
    logins: conditions.logins,
    kubernetes_groups: conditions.kubernetesGroups,
    kubernetes_users: conditions.kubernetesUsers,
    db_names: conditions.dbNames,
    db_users: conditions.dbUsers,
    db_roles: conditions.dbRoles,
    windows_desktop_logins: conditions.windowsDesktopLogins,
    host_groups: conditions.hostGroups,
  };
  const selected = selectorsOf(conditions).flatMap((selector) => Object.entries(listsByName(selector)).flat(2));
  for (const [name, texts] of Object.entries({ ...lists, labels: selected })) {
    for (const text of texts) assertTemplate(`${side}.${name}`, text);
  }
}

function assertTemplate(place: string, text: string): void {
  try {
    parseTraitTemplate(text);
  } catch (error) {
    throw badParameter(`parsing ${place} expression: ${(error as Error).message}`);
  }
}

function assertRules(side: "allow" | "deny", rules: readonly Rule[]): void {
  rules.forEach(({ resources, verbs }, index) => {
    const missing = resources.length === 0 ? "resources to match" : verbs.length === 0 ? "verbs" : undefined;
    if (missing !== undefined) throw badParameter(`failed to process '${side}' rule ${index}: missing ${missing}`);
  });
}

function assertImpersonation({ allow, deny }: RoleSpecV6): void {
  const { users = [], roles = [] } = allow?.impersonate ?? {};
  if (users.length > 0 && roles.length === 0) {
    throw badParameter("please set both impersonate.users and impersonate.roles for user impersonation");
  }
  if ((deny?.impersonate?.where ?? "") !== "") {
    throw badParameter("'where' is not supported in deny.impersonate conditions");
  }
}
