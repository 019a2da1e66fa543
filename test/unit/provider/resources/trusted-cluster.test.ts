import assert from "node:assert/strict";
import { test } from "node:test";

import { createBestEffort, TrustedClusterV2, type WebInfo } from "../../../../provider/cluster";
import { type Action, type ObjectValue, Unknown } from "../../../../provider/framework";
import { replacementOf } from "../../../../provider/framework/replacement";
import { valueAt } from "../../../../provider/resources/description/values";
import { notePlannedRole } from "../../../../provider/resources/planned-roles";
import { trustedCluster } from "../../../../provider/resources/trusted-cluster";
import { Problem } from "../../../../trust";
import { build, type Draft } from "./support/build";
import { line, validate } from "./support/problems";

const { codec, schema } = trustedCluster;

const rows = [{ remote: "access", local: ["visitor"] }];

function config(spec: Draft, top: Draft = {}): ObjectValue {
  const whole = { enabled: true, web_proxy_addr: "root.example.com:443", role_map: rows, ...spec };
  return build(schema.attributes, { version: "v2", metadata: { name: "root.example.com" }, spec: whole, ...top });
}

function stored(value: ObjectValue, base?: TrustedClusterV2, configured = value): TrustedClusterV2 {
  return TrustedClusterV2.decode(TrustedClusterV2.encode(codec.toMessage(value, base, configured)).finish());
}

// Configuration

const faults: readonly [name: string, value: ObjectValue, ...lines: string[]][] = [
  [
    "an address without a port",
    config({ web_proxy_addr: "root.example.com" }),
    'error spec.web_proxy_addr: "root.example.com" is not an address of the form host:port. Did you mean "root.example.com:443"? [TRUST_ADDRESS]',
  ],
  [
    "an address that is missing",
    config({ web_proxy_addr: null }),
    'error spec.web_proxy_addr: `web_proxy_addr` is missing. Give the root\'s web proxy, such as "root.example.com:443". [TRUST_ADDRESS]',
  ],
  [
    "a tunnel address that is a URL",
    config({ tunnel_addr: "https://root.example.com:3024" }),
    'error spec.tunnel_addr: "https://root.example.com:3024" is not an address of the form host:port. Did you mean "root.example.com:3024"? [TRUST_ADDRESS]',
  ],
  [
    "a trust that is not said to be enabled",
    config({ enabled: null }),
    "warning spec.enabled: `enabled` is not set, which means that the trust is disabled. Write `enabled = true`, or `enabled = false` if that is what is meant. [TRUST_DISABLED]",
  ],
  [
    "both forms of the role map",
    config({ roles: ["visitor"] }),
    'error spec.roles: both `roles` and `role_map` are set. Keep `role_map`; `roles = [a, b]` is the same as one row with remote "*" and local [a, b]. [TRUST_ROLE_MAP]',
  ],
  [
    "no role map at all",
    config({ role_map: null }),
    'error spec.role_map: the role map is empty. Map at least one root role, such as { remote = "access", local = ["access"] }. [TRUST_ROLE_MAP]',
  ],
  [
    "an empty local role behind a row that is not known yet",
    config({
      role_map: [
        { remote: Unknown, local: Unknown },
        { remote: "x", local: [""] },
      ],
    }),
    "error spec.role_map.1.local.0: row 2 of the role map has an empty role in `local`. Name a role of the leaf, or remove the entry. [TRUST_ROLE_MAP]",
  ],
  [
    "a remote role twice",
    config({ role_map: [...rows, { remote: "access", local: ["other"] }] }),
    'error spec.role_map.1.remote: row 2 of the role map repeats `remote` "access" of row 1. Put all `local` roles of "access" into one row. [TRUST_ROLE_MAP]',
  ],
  [
    "a regular expression that is taken literally",
    config({ role_map: [{ remote: "^dev-.*", local: ["visitor"] }] }),
    'warning spec.role_map.0.remote: `remote` "^dev-.*" is taken literally, not as a regular expression. A regular expression begins with `^` and ends with `$`. [TRUST_ROLE_MAP_PATTERN]',
  ],
  [
    "a token in clear",
    config({ token: "secret" }),
    "warning spec.token: `token` is stored in state and plan files in clear. Use `token_wo` (Terraform 1.11), or `teleport_trust`, which makes the token by itself. [TRUST_TOKEN]",
  ],
  [
    "two tokens",
    config({ token: "secret", token_wo: "secret" }),
    "error spec.token: both `token` and `token_wo` are set. Keep `token_wo`, which is stored nowhere. [TRUST_TOKEN]",
  ],
  [
    "no spec",
    config({}, { spec: null }),
    "error spec: spec is null, but it is required. Give it a value. [ARGUMENT_REQUIRED]",
  ],
];

