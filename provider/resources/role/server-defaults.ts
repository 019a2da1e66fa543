import type { Value } from "../../framework";
import type { Message, Overrides } from "../description/override";

// What a cluster fills into a role that leaves it open (api/types/role.go, CheckAndSetDefaults; Teleport 18, older ones as marked).
// It is only used to tell "filled in" from "changed by somebody": an unlisted default shows as a difference, a wrong one hides a change to that value.

/** The number of a role's version, such as 7. */
function versionOf(role: Message): number {
  return Number(/^v(\d+)$/.exec(role.version as string)?.[1] ?? Number.NaN);
}

function conditionsOf(role: Message): Message {
  const spec = role.spec as Message | undefined;
  return (spec?.allow ?? {}) as Message;
}

const everything: Value = new Map([["*", ["*"]]]);

function kubernetesResources(role: Message): Value | undefined {
  const version = versionOf(role);
  const all = { kind: "*", namespace: "*", name: "*", verbs: ["*"] };
  if (version >= 8) return [{ ...all, api_group: "*" }];
  if (version === 7) return [all];
  return version <= 5 ? [{ ...all, kind: "pod" }] : undefined;
}

/** Role version 3 reaches everything of a kind that its labels do not mention. */
function labelsOfVersion3(role: Message): Value | undefined {
  return versionOf(role) === 3 ? everything : undefined;
}

function nodeLabelsOfVersion3(role: Message): Value | undefined {
  const logins = (conditionsOf(role).logins ?? []) as readonly string[];
  return logins.length > 0 ? labelsOfVersion3(role) : undefined;
}

/** Up to role version 6 an entry without verbs allows all. */
function kubernetesVerbs(role: Message): Value | undefined {
  return versionOf(role) <= 6 ? ["*"] : undefined;
}

/** Defaults of the cluster, by attribute. */
export const serverDefaults: Overrides = {
  "spec.options.cert_format": { serverDefault: "standard" },
  "spec.options.max_session_ttl": { serverDefault: "30h0m0s" },
  "spec.options.enhanced_recording": { serverDefault: ["command", "network"] },
  "spec.options.record_session.desktop": { serverDefault: true },
  "spec.options.record_session.default": { serverDefault: "best_effort" },
  "spec.options.desktop_clipboard": { serverDefault: true },
  "spec.options.desktop_directory_sharing": { serverDefault: true },
  "spec.options.ssh_file_copy": { serverDefault: true },
  "spec.options.create_desktop_user": { serverDefault: false },
  "spec.options.create_db_user": { serverDefault: false },
  // Up to Teleport 16; left open by later ones.
  "spec.options.port_forwarding": { serverDefault: true },
  "spec.options.idp.saml.enabled": { serverDefault: true },
  "spec.allow.node_labels": { serverDefault: nodeLabelsOfVersion3 },
  "spec.allow.app_labels": { serverDefault: labelsOfVersion3 },
  "spec.allow.kubernetes_labels": { serverDefault: labelsOfVersion3 },
  "spec.allow.db_labels": { serverDefault: labelsOfVersion3 },
  "spec.allow.kubernetes_resources": { serverDefault: kubernetesResources },
  "spec.allow.kubernetes_resources.verbs": { serverDefault: kubernetesVerbs },
  "spec.deny.kubernetes_resources.verbs": { serverDefault: kubernetesVerbs },
};
