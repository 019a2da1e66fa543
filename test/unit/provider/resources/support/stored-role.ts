// What a cluster makes of a role that it is sent (teleport-api §3.7.4), written from the reference and not from the provider's table.
import type { RoleV6 } from "../../../../../provider/cluster";

type Conditions = NonNullable<NonNullable<RoleV6["spec"]>["allow"]>;
type Options = NonNullable<NonNullable<RoleV6["spec"]>["options"]>;

const yes = { value: true };
const everything = { values: { "*": { values: ["*"] } } };

function isEmpty(labels: Conditions["node_labels"]): boolean {
  return labels === undefined || Object.keys(labels.values).length === 0;
}

function fillOptions(options: Options, version: number): void {
  options.cert_format ||= "standard";
  if (options.max_session_ttl <= 0n) options.max_session_ttl = 30n * 3600n * 1_000_000_000n;
  if (options.enhanced_recording.length === 0) options.enhanced_recording = ["command", "network"];
  options.record_session ??= { desktop: yes, default: "best_effort", ssh: "" };
  options.desktop_clipboard ??= yes;
  options.desktop_directory_sharing ??= yes;
  options.ssh_file_copy ??= yes;
  options.create_desktop_user ??= { value: false };
  options.create_db_user ??= { value: false };
  if (version <= 7) options.idp ??= { saml: { enabled: yes } };
}

function fillLabels(allow: Conditions): void {
  if (isEmpty(allow.node_labels) && allow.logins.length > 0) allow.node_labels = everything;
  for (const name of ["app_labels", "kubernetes_labels", "db_labels"] as const) {
    if (isEmpty(allow[name])) allow[name] = everything;
  }
}

function fillKubernetes(allow: Conditions, deny: Conditions, version: number): void {
  const everyObject = { kind: "*", namespace: "*", name: "*", verbs: ["*"], api_group: "" };
  const matches = !isEmpty(allow.kubernetes_labels) || allow.kubernetes_labels_expression !== "";
  if (allow.kubernetes_resources.length === 0) {
    if (version >= 8) allow.kubernetes_resources = [{ ...everyObject, api_group: "*" }];
    else if (version === 7) allow.kubernetes_resources = [everyObject];
    else if (version <= 5 && matches) allow.kubernetes_resources = [{ ...everyObject, kind: "pod", verbs: [] }];
  }
  if (version > 6) return;
  for (const resource of [...allow.kubernetes_resources, ...deny.kubernetes_resources]) {
    if (resource.verbs.length === 0) resource.verbs = ["*"];
  }
}

/** The role as it is read back. `encode` and `decode` make the copy, as the wire does. */
export function asStored(
  sent: RoleV6,
  codec: { copy(role: RoleV6): RoleV6; conditions(): Conditions; options(): Options },
): RoleV6 {
  const role = codec.copy(sent);
  const version = Number(role.version.slice(1));
  role.spec ??= { options: undefined, allow: undefined, deny: undefined };
  const { spec } = role;
  spec.options ??= codec.options();
  spec.allow ??= codec.conditions();
  spec.deny ??= codec.conditions();
  fillOptions(spec.options, version);
  if (version === 3) fillLabels(spec.allow);
  fillKubernetes(spec.allow, spec.deny, version);
  for (const conditions of [spec.allow, spec.deny]) {
    if (conditions.namespaces.length === 0) conditions.namespaces = ["default"];
  }
  if (role.metadata) role.metadata.revision = `${Number(role.metadata.revision) + 1}`;
  return role;
}
