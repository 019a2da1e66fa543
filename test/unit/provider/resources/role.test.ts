import assert from "node:assert/strict";
import { test } from "node:test";

import { createBestEffort } from "../../../../provider/cluster";
import { type ObjectValue, Unknown, type Value } from "../../../../provider/framework";
import { valueAt } from "../../../../provider/resources/description/values";
import { role } from "../../../../provider/resources/role";
import { build, type Draft } from "./support/build";
import { line, validate } from "./support/problems";

const { attributes } = role.schema;

function config(draft: Draft): ObjectValue {
  return build(attributes, { version: "v7", metadata: { name: "tester" }, ...draft });
}

function allow(draft: Draft): Draft {
  return { spec: { allow: draft } };
}

function deny(draft: Draft): Draft {
  return { spec: { deny: draft } };
}

function options(draft: Draft): Draft {
  return { spec: { options: draft } };
}

const faults: readonly [name: string, draft: Draft, ...lines: string[]][] = [
  [
    "an old version",
    { version: "v2" },
    'error version: "v2" is no version of a role. Write "v3" to "v9". [API_INVALID]',
  ],
  ["an empty version", { version: "" }, 'error version: "" is no version of a role. Write "v3" to "v9". [API_INVALID]'],
  [
    "a version that is no text of one",
    { version: "7" },
    'error version: "7" is no version of a role. Write "v3" to "v9". [API_INVALID]',
  ],
  [
    "a version of the future",
    { version: "v10" },
    'warning version: role version "v10" is newer than this provider knows. It is sent as it is; what the cluster fills in by itself may show as a difference. [API_INVALID]',
  ],
  [
    "another kind",
    { kind: "user" },
    'error kind: "user" is none of the values that are allowed here. Write "role". [API_INVALID]',
  ],
  [
    "no metadata",
    { metadata: null },
    "error metadata: `metadata` is missing. Write `metadata = { name = … }`. [API_INVALID]",
  ],
  [
    "an empty name",
    { metadata: { name: "" } },
    "error metadata.name: the name is empty. Name the object. [API_INVALID]",
  ],
  [
    "an expiry that is no time",
    { metadata: { name: "tester", expires: "2030-01-01" } },
    'error metadata.expires: "2030-01-01" is not a time. Did you mean "2030-01-01T00:00:00Z"? [TRUST_TIME]',
  ],
  [
    "template brackets that are not closed",
    allow({ logins: ["root", "{{internal.logins}"] }),
    'error spec.allow.logins.1: "{{internal.logins}" holds template brackets, but no template that the cluster reads. Write one template a text, such as `{{internal.logins}}`; several are several texts. [API_INVALID]',
  ],
  [
    "two templates in one denied text",
    deny({ kubernetes_groups: ["{{external.a}}-{{external.b}}"] }),
    'error spec.deny.kubernetes_groups.0: "{{external.a}}-{{external.b}}" holds template brackets, but no template that the cluster reads. Write one template a text, such as `{{internal.logins}}`; several are several texts. [API_INVALID]',
  ],
  [
    "an internal trait that Teleport does not define",
    allow({ node_labels: new Map([["env", ["{{internal.env}}", "{{external.env}}"]]]) }),
    'warning spec.allow.node_labels.env.0: Teleport defines no trait "env", so `internal.env` gives nothing. Write `external.env` for a trait of your own, or one of: logins, windows_logins, kubernetes_groups, kubernetes_users, db_names, db_users, db_roles, aws_role_arns, azure_identities, gcp_service_accounts, jwt, github_orgs. [API_INVALID]',
  ],
  [
    "a duration without unit",
    options({ max_session_ttl: "8" }),
    'error spec.options.max_session_ttl: "8" is not a duration. Did you mean "8s"? [TRUST_DURATION]',
  ],
  [
    "a number with a fraction",
    options({ max_sessions: 1.5 }),
    "error spec.options.max_sessions: 1.5 is not a whole number of 64 bits. Write a number without a fraction, such as 5. [API_INVALID]",
  ],
  [
    "a number that is too big",
    options({ require_session_mfa: 4294967296 }),
    "error spec.options.require_session_mfa: 4294967296 is not a whole number of 32 bits. Write a number without a fraction, such as 5. [API_INVALID]",
  ],
  [
    "a lock of another kind",
    options({ lock: "loose" }),
    'error spec.options.lock: "loose" is none of the values that are allowed here. Write "strict" or "best_effort". [API_INVALID]',
  ],
  [
    "enhanced recording of something else",
    options({ enhanced_recording: ["command", "keys"] }),
    'error spec.options.enhanced_recording.1: "keys" is none of the values that are allowed here. Write "command", "disk" or "network". [API_INVALID]',
  ],
  [
    "both forms of port forwarding",
    options({ port_forwarding: true, ssh_port_forwarding: { local: { enabled: true } } }),
    "error spec.options.port_forwarding: both `port_forwarding` and `ssh_port_forwarding` are set. Keep `ssh_port_forwarding` for Teleport 17 and later, `port_forwarding` for older clusters. [API_INVALID]",
  ],
  [
    "a wildcard login",
    allow({ logins: ["root", "*"] }),
    'error spec.allow.logins.1: "*" is no login: the cluster takes no wildcard here. Name each login. [API_INVALID]',
  ],
  [
    "a wildcard key with a value",
    allow({ node_labels: new Map<string, Value>([["*", ["dev"]]]) }),
    'error spec.allow.node_labels.*: the label selector "*" = "dev" matches nothing. The key "*" takes the value "*" only. [API_INVALID]',
  ],
  [
    "a rule without resources and verbs",
    allow({ rules: [{ resources: [] }] }),
    'error spec.allow.rules.0.resources: rule 1 names no resources. Name kinds, such as "node", or "*" for all. [API_INVALID]',
    'error spec.allow.rules.0.verbs: rule 1 names no verbs. Name verbs, such as "read" and "list", or "*" for all. [API_INVALID]',
  ],
  [
    "impersonation without roles",
    allow({ impersonate: { users: ["bot"] } }),
    "error spec.allow.impersonate.roles: `impersonate` names no roles. Name users and roles: a user is impersonated with roles. [API_INVALID]",
  ],
  [
    "a predicate in denied impersonation",
    deny({ impersonate: { users: ["bot"], roles: ["a"], where: "true" } }),
    "error spec.deny.impersonate.where: `deny.impersonate` takes no predicate. Leave `where` out, or move it to `allow.impersonate`. [API_INVALID]",
  ],
  [
    "an attribute whose wire form is not known",
    allow({ app_resources: [{ allow_all: true }] }),
    "error spec.allow.app_resources: this provider cannot set `app_resources` yet. Leave it out; what a role of the cluster has there stays as it is. [API_UNSUPPORTED]",
  ],
];