for (const [name, value, ...lines] of faults) {
  test(`a configuration is told about ${name}`, () => {
    assert.deepEqual(validate(trustedCluster, value), lines);
  });
}

test("a configuration whose parts are not known yet is not judged", () => {
  const unknown = config({ web_proxy_addr: Unknown, role_map: Unknown, roles: Unknown, token_wo: Unknown });
  assert.deepEqual(validate(trustedCluster, unknown), []);
  assert.deepEqual(validate(trustedCluster, config({ role_map: [Unknown], token_wo: "x" })), []);
});

// The token

test("a create sends the write-only token, and no state holds it", () => {
  const configured = config({ token_wo: "secret", token_wo_version: 1 });
  const planned = config({ token_wo_version: 1, tunnel_addr: Unknown });
  const made = stored(planned, undefined, configured);
  assert.equal(made.spec?.token, "secret");
  const state = codec.toState(made, planned);
  assert.equal(valueAt(state, "spec", "token"), null);
  assert.equal(valueAt(state, "spec", "token_wo"), null);
  assert.equal(valueAt(state, "spec", "token_wo_version"), 1);
});

test("a create without a write-only token sends the one in clear, and the state holds what the configuration holds", () => {
  const planned = config({ token: "secret" });
  const made = stored(planned);
  assert.equal(made.spec?.token, "secret");
  assert.equal(valueAt(codec.toState(made, planned), "spec", "token"), "secret");
});

test("an update sends the token that the leaf has stored, whatever the configuration says", () => {
  const base = stored(config({ token: "first" }));
  const planned = config({ token: "second", enabled: false });
  assert.equal(stored(planned, base).spec?.token, "first");
  assert.equal(valueAt(codec.toState(base, planned), "spec", "token"), "second");
});

test("another token alone changes nothing in the message, so nothing is written", () => {
  const base = stored(config({ token: "first" }));
  const changed = config({ token_wo: "second", token_wo_version: 2 });
  assert.ok(codec.isEqual?.(codec.toMessage(changed, base, changed), base));
});

test("an import holds no token", () => {
  const state = codec.toState(stored(config({ token: "secret" })), undefined);
  assert.doesNotMatch(
    JSON.stringify(state, (_, value) => (value instanceof Map ? [...value] : value)),
    /secret/,
  );
});

// Drift

test("the tunnel address that the leaf fills in is no drift, another one is", () => {
  const value = config({});
  const made = stored(value);
  Object.assign(made.spec ?? {}, { tunnel_addr: "root.example.com:443" });
  assert.equal(valueAt(codec.toState(made, value), "spec", "tunnel_addr"), null);
  assert.ok(codec.isEqual?.(codec.toMessage(value, made, value), made));
  Object.assign(made.spec ?? {}, { tunnel_addr: "root.example.com:3024" });
  assert.equal(valueAt(codec.toState(made, value), "spec", "tunnel_addr"), "root.example.com:3024");
});

test("a role map that somebody emptied is seen", () => {
  const made = stored(config({}));
  Object.assign(made.spec ?? {}, { role_map: [] });
  assert.equal(valueAt(codec.toState(made, config({})), "spec", "role_map"), null);
});

test("an import shows a trust that is off as such", () => {
  const state = codec.toState(stored(config({ enabled: false })), undefined);
  assert.equal(valueAt(state, "spec", "enabled"), false);
});

// Replacement

function replaced(prior: Draft, planned: Draft): { paths: string[]; warnings: string[] } {
  const { paths, warnings } = replacementOf(schema, config(prior), config(planned));
  return { paths: paths.map((path) => path.join(".")), warnings: warnings.map(line) };
}

const rejoin =
  "removes the trust and joins anew. The leaf is out of reach meanwhile. The join needs a token of the root that is still valid, and a newer root (late 15.4, 16.4, 17 and later) refuses it as long as it keeps the remote cluster of this leaf: remove that first. `teleport_trust` does all of this in place. [TRUST_REJOIN]";

test("another web proxy address replaces the trust, with a warning", () => {
  assert.deepEqual(replaced({ tunnel_addr: "t:1" }, { tunnel_addr: "t:1", web_proxy_addr: "other:443" }), {
    paths: ["spec.web_proxy_addr"],
    warnings: [`warning spec.web_proxy_addr: a change of \`spec.web_proxy_addr\` ${rejoin}`],
  });
});

