import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";

import { normalizeRole } from "../../../../lab/access";
import type { RoleV6 } from "../../../../lab/gen/teleport/types/role_pb";
import { RoleV6Schema } from "../../../../lab/gen/teleport/types/role_pb";
import { isTrace } from "../../../../lab/trace-error";
import { versionRules } from "../../../../lab/versions";

type Spec = NonNullable<MessageInitShape<typeof RoleV6Schema>["spec"]>;

function normalized(version: string, spec: Spec = {}, rules = versionRules("17")): RoleV6 {
  const role = create(RoleV6Schema, { version, metadata: { name: "r" }, spec });
  normalizeRole(role, rules);
  return role;
}

test("fills the options in that are not set", () => {
  const options = normalized("v7").spec?.options;
  assert.equal(options?.certFormat, "standard");
  assert.equal(options?.maxSessionTtl, 30n * 3600n * 1_000_000_000n);
  assert.deepEqual(options?.enhancedRecording, ["command", "network"]);
  assert.equal(options?.recordSession?.default, "best_effort");
  assert.equal(options?.recordSession?.desktop?.value, true);
  for (const name of ["desktopClipboard", "desktopDirectorySharing", "sshFileCopy"] as const) {
    assert.equal(options?.[name]?.value, true, name);
  }
  for (const name of ["createDesktopUser", "createDbUser"] as const) assert.equal(options?.[name]?.value, false, name);
  assert.equal(options?.idp?.saml?.enabled?.value, true);
  assert.equal(options?.portForwarding, undefined);
});

test("leaves options alone that are set, false ones too", () => {
  const options = normalized("v7", {
    options: { maxSessionTtl: 5n, sshFileCopy: { value: false }, certFormat: "oldssh", enhancedRecording: ["disk"] },
  }).spec?.options;
  assert.equal(options?.maxSessionTtl, 5n);
  assert.equal(options?.sshFileCopy?.value, false);
  assert.equal(options?.certFormat, "oldssh");
  assert.deepEqual(options?.enhancedRecording, ["disk"]);
});

test("sets port_forwarding in the releases that do", () => {
  const options = normalized("v7", {}, { ...versionRules("17"), defaultsPortForwarding: true }).spec?.options;
  assert.equal(options?.portForwarding?.value, true);
});

test("sends selectors that are empty, as Go does, and the namespace of both sides", () => {
  const spec = normalized("v7").spec;
  assert.deepEqual(spec?.allow?.namespaces, ["default"]);
  assert.deepEqual(spec?.deny?.namespaces, ["default"]);
  assert.notEqual(spec?.allow?.clusterLabels, undefined);
  assert.notEqual(spec?.deny?.nodeLabels, undefined);
});

test("role version 3 opens what its labels do not mention", () => {
  const allow = normalized("v3", { allow: { logins: ["root"] } }).spec?.allow;
  for (const name of ["nodeLabels", "appLabels", "kubernetesLabels", "dbLabels"] as const) {
    assert.deepEqual(allow?.[name]?.values["*"]?.values, ["*"], name);
  }
  assert.deepEqual(normalized("v3").spec?.allow?.nodeLabels?.values, {});
  assert.deepEqual(normalized("v4").spec?.allow?.appLabels?.values, {});
});

const kubernetes: readonly (readonly [version: string, labels: boolean, expected: string])[] = [
  ["v3", false, "pod */* [*]"],
  ["v4", true, "pod */* [*]"],
  ["v5", true, "pod */* [*]"],
  ["v5", false, ""],
  ["v6", true, ""],
  ["v7", false, "* */* [*]"],
];

for (const [version, labels, expected] of kubernetes) {
  test(`role version ${version} ${labels ? "with" : "without"} kubernetes labels reaches: ${expected || "nothing"}`, () => {
    const kubernetesLabels = labels ? { values: { env: { values: ["x"] } } } : { values: {} };
    const resources = normalized(version, { allow: { kubernetesLabels } }).spec?.allow?.kubernetesResources ?? [];
    const shown = resources.map((it) => `${it.kind} ${it.namespace}/${it.name} [${it.verbs.join(" ")}]`);
    assert.equal(shown.join(";"), expected);
  });
}

test("roles up to version 6 allow every verb on a resource", () => {
  const resource = { kind: "pod", namespace: "n", name: "p", verbs: ["get"] };
  const verbs = (version: string) =>
    normalized(version, { allow: { kubernetesResources: [resource] } }).spec?.allow?.kubernetesResources[0]?.verbs;
  assert.deepEqual(verbs("v6"), ["*"]);
  assert.deepEqual(verbs("v7"), ["get"]);
});

const refused: readonly (readonly [version: string, spec: Spec, message: string])[] = [
  ["", {}, "unrecognized role version: "],
  ["v2", {}, "unrecognized role version: v2"],
  ["v8", {}, "unrecognized role version: v8"],
  ["v7", { allow: { logins: ["a", "*"] } }, "wildcard matcher is not allowed in logins"],
  ["v7", { allow: { awsRoleArns: ["*"] } }, "wildcard matcher is not allowed in aws_role_arns"],
  ["v7", { allow: { azureIdentities: ["*"] } }, "wildcard matcher is not allowed in allow.azure_identities"],
  ["v7", { allow: { gcpServiceAccounts: ["*"] } }, "wildcard matcher is not allowed in allow.gcp_service_accounts"],
  ["v7", { allow: { dbRoles: ["*"] } }, "wildcard is not allowed in allow.database_roles"],
  ["v7", { allow: { nodeLabels: { values: { "*": { values: ["prod"] } } } } }, "selector *:prod is not supported"],
  ["v7", { options: { enhancedRecording: ["disc"] } }, "invalid value for role option enhanced_recording: disc"],
  ["v7", { options: { lock: "hard" } }, "invalid value for role option lock: hard"],
  ["v7", { options: { createHostUserMode: 9 as never } }, "invalid host user mode: 9"],
  ["v7", { allow: { rules: [{ verbs: ["read"] }] } }, "failed to process 'allow' rule 0: missing resources to match"],
  [
    "v7",
    { deny: { rules: [{ resources: ["role"], verbs: ["read"] }, { resources: ["role"] }] } },
    "failed to process 'deny' rule 1: missing verbs",
  ],
  [
    "v7",
    { allow: { impersonate: { users: ["bot"] } } },
    "please set both impersonate.users and impersonate.roles for user impersonation",
  ],
  ["v7", { deny: { impersonate: { where: "true" } } }, "'where' is not supported in deny.impersonate conditions"],
];

for (const [version, spec, message] of refused) {
  test(`refuses a role: ${message}`, () => {
    assert.throws(
      () => normalized(version, spec),
      (error) => isTrace(error, "bad_parameter") && error.message === message,
    );
  });
}
