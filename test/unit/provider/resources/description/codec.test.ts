// One description, two directions: what is drift and what is only another form of the same.
import assert from "node:assert/strict";
import { test } from "node:test";

import { RoleV6 } from "../../../../../provider/cluster";
import { type ObjectValue, Unknown, type Value } from "../../../../../provider/framework";
import { valueAt } from "../../../../../provider/resources/description/values";
import { role } from "../../../../../provider/resources/role";
import { build, type Draft } from "../support/build";

const { attributes } = role.schema;

function config(draft: Draft): ObjectValue {
  return build(attributes, { version: "v7", metadata: { name: "tester" }, ...draft });
}

function stored(draft: Draft, change: (message: RoleV6) => void = () => undefined): RoleV6 {
  const value = config(draft);
  const message = RoleV6.decode(RoleV6.encode(role.codec.toMessage(value, undefined, value)).finish());
  change(message);
  return message;
}

function read(message: RoleV6, like: ObjectValue | undefined, ...path: readonly string[]): Value {
  return valueAt(role.codec.toState(message, like), ...path);
}

/** Attributes that a message has nothing in, by the form in which they were configured. */
const forms: readonly [name: string, draft: Draft, path: readonly string[]][] = [
  ["an empty text", { metadata: { name: "tester", description: "" } }, ["metadata", "description"]],
  ["a missing text", { metadata: { name: "tester" } }, ["metadata", "description"]],
  ["an empty map", { metadata: { name: "tester", labels: new Map() } }, ["metadata", "labels"]],
  ["an empty list", { spec: { allow: { logins: [] } } }, ["spec", "allow", "logins"]],
  ["a missing list", { spec: { allow: {} } }, ["spec", "allow", "logins"]],
  ["an empty object", { spec: { deny: {} } }, ["spec", "deny"]],
  ["an empty selector", { spec: { allow: { cluster_labels: new Map() } } }, ["spec", "allow", "cluster_labels"]],
  [
    "a selector without values",
    { spec: { allow: { cluster_labels: new Map([["env", []]]) } } },
    ["spec", "allow", "cluster_labels"],
  ],
  ["a false", { spec: { options: { forward_agent: false } } }, ["spec", "options", "forward_agent"]],
  ["a missing bool", { spec: { options: {} } }, ["spec", "options", "forward_agent"]],
  [
    "a false that is not missing",
    { spec: { options: { ssh_file_copy: false } } },
    ["spec", "options", "ssh_file_copy"],
  ],
  ["a zero", { spec: { options: { max_sessions: 0 } } }, ["spec", "options", "max_sessions"]],
  ["a zero duration", { spec: { options: { client_idle_timeout: "0s" } } }, ["spec", "options", "client_idle_timeout"]],
  [
    "another text of a duration",
    { spec: { options: { client_idle_timeout: "90m" } } },
    ["spec", "options", "client_idle_timeout"],
  ],
  [
    "a time in another zone",
    { metadata: { name: "tester", expires: "2030-01-01T02:00:00+02:00" } },
    ["metadata", "expires"],
  ],
];

for (const [name, draft, path] of forms) {
  test(`${name} stays as it was configured`, () => {
    const like = config(draft);
    assert.deepEqual(read(stored(draft), like, ...path), valueAt(like, ...path));
  });
}

test("an import shows nothing as null, durations as Go writes them, and times in UTC", () => {
  const message = stored({
    metadata: { name: "tester", labels: new Map(), expires: "2030-01-01T02:00:00+02:00" },
    spec: { options: { client_idle_timeout: "90m" }, allow: { logins: [] }, deny: {} },
  });
  assert.equal(read(message, undefined, "id"), "tester");
  assert.equal(read(message, undefined, "metadata", "labels"), null);
  assert.equal(read(message, undefined, "metadata", "expires"), "2030-01-01T00:00:00Z");
  assert.equal(read(message, undefined, "spec", "options", "client_idle_timeout"), "1h30m0s");
  assert.equal(read(message, undefined, "spec", "allow"), null);
  assert.equal(read(message, undefined, "spec", "deny"), null);
});

test("the year 1 is no time", () => {
  const message = stored({}, ({ metadata }) => {
    if (metadata) metadata.expires = { seconds: -62135596800n, nanos: 0 };
  });
  assert.equal(read(message, config({}), "metadata", "expires"), null);
});

