import assert from "node:assert/strict";
import { test } from "node:test";

import { type Api, ProvisionTokenV2 } from "../../../../provider/cluster";
import { type CallContext, type ObjectValue, Unknown } from "../../../../provider/framework";
import { planObject } from "../../../../provider/framework/plan";
import { valueAt } from "../../../../provider/resources/description/values";
import { provisionToken } from "../../../../provider/resources/provision-token";
import { tokenId } from "../../../../trust";
import { build, type Draft } from "./support/build";
import { line, validate } from "./support/problems";

const { codec, schema, identity } = provisionToken;
const warned =
  'warning metadata.name: the token is stored in state in clear: `metadata.name` is the secret itself. To join clusters use `teleport_trust`, to hand out a token `ephemeral "teleport_provision_token"`: both store nothing. Otherwise keep the state as safe as the token. [TOKEN_IN_STATE]';

function config(spec: Draft = {}, top: Draft = {}): ObjectValue {
  return build(schema.attributes, {
    version: "v2",
    metadata: { name: "n4me" },
    spec: { roles: ["Node"], ...spec },
    ...top,
  });
}

const github = { join_method: "github", github: { allow: [{ repository: "a/b" }] } };

// Configuration

const faults: readonly [name: string, value: ObjectValue, ...lines: string[]][] = [
  ["a secret in clear", config(), warned],
  ["nothing where the name is no secret", config(github)],
  ["nothing of what is not known yet", config({ join_method: Unknown, roles: Unknown, bot_name: Unknown })],
  [
    "metadata that are missing",
    config(github, { metadata: null }),
    "error metadata: `metadata` is missing. Write `metadata = {}`, with what the token shall have. [API_INVALID]",
  ],
  [
    "two ends",
    config(github, { ttl: "1h", metadata: { expires: "2096-01-01T00:00:00Z" } }),
    "error ttl: both `ttl` and `metadata.expires` are set. Keep one of them. [API_INVALID]",
  ],
  [
    "a ttl that is none",
    config(github, { ttl: "1 h" }),
    'error ttl: "1 h" is not a duration. Did you mean "1h"? [TRUST_DURATION]',
  ],
  [
    "a version that there is not",
    config(github, { version: "v3" }),
    'error version: "v3" is none of the values that are allowed here. Write "v2". [API_INVALID]',
  ],
  [
    "no roles",
    config({ ...github, roles: [] }),
    'error spec.roles: the token gives no roles. Name at least one, such as "Trusted_cluster". [API_INVALID]',
  ],
  [
    "a role twice, in whatever spelling",
    config({ ...github, roles: ["windows_desktop", Unknown, "WindowsDesktop"] }),
    'error spec.roles.2: the role "WindowsDesktop" is there twice. Name each role once. [API_INVALID]',
  ],
  [
    "a role that is misspelled",
    config({ ...github, roles: ["Nodes"] }),
    'warning spec.roles.0: "Nodes" is no system role that this provider knows. Did you mean "Node"? Known are App, Auth, Bot, Db, Discovery, Kube, MDM, Node, Okta, Proxy, RemoteProxy, Signup, Trusted_cluster, WindowsDesktop. [API_INVALID]',
  ],
  [
    "a bot without a name",
    config({ ...github, roles: ["bot"] }),
    "error spec.bot_name: a token with the role Bot names its bot, and `bot_name` is missing. Set `bot_name`. [API_INVALID]",
  ],
  [
    "a bot's name without the role",
    config({ ...github, bot_name: "ci" }),
    'error spec.bot_name: `bot_name` is set, but the token does not give the role Bot. Add "Bot" to `roles`, or drop `bot_name`. [API_INVALID]',
  ],
  [
    "a join method that there is not",
    config({ join_method: "magic" }),
    'warning spec.join_method: "magic" is no join method that this provider knows. Known are token, ec2, iam, azure, azure_devops, bitbucket, circleci, env0, gcp, github, gitlab, kubernetes, oracle, spacelift, terraform_cloud, tpm, bound_keypair. [API_INVALID]',
  ],
  [
    "rules that do not fit the method",
    config({ join_method: "token", allow: [{ aws_account: "1" }] }),
    warned,
    'error spec.allow: the join method "token" takes no `allow` rules. Drop them, or use the join method "iam" or "ec2". [API_INVALID]',
  ],
  [
    "a method without its options",
    config({ join_method: "gitlab" }),
    'error spec.gitlab: the join method "gitlab" needs `spec.gitlab`. Set it. [API_INVALID]',
  ],
  [
    "a method without rules",
    config({ join_method: "gitlab", gitlab: { allow: [] } }),
    'error spec.gitlab.allow: the join method "gitlab" needs `spec.gitlab.allow`. Add at least one rule. [API_INVALID]',
  ],
  [
    "an account rule that is missing",
    config({ join_method: "iam" }),
    'error spec.allow: the join method "iam" needs `spec.allow`. Add at least one rule. [API_INVALID]',
  ],
  ["rules without a method, which then is ec2", config({ allow: [{ aws_account: "1" }] })],
];