for (const [name, draft, ...lines] of faults) {
  test(`a configuration is told about ${name}`, () => {
    assert.deepEqual(validate(role, config(draft)), lines);
  });
}

const accepted: readonly [name: string, draft: Draft][] = [
  ["a wildcard in denied logins", deny({ logins: ["*"] })],
  ["a selector of everything", allow({ node_labels: new Map<string, Value>([["*", ["*"]]]) })],
  ["a selector with a regular expression", allow({ node_labels: new Map<string, Value>([["env", ["^dev|qa$"]]]) })],
  [
    "unknown values",
    {
      metadata: { name: Unknown },
      spec: { allow: { logins: [Unknown], rules: [Unknown, { resources: Unknown, verbs: Unknown }] } },
    },
  ],
  [
    "an expiry in the past, which is only judged when it changes",
    { metadata: { name: "tester", expires: "2022-01-01T00:00:00Z" } },
  ],
];

for (const [name, draft] of accepted) {
  test(`a configuration may have ${name}`, () => {
    assert.deepEqual(validate(role, config(draft)), []);
  });
}

function checked(prior: Draft | null, planned: Draft): Promise<string[]> {
  const change = {
    phase: "plan",
    action: prior === null ? "create" : "update",
    prior: prior && config(prior),
    planned: config(planned),
    config: config(planned),
  } as const;
  const context = { api: { connections: {} }, connectionKey: undefined, now: () => Date.UTC(2026, 10, 22) };
  return role.check?.(change, context as never).then(({ problems }) => (problems ?? []).map(line)) as Promise<string[]>;
}

const past: Draft = { metadata: { name: "tester", expires: "2022-01-01T00:00:00Z" } };