const full: Draft = {
  metadata: {
    name: "tester",
    labels: new Map([
      ["a", "1"],
      ["b", "2"],
    ]),
  },
  spec: {
    allow: {
      logins: ["root", "visitor"],
      node_labels: new Map([
        ["env", ["dev", "qa"]],
        ["team", ["x"]],
      ]),
      rules: [{ resources: ["node"], verbs: ["read"] }],
    },
  },
};

type Allow = NonNullable<NonNullable<RoleV6["spec"]>["allow"]>;

/** What somebody changes past the configuration, and what is seen of it. */
const drifts: readonly [
  name: string,
  change: (message: RoleV6, allow: Allow) => void,
  path: readonly string[],
  seen: Value,
][] = [
  ["a removed label", ({ metadata }) => delete metadata?.labels.b, ["metadata", "labels"], new Map([["a", "1"]])],
  [
    "an added label",
    ({ metadata }) => Object.assign(metadata?.labels ?? {}, { c: "3" }),
    ["metadata", "labels"],
    new Map([
      ["a", "1"],
      ["b", "2"],
      ["c", "3"],
    ]),
  ],
  [
    "labels that are all gone",
    ({ metadata }) => {
      if (metadata) metadata.labels = {};
    },
    ["metadata", "labels"],
    null,
  ],
  ["a removed login", (_, allow) => allow.logins.pop(), ["spec", "allow", "logins"], ["root"]],
  [
    "logins that are all gone",
    (_, allow) => {
      allow.logins = [];
    },
    ["spec", "allow", "logins"],
    null,
  ],
  [
    "a removed selector key",
    (_, allow) => delete allow.node_labels?.values.team,
    ["spec", "allow", "node_labels"],
    new Map([["env", ["dev", "qa"]]]),
  ],
  [
    "a removed selector value",
    (_, allow) => allow.node_labels?.values.env?.values.pop(),
    ["spec", "allow", "node_labels"],
    new Map([
      ["env", ["dev"]],
      ["team", ["x"]],
    ]),
  ],
  [
    "more selector values than before",
    (_, allow) => allow.node_labels?.values.team?.values.push("y", "z"),
    ["spec", "allow", "node_labels"],
    new Map([
      ["env", ["dev", "qa"]],
      ["team", ["x", "y", "z"]],
    ]),
  ],
  [
    "rules that are all gone",
    (_, allow) => {
      allow.rules = [];
    },
    ["spec", "allow", "rules"],
    null,
  ],
  [
    "a value where the configuration says nothing",
    (_, allow) => {
      allow.cluster_labels_expression = "true";
    },
    ["spec", "allow", "cluster_labels_expression"],
    "true",
  ],
];

for (const [name, change, path, seen] of drifts) {
  test(`drift is seen: ${name}`, () => {
    const message = stored(full, (made) => change(made, made.spec?.allow as Allow));
    assert.deepEqual(read(message, config(full), ...path), seen);
  });
}

test("a bool that was switched off past the configuration shows as false, not as null", () => {
  const draft = { spec: { options: { forward_agent: true } } };
  const message = stored(draft, ({ spec }) => {
    if (spec?.options) spec.options.forward_agent = false;
  });
  assert.equal(read(message, config(draft), "spec", "options", "forward_agent"), false);
});

test("labels that the cluster sets by itself are not shown, and survive an update", () => {
  const message = stored(full, ({ metadata }) =>
    Object.assign(metadata?.labels ?? {}, { "teleport.dev/origin": "dynamic" }),
  );
  const state = role.codec.toState(message, config(full));
  assert.deepEqual(
    valueAt(state, "metadata", "labels"),
    new Map([
      ["a", "1"],
      ["b", "2"],
    ]),
  );
  const fewer = config({ ...full, metadata: { name: "tester", labels: new Map([["a", "9"]]) } });
  assert.deepEqual(role.codec.toMessage(fewer, message, fewer).metadata?.labels, {
    a: "9",
    "teleport.dev/origin": "dynamic",
  });
});

test("such a label is shown where the configuration sets it", () => {
  const draft = { metadata: { name: "tester", labels: new Map([["teleport.dev/origin", "me"]]) } };
  assert.deepEqual(read(stored(draft), config(draft), "metadata", "labels"), new Map([["teleport.dev/origin", "me"]]));
});

