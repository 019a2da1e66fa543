import { create } from "@bufbuild/protobuf";

import { BoolValueSchema } from "../gen/teleport/types/metadata_pb";
import type { KubernetesResource, RoleConditions, RoleOptions, RoleV6 } from "../gen/teleport/types/role_pb";
import {
  IdPOptionsSchema,
  KubernetesResourceSchema,
  RecordSessionSchema,
  RoleConditionsSchema,
  RoleOptionsSchema,
  RoleSpecV6Schema,
} from "../gen/teleport/types/role_pb";
import type { LabelValues } from "../gen/teleport/wrappers/wrappers_pb";
import { LabelValuesSchema } from "../gen/teleport/wrappers/wrappers_pb";
import { badParameter } from "../trace-error";
import { listsByName } from "./label-values";
import { assertRoleSpec } from "./role-refusals";

/** In what the releases treat roles differently. */
export interface RoleRules {
  /** Newest version of a role that the release knows. */
  readonly newestRoleVersion: number;
  readonly defaultsPortForwarding: boolean;
  /** `options.idp` is filled in for this version of a role and older ones. */
  readonly defaultsIdpUpToRole: number;
}

/** Selectors that are not nullable in the server's code: an empty one goes over the wire as an empty message. */
const alwaysSent = [
  "nodeLabels",
  "appLabels",
  "clusterLabels",
  "kubernetesLabels",
  "dbLabels",
  "dbServiceLabels",
  "windowsDesktopLabels",
  "groupLabels",
  "workloadIdentityLabels",
] as const satisfies readonly (keyof RoleConditions)[];

const oldestRoleVersion = 3;
const defaultMaxSessionTtl = 30n * 3600n * 1_000_000_000n;

/**
 * Makes of a role what the server stores: refuses what it would refuse, fills in what it would fill in. Changes `role`.
 *
 * @throws TraceError bad_parameter in the server's words
 */
export function normalizeRole(role: RoleV6, rules: RoleRules): void {
  const version = versionNumber(role.version, rules);
  role.kind = "role";
  role.spec ??= create(RoleSpecV6Schema);
  role.spec.options ??= create(RoleOptionsSchema);
  role.spec.allow ??= create(RoleConditionsSchema);
  role.spec.deny ??= create(RoleConditionsSchema);
  setOptions(role.spec.options, version, rules);
  setConditions(role.spec.allow);
  setConditions(role.spec.deny);
  if (version === oldestRoleVersion) setOldestLabels(role.spec.allow);
  setKubernetesResources(role.spec.allow, role.spec.deny, version);
  assertRoleSpec(role.spec);
}

function versionNumber(version: string, { newestRoleVersion }: RoleRules): number {
  const number = /^v[1-9]$/.test(version) ? Number(version.slice(1)) : 0;
  if (number >= oldestRoleVersion && number <= newestRoleVersion) return number;
  throw badParameter(`unrecognized role version: ${version}`);
}

function setOptions(options: RoleOptions, version: number, rules: RoleRules): void {
  const bool = (value: boolean) => create(BoolValueSchema, { value });
  if (options.certFormat === "") options.certFormat = "standard";
  if (options.maxSessionTtl <= 0n) options.maxSessionTtl = defaultMaxSessionTtl;
  if (options.enhancedRecording.length === 0) options.enhancedRecording = ["command", "network"];
  if (rules.defaultsPortForwarding) options.portForwarding ??= bool(true);
  options.recordSession ??= create(RecordSessionSchema, { desktop: bool(true), default: "best_effort" });
  options.desktopClipboard ??= bool(true);
  options.desktopDirectorySharing ??= bool(true);
  options.sshFileCopy ??= bool(true);
  options.createDesktopUser ??= bool(false);
  options.createDbUser ??= bool(false);
  if (version <= rules.defaultsIdpUpToRole) {
    options.idp ??= create(IdPOptionsSchema, { saml: { enabled: bool(true) } });
  }
}

function setConditions(conditions: RoleConditions): void {
  if (conditions.namespaces.length === 0) conditions.namespaces = ["default"];
  // A Go server always sends these, empty ones too.
  for (const name of alwaysSent) conditions[name] ??= create(LabelValuesSchema);
}

/** Role version 3 gave access to everything that its labels do not mention. */
function setOldestLabels(allow: RoleConditions): void {
  if (isEmpty(allow.nodeLabels) && allow.logins.length > 0) allow.nodeLabels = everything();
  if (isEmpty(allow.appLabels)) allow.appLabels = everything();
  if (isEmpty(allow.kubernetesLabels)) allow.kubernetesLabels = everything();
  if (isEmpty(allow.dbLabels)) allow.dbLabels = everything();
}

function setKubernetesResources(allow: RoleConditions, deny: RoleConditions, version: number): void {
  const empty = allow.kubernetesResources.length === 0;
  if (version <= 5 && empty && selectsKubernetes(allow)) allow.kubernetesResources = [anyOf("pod", version)];
  if (version >= 7 && empty) allow.kubernetesResources = [anyOf("*", version)];
  if (version > 6) return;
  // Older roles know no verbs: whoever may reach a resource may do everything with it.
  for (const resource of [...allow.kubernetesResources, ...deny.kubernetesResources]) resource.verbs = ["*"];
}

function selectsKubernetes(conditions: RoleConditions): boolean {
  return !isEmpty(conditions.kubernetesLabels) || conditions.kubernetesLabelsExpression !== "";
}

function anyOf(kind: string, version: number): KubernetesResource {
  const apiGroup = version >= 8 ? "*" : "";
  return create(KubernetesResourceSchema, { kind, namespace: "*", name: "*", verbs: ["*"], apiGroup });
}

function isEmpty(labels: LabelValues | undefined): boolean {
  return Object.keys(listsByName(labels)).length === 0;
}

function everything(): LabelValues {
  return create(LabelValuesSchema, { values: { "*": { values: ["*"] } } });
}