const replacements: readonly [name: string, prior: Draft, planned: Draft, paths: string[]][] = [
  ["another tunnel address", { tunnel_addr: "a:1" }, { tunnel_addr: "b:1" }, ["spec.tunnel_addr"]],
  ["a tunnel address that will be known later", { tunnel_addr: "a:1" }, { tunnel_addr: Unknown }, ["spec.tunnel_addr"]],
  ["other roles", { role_map: null, roles: ["a"] }, { role_map: null, roles: ["b"] }, ["spec.roles"]],
  ["no roles in place of none", { roles: [] }, { roles: null }, []],
  [
    "the tunnel address written out that the leaf has anyway",
    { tunnel_addr: null },
    { tunnel_addr: "root.example.com:443" },
    [],
  ],
  ["a tunnel address that is left to the leaf as before", { tunnel_addr: null }, { tunnel_addr: Unknown }, []],
  ["another role map", {}, { role_map: [{ remote: "*", local: ["visitor"] }] }, []],
  ["another token", { token: "a" }, { token: "b" }, []],
];

for (const [name, prior, planned, paths] of replacements) {
  test(`${name} ${paths.length > 0 ? "replaces the trust" : "is a change in place"}`, () => {
    assert.deepEqual(replaced(prior, planned).paths, paths);
  });
}

// Checks against root and leaf

interface World {
  readonly rootName?: string;
  readonly rootVersion?: string;
  readonly leafVersion?: string;
  readonly isCloud?: boolean;
  readonly roles?: readonly string[];
  readonly isRootDown?: boolean;
}

function apiOf(world: World) {
  const leaf = {
    title: 'cluster "leaf" (leaf.example.com:443)',
    ping: async () => ({
      clusterName: "leaf.example.com",
      serverVersion: world.leafVersion ?? "17.0.0",
      isCloud: world.isCloud ?? false,
    }),
    roles: { get: async (name: string) => ((world.roles ?? ["visitor"]).includes(name) ? {} : undefined) },
  };
  const webPing = async (addr: string): Promise<Partial<WebInfo>> => {
    if (world.isRootDown) throw new Problem("CONNECTION_FAILED", `nobody answers at ${addr}`, [], "Look there.");
    return { addr, clusterName: world.rootName ?? "root.example.com", serverVersion: world.rootVersion ?? "17.7.0" };
  };
  return { connections: { get: () => leaf, webPing }, bestEffort: createBestEffort() };
}

interface Asked {
  readonly phase?: "plan" | "apply";
  readonly action?: Action;
  readonly prior?: Draft;
  readonly planned?: Draft;
  readonly api?: ReturnType<typeof apiOf>;
}

async function check(
  world: World,
  { phase = "plan", action = "create", prior = {}, planned = { token_wo: "t" }, api }: Asked = {},
) {
  const change = {
    phase,
    action,
    prior: action === "create" ? null : config(prior),
    planned: config(planned),
    config: config(planned),
  };
  const context = {
    api: api ?? apiOf(world),
    connectionKey: "leaf",
    signal: new AbortController().signal,
    now: () => 0,
  };
  const { problems = [] } = (await trustedCluster.check?.(change, context as never)) ?? {};
  return [...problems].map(line);
}

test("a trust that fits is told nothing", async () => {
  assert.deepEqual(await check({}), []);
  assert.deepEqual(await check({}, { phase: "apply" }), []);
});

const refusals: readonly [name: string, world: World, text: string][] = [
  [
    "a name that is not the root's",
    { rootName: "other.example.com" },
    'error metadata.name: the trusted cluster is named "root.example.com", but the cluster at root.example.com:443 is "other.example.com". Name it "other.example.com": a trusted cluster has its root\'s name. [TRUST_ROOT_NAME]',
  ],
  [
    "a leaf in the cloud",
    { isCloud: true },
    "error : leaf.example.com is a tenant of Teleport Cloud, which cannot be a leaf. Trusted clusters need a self-hosted leaf; only the root may be in the cloud. [TRUST_CLOUD_LEAF]",
  ],
  [
    "a leaf that is newer",
    { leafVersion: "18.0.0" },
    "error : the leaf leaf.example.com runs Teleport 18.0.0, the root root.example.com runs 17.7.0: a leaf may not be a major version newer than its root. Upgrade the root first, then the leaf. [TRUST_VERSION_SKEW]",
  ],
  [
    "a leaf that is too old",
    { leafVersion: "15.0.0" },
    "error : the leaf leaf.example.com runs Teleport 15.0.0, the root root.example.com runs 17.7.0: a leaf may be one major version behind its root, not more. Upgrade the leaf, one major version at a time, until it is at most one behind. [TRUST_VERSION_SKEW]",
  ],
];

for (const [name, world, text] of refusals) {
  test(`refuses ${name}, at plan and in apply`, async () => {
    assert.deepEqual(await check(world), [text]);
    assert.deepEqual(await check(world, { phase: "apply" }), [text]);
  });
}