test("an expiry in the past is refused when it is set", async () => {
  const expected = [
    "error metadata.expires: the expiry 2022-01-01T00:00:00Z has passed. Write a time in the future, or leave it out for an object that stays. [API_INVALID]",
  ];
  assert.deepEqual(await checked(null, past), expected);
  assert.deepEqual(await checked({}, past), expected);
});

test("an expiry that has passed meanwhile stops nothing else", async () => {
  assert.deepEqual(await checked(past, { ...past, spec: { allow: { logins: ["other"] } } }), []);
});

test("a version that the cluster is too old for is a warning at plan; others ask nobody", async () => {
  const asked: string[] = [];
  const cluster = {
    title: "the cluster",
    ping: async () => {
      asked.push("ping");
      return { clusterName: "leaf.lab", serverVersion: "17.7.0" };
    },
  };
  const api = { connections: { get: () => cluster }, bestEffort: createBestEffort() };
  const context = { api, connectionKey: undefined, signal: new AbortController().signal, now: () => 0 };
  const linesOf = async (version: string) => {
    const planned = config({ version });
    const change = { phase: "plan", action: "create", prior: null, planned, config: planned } as const;
    return ((await role.check?.(change, context as never))?.problems ?? []).map(line);
  };
  assert.deepEqual(await linesOf("v7"), []);
  assert.deepEqual(asked, []);
  assert.deepEqual(await linesOf("v8"), [
    'warning version: role version "v8" needs Teleport 18, and leaf.lab runs 17.7.0. Use an older version, or upgrade the cluster first. [API_INVALID]',
  ]);
});

function planOf(prior: Draft | null, planned: Draft, configured: Draft = planned) {
  const change = {
    action: prior === null ? "create" : "update",
    prior: prior && config(prior),
    planned: config(planned),
    config: config(configured),
  } as const;
  const { planned: result, problems = [] } = role.customizePlan?.(change, {} as never) ?? {};
  return { planned: result as ObjectValue, problems: [...problems].map(line) };
}

test("the plan of a new role knows its id, its kind and its namespace", () => {
  const { planned } = planOf(null, { id: Unknown, kind: Unknown, metadata: { name: "tester", namespace: Unknown } });
  assert.deepEqual(
    [planned.id, planned.kind, valueAt(planned, "metadata", "namespace")],
    ["tester", "role", "default"],
  );
});

test("the id of a role whose name is not known is not known", () => {
  assert.equal(planOf(null, { id: Unknown, metadata: { name: Unknown } }).planned.id, Unknown);
});

test("another version leaves open what the cluster fills in, keeps what is configured, and says what it alters", () => {
  const filled = { kubernetes_resources: [{ kind: "pod", namespace: "*", name: "*", verbs: ["*"] }] };
  const prior = { version: "v5", spec: { options: { max_session_ttl: "8h", cert_format: "standard" }, allow: filled } };
  const configured = { version: "v7", spec: { options: { max_session_ttl: "8h" }, allow: { logins: ["a"] } } };
  const { planned, problems } = planOf(prior, { ...prior, version: "v7" }, configured);
  assert.equal(valueAt(planned, "spec", "options", "max_session_ttl"), "8h");
  assert.equal(valueAt(planned, "spec", "options", "cert_format"), Unknown);
  assert.equal(valueAt(planned, "spec", "allow", "kubernetes_resources"), Unknown);
  assert.deepEqual(problems, [
    "warning version: version v5 → v7 changes what the role means where it says nothing. In v7 `kubernetes_resources` that are not set allow every object (v5: allow every pod); entries of `kubernetes_resources` without `verbs` allow none (v5: allow every action). Write these attributes out to keep what they mean. [ROLE_VERSION_CHANGE]",
  ]);
});

test("a change of Kubernetes labels leaves open the Kubernetes objects that the cluster fills in", () => {
  const labels = new Map<string, Value>([["env", ["dev"]]]);
  const { planned } = planOf({ spec: { allow: {} } }, { spec: { allow: { kubernetes_labels: labels } } });
  assert.equal(valueAt(planned, "spec", "allow", "kubernetes_resources"), Unknown);
  const other = planOf({ spec: { allow: {} } }, { spec: { allow: { logins: ["a"] } } });
  assert.equal(valueAt(other.planned, "spec", "allow", "kubernetes_resources"), null);
});