for (const [name, value, ...lines] of faults) {
  test(`a configuration is told about ${name}`, () => {
    assert.deepEqual(validate(provisionToken, value), lines);
  });
}

// The plan

function plan(value: ObjectValue, prior: ObjectValue | null = null, configuredBefore: readonly string[] = []) {
  const planned = planObject(schema, { config: value, prior, configuredBefore });
  const action = prior === null ? "create" : planned === prior ? "none" : "update";
  const change = { action, prior, planned, config: value } as const;
  const adjusted = provisionToken.customizePlan?.(change, { private: undefined as never }).planned ?? planned;
  return { adjusted, at: (...path: string[]) => valueAt(adjusted, ...path) };
}

/** What is in the state after this was applied. */
function applied(value: ObjectValue, nowMs = 0): ObjectValue {
  const planned = complete(plan(value).adjusted, nowMs);
  return codec.toState(asStored(codec.toMessage(planned, undefined, value)), planned);
}

function complete(planned: ObjectValue, nowMs: number): ObjectValue {
  const api = { randomBytes: (size: number) => new Uint8Array(size).fill(0xab) } as unknown as Api;
  const context = { api, now: () => nowMs } as unknown as CallContext<Api>;
  return provisionToken.complete?.(planned, context) as ObjectValue;
}

/** As a cluster reads a token back. */
function asStored(message: ProvisionTokenV2): ProvisionTokenV2 {
  const token = ProvisionTokenV2.decode(ProvisionTokenV2.encode(message).finish());
  Object.assign(token.spec ?? {}, { join_method: message.spec?.join_method || "token" });
  Object.assign(token.spec ?? {}, { roles: token.spec?.roles.map((role) => role.replace("trusted", "Trusted")) });
  return token;
}

test("the plan of a token knows its id from its name, and draws nothing and counts nothing by itself", () => {
  const named = plan(config({}, { ttl: "1h" }));
  assert.equal(named.at("id"), tokenId("n4me"));
  assert.equal(named.at("metadata", "expires"), Unknown);
  assert.equal(named.at("kind"), "token");
  const drawn = plan(config({}, { metadata: {} }));
  assert.deepEqual(
    [drawn.at("id"), drawn.at("metadata", "name"), drawn.at("metadata", "expires")],
    [Unknown, Unknown, null],
  );
});

test("an apply draws 32 bytes for a name and counts the end from now, to the second", () => {
  const completed = complete(plan(config({}, { ttl: "90m", metadata: {} })).adjusted, 1_795_341_600_001);
  assert.equal(valueAt(completed, "metadata", "name"), "ab".repeat(32));
  assert.equal(valueAt(completed, "metadata", "expires"), "2026-11-22T11:30:01Z");
  const endless = complete(plan(config()).adjusted, 0);
  assert.equal(valueAt(endless, "metadata", "expires"), null);
});