test("an unknown in a plan is left to the cluster", () => {
  const message = stored({ spec: { options: { max_session_ttl: "8h" } } });
  const planned = config({ spec: { options: { max_session_ttl: Unknown } } });
  assert.equal(role.codec.toMessage(planned, message, planned).spec?.options?.max_session_ttl, 0n);
  assert.equal(read(message, planned, "spec", "options", "max_session_ttl"), "8h0m0s");
});

test("an update keeps hidden fields, fields that nobody here knows, and the revision", () => {
  const message = stored(full, (made) => {
    Object.assign(made.metadata ?? {}, { id: 7n, revision: "r1" });
    Object.assign(made.spec?.allow ?? {}, {
      namespaces: ["default"],
      _unknownFields: { 8002: [Uint8Array.of(1, 65)] },
    });
    Object.assign(made.spec?.allow?.rules[0] ?? {}, { _unknownFields: { 8002: [Uint8Array.of(1, 66)] } });
  });
  const changed = config({
    spec: {
      allow: {
        logins: ["other"],
        rules: [
          { resources: ["role"], verbs: ["list"] },
          { resources: ["node"], verbs: ["read"] },
        ],
      },
    },
  });
  const written = RoleV6.decode(RoleV6.encode(role.codec.toMessage(changed, message, changed)).finish());
  assert.equal(written.metadata?.id, 7n);
  assert.equal(written.metadata?.revision, "r1");
  assert.deepEqual(written.spec?.allow?.namespaces, ["default"]);
  assert.deepEqual(written.spec?.allow?.logins, ["other"]);
  assert.deepEqual(written.spec?.allow?._unknownFields, message.spec?.allow?._unknownFields);
  const rules = written.spec?.allow?.rules ?? [];
  assert.deepEqual(
    rules.map(({ resources }) => resources),
    [["role"], ["node"]],
  );
  assert.deepEqual(rules[0]?._unknownFields, {}, "a new rule inherits nothing");
  assert.deepEqual(
    rules[1]?._unknownFields,
    message.spec?.allow?.rules[0]?._unknownFields,
    "a rule that moved keeps its own",
  );
});

test("a rule that changed in its place keeps what nobody here knows of it; one that was replaced does not", () => {
  const message = stored(full, ({ spec }) => {
    Object.assign(spec?.allow?.rules[0] ?? {}, { _unknownFields: { 8002: [Uint8Array.of(1, 66)] } });
  });
  const unknownOf = (rule: Draft) => {
    const planned = config({ spec: { allow: { rules: [rule] } } });
    return role.codec.toMessage(planned, message, planned).spec?.allow?.rules[0]?._unknownFields ?? {};
  };
  assert.equal(Object.keys(unknownOf({ resources: ["node"], verbs: ["list"] })).length, 1);
  assert.equal(Object.keys(unknownOf({ resources: ["role"], verbs: ["list"] })).length, 0);
});

test("arguments are not changed in place", () => {
  const message = stored(full);
  const copy = structuredClone(message);
  const planned = config({ spec: { allow: { logins: ["other"] } } });
  role.codec.toMessage(planned, message, planned);
  role.codec.toState(message, planned);
  assert.deepEqual(message, copy);
});

test("a view shows what the cluster chose, and zero as what it is; what is not there is null", () => {
  const message = stored(
    { spec: { options: { max_session_ttl: "30h0m0s", cert_format: "standard" }, allow: {} } },
    (made) => {
      Object.assign(made.metadata ?? {}, { revision: "r1", labels: { "teleport.dev/origin": "config-file" } });
    },
  );
  const [view, state] = [role.codec.toView?.(message) ?? null, role.codec.toState(message, undefined)];
  const paths = [
    [["spec", "options", "max_session_ttl"], "30h0m0s", null],
    [["spec", "options", "forward_agent"], false, null],
    [["metadata", "labels"], new Map([["teleport.dev/origin", "config-file"]]), null],
    [["metadata", "revision"], "r1", null],
    [["metadata", "description"], null, null],
    [["spec", "allow", "logins"], null, null],
    [["spec", "deny"], null, null],
    [["id"], "tester", "tester"],
  ] as const;
  for (const [path, viewed, imported] of paths) {
    assert.deepEqual([valueAt(view, ...path), valueAt(state, ...path)], [viewed, imported], path.join("."));
  }
});