test("a leaf cannot trust itself", async () => {
  const lines = await check({ rootName: "leaf.example.com" });
  assert.equal(
    lines[1],
    'error spec.web_proxy_addr: the cluster at root.example.com:443 is the leaf itself, "leaf.example.com". Give the address of the root; no cluster can trust itself. [TRUST_SAME_CLUSTER]',
  );
});

test("a local role that is missing is a warning at plan and an error in apply", async () => {
  const next =
    "Create it on the leaf first. If this apply creates it, refer to its resource's `id` here, so that it comes before. [TRUST_LOCAL_ROLE]";
  assert.deepEqual(await check({ roles: [] }), [
    `warning spec.role_map.0.local.0: the role "visitor" is not on cluster "leaf" (leaf.example.com:443) yet. ${next}`,
  ]);
  assert.deepEqual(await check({ roles: [] }, { phase: "apply" }), [
    `error spec.role_map.0.local.0: the role "visitor" does not exist on cluster "leaf" (leaf.example.com:443). ${next}`,
  ]);
});

test("a local role that this process has planned on that leaf counts as there, at plan only", async () => {
  const api = apiOf({ roles: [] });
  notePlannedRole(api.connections as never, "leaf", "visitor");
  assert.deepEqual(await check({}, { api }), []);
  assert.equal((await check({}, { api, phase: "apply" })).length, 1);
  const other = apiOf({ roles: [] });
  notePlannedRole(other.connections as never, "other", "visitor");
  assert.equal((await check({}, { api: other })).length, 1);
});

test("a local role with a capture in it, or one that is not known, is not looked for", async () => {
  const planned = { token_wo: "t", role_map: [{ remote: "*", local: ["$1", Unknown] }, Unknown] };
  assert.deepEqual(await check({ roles: [] }, { planned }), []);
});

test("a root that does not answer is a warning at plan and the leaf's own affair in apply", async () => {
  const lines = await check({ isRootDown: true });
  assert.deepEqual(lines, [
    "warning : not checked against the proxy at root.example.com:443: nobody answers at root.example.com:443. Look there. Apply checks it before it writes anything. [PLAN_NOT_CHECKED]",
  ]);
  assert.deepEqual(await check({ isRootDown: true }, { phase: "apply" }), []);
});

test("a join without a token is a warning at plan, as the token may come in apply, and an error then", async () => {
  const text =
    'spec: neither `token_wo` nor `token` is set, and a leaf joins by an invitation token of its root only. Make one on the root (`tctl tokens add --type=trusted_cluster`, or `ephemeral "teleport_provision_token"`) and give it as `token_wo`. [TRUST_TOKEN]';
  assert.deepEqual(await check({}, { planned: {} }), [`warning ${text}`]);
  assert.deepEqual(await check({}, { planned: {}, phase: "apply" }), [`error ${text}`]);
});

const updates: readonly [name: string, prior: Draft, planned: Draft, ...lines: string[]][] = [
  [
    "a change of the token says that it does nothing",
    { token: "a" },
    { token: "b" },
    "warning spec.token: the change of `token` does nothing: the leaf has joined already. A token is used once, when the leaf joins; the trust stands without it. Only the state takes note of the change. [TRUST_TOKEN]",
  ],
  [
    "a change of the token's version says the same",
    { token_wo_version: 1 },
    { token_wo_version: 2 },
    "warning spec.token_wo_version: the change of `token_wo_version` does nothing: the leaf has joined already. A token is used once, when the leaf joins; the trust stands without it. Only the state takes note of the change. [TRUST_TOKEN]",
  ],
  [
    "disabling says what it means",
    {},
    { enabled: false },
    "warning spec.enabled: the trust is disabled: the leaf closes its tunnel, and users of the root lose access to it. The trust itself stays on both clusters; `enabled = true` opens the tunnel again. [TRUST_DISABLED]",
  ],
  ["enabling says nothing", { enabled: false }, {}],
  [
    "a change of the role map says nothing when the roles are there",
    {},
    { role_map: [{ remote: "*", local: ["visitor"] }] },
  ],
];

for (const [name, prior, planned, ...lines] of updates) {
  test(name, async () => {
    assert.deepEqual(await check({}, { action: "update", prior, planned }), lines);
    assert.deepEqual(await check({}, { action: "update", prior, planned, phase: "apply" }), []);
  });
}

test("an update that leaves the role map alone asks nobody", async () => {
  const deaf = { connections: { get: () => ({}) }, bestEffort: () => assert.fail("asked") };
  assert.deepEqual(await check({}, { action: "update", planned: { enabled: true }, api: deaf as never }), []);
});