const later: readonly [name: string, before: Draft, now: Draft, expires: unknown][] = [
  ["the same ttl", { ttl: "1h" }, { ttl: "1h" }, "1970-01-01T01:00:00Z"],
  ["the same ttl in other words", { ttl: "1h" }, { ttl: "60m" }, "1970-01-01T01:00:00Z"],
  ["another ttl", { ttl: "1h" }, { ttl: "2h" }, Unknown],
  ["no ttl any more", { ttl: "1h" }, {}, null],
  ["a ttl for a token without end", {}, { ttl: "1h" }, Unknown],
  [
    "an end that is configured",
    { ttl: "1h" },
    { metadata: { name: "n4me", expires: "2096-01-01T00:00:00Z" } },
    "2096-01-01T00:00:00Z",
  ],
];

for (const [name, before, now, expires] of later) {
  test(`a later plan ${expires === Unknown ? "counts anew" : "does not count"} for ${name}`, () => {
    assert.deepEqual(plan(config({}, now), applied(config({}, before))).at("metadata", "expires"), expires);
  });
}

test("a plan of what was applied changes nothing, in whatever spelling it is written", () => {
  for (const value of [config(), config({ roles: ["trusted_cluster"] }, { ttl: "1h" }), config(github)]) {
    const state = applied(value);
    assert.deepEqual(plan(value, state).adjusted, state);
  }
  const state = applied(config({ roles: ["trusted_cluster"] }, { ttl: "1h" }));
  assert.deepEqual(plan(config({ roles: ["TrustedCluster"] }, { ttl: "3600s" }), state).adjusted, state);
});

test("what somebody else chose where the cluster would choose otherwise is given back to the cluster", () => {
  const state = applied(config());
  const changed = codec.toState(
    ProvisionTokenV2.fromPartial({ metadata: { name: "n4me" }, spec: { roles: ["Node"], join_method: "iam" } }),
    state,
  );
  assert.equal(valueAt(changed, "spec", "join_method"), "iam");
  assert.equal(plan(config(), changed).at("spec", "join_method"), Unknown);
  assert.equal(plan(config({ join_method: "iam" }), changed).at("spec", "join_method"), "iam");
});

// Names and secrets

test("a token is named by its hash, whatever it is looked for by", () => {
  const hash = tokenId("n4me");
  assert.equal(identity.nameOf(identity.ofValue(config())), hash);
  assert.deepEqual(identity.ofImport(hash.toUpperCase()), { by: "hash", hash });
  assert.deepEqual(identity.ofImport("tt-0123abcd"), { by: "prefix", prefix: "tt-0123abcd-" });
  assert.deepEqual(identity.ofImport("n4me"), { by: "name", name: "n4me" });
  assert.deepEqual([...(identity.importAdvice?.(hash) ?? [])], []);
  assert.deepEqual([...(identity.importAdvice?.("n4me") ?? [])].map(line), [
    "warning : the import id is the token itself, which the shell keeps in its history. Import it by its hash, `sha256:<hex>`; the data source `teleport_provision_tokens` shows it. [TOKEN_IMPORT_ID]",
  ]);
  assert.throws(() => identity.ofImport(""), /names no token/);
});

test("what a cluster writes about a token's use is neither read nor lost", () => {
  const value = config({ join_method: "bound_keypair", bound_keypair: {} });
  const status = { bound_keypair: { registration_secret: "s3cret", recovery_count: 3 } };
  const stored = ProvisionTokenV2.fromPartial({ ...codec.toMessage(applied(value), undefined, value), status });
  for (const like of [applied(value), undefined]) assert.equal(valueAt(codec.toState(stored, like), "status"), null);
  const updated = codec.toMessage(applied(value), stored, value);
  assert.deepEqual(updated.status, stored.status);
  assert.ok(codec.isEqual?.(updated, stored));
});
