import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { createClock } from "../../../provider/clock";
import { type ConnectionSettings, diskFiles } from "../../../provider/cluster";
import { type Attributes, type ObjectValue, Unknown, type Value } from "../../../provider/framework";
import { clusterAttributes, environmentNames, providerSchema } from "../../../provider/provider-schema";
import { readProviderSettings } from "../../../provider/provider-settings";
import { validateProvider } from "../../../provider/validate-provider";
import { Problem } from "../../../trust";

function objectOf(attributes: Attributes, given: Readonly<Record<string, Value>>): ObjectValue {
  return Object.fromEntries(Object.keys(attributes).map((name) => [name, given[name] ?? null]));
}

const entry = (given: Readonly<Record<string, Value>>) => objectOf(clusterAttributes, given);
const block = (given: Readonly<Record<string, Value>>) => objectOf(providerSchema.attributes, given);

function read(given: Readonly<Record<string, Value>>, env: Record<string, string> = {}, homeDir = "/nowhere") {
  return readProviderSettings(block(given), { env, files: diskFiles, homeDir });
}

async function defaultSettings(given: Readonly<Record<string, Value>>, env: Record<string, string> = {}) {
  const { connections } = await read(given, env);
  const settings = connections.default;
  if (settings instanceof Problem) throw settings;
  assert.ok(typeof settings === "object", `the default connection is ${settings}`);
  return settings;
}

test("has every argument of the official provider, and clusters", () => {
  assert.deepEqual(
    Object.keys(providerSchema.attributes).sort(),
    [...Object.keys(environmentNames), "clusters"].sort(),
  );
  const sensitive = Object.entries(providerSchema.attributes).flatMap(([name, { sensitive }]) =>
    sensitive ? [name] : [],
  );
  assert.deepEqual(sensitive.sort(), ["identity_file", "identity_file_base64", "join_token", "key_base64"]);
});

test("takes the environment where the block says nothing, and the block where both speak", async () => {
  const env = {
    TF_TELEPORT_ADDR: "env.example.com:443",
    TF_TELEPORT_IDENTITY_FILE_PATH: "env.pem",
    TF_TELEPORT_INSECURE: "true",
    TF_TELEPORT_DIAL_TIMEOUT_DURATION: "2s",
    TF_TELEPORT_RETRY_MAX_TRIES: "3",
  };
  const fromEnv = await defaultSettings({}, env);
  assert.equal(fromEnv.addr, "env.example.com:443");
  assert.deepEqual(fromEnv.credentials, [{ kind: "identity-file", path: "env.pem" }]);
  assert.equal(fromEnv.insecure, true);
  assert.equal(fromEnv.dialTimeoutMs, 2000);
  assert.deepEqual(fromEnv.retry, { baseMs: 1000, capMs: 5000, maxTries: 3 });
  const written = { addr: "block.example.com:3025", identity_file_path: "block.pem", insecure: false };
  const fromBlock = await defaultSettings(written, env);
  assert.equal(fromBlock.addr, "block.example.com:3025");
  assert.deepEqual(fromBlock.credentials, [{ kind: "identity-file", path: "block.pem" }]);
  assert.equal(fromBlock.insecure, false);
});

test("tries credentials in the order of the official provider, and hides their content", async () => {
  const given = {
    addr: "a:443",
    profile_name: "p",
    identity_file_base64: Buffer.from("three").toString("base64"),
    identity_file: "two",
    identity_file_path: "one.pem",
    cert_path: "c",
    key_path: "k",
    root_ca_path: "r",
  };
  const { credentials } = await defaultSettings(given);
  assert.deepEqual(
    credentials.map((source) =>
      source.kind === "identity" ? [source.argument, source.content.reveal()] : source.kind,
    ),
    ["key-pair-files", "identity-file", ["identity_file", "two"], ["identity_file_base64", "three"], "profile"],
  );
  assert.ok(!JSON.stringify(credentials).includes("two"));
});

test("has no default connection when nothing asks for one", async () => {
  const { connections } = await read({
    clusters: new Map([["leaf", entry({ addr: "l:443", identity_file_path: "x" })]]),
  });
  assert.equal(connections.default, undefined);
  assert.deepEqual([...connections.clusters.keys()], ["leaf"]);
});

test("takes the current tsh profile for an address alone, as the official provider does", async () => {
  const { credentials } = await defaultSettings({ addr: "a:443" });
  const { warnings } = await read({ addr: "a:443" });
  assert.equal(warnings[0]?.what, "the default connection has no credentials; it takes the current tsh profile");
  assert.deepEqual(credentials, [{ kind: "profile", name: undefined, dir: undefined }]);
});

test("takes the address of a profile", async () => {
  const home = mkdtempSync(join(tmpdir(), "teleport-trust-home-"));
  mkdirSync(join(home, ".tsh"));
  writeFileSync(join(home, ".tsh/p.example.com.yaml"), "web_proxy_addr: p.example.com:443\nuser: me\n");
  const { connections } = await read({ profile_name: "p.example.com" }, {}, home);
  rmSync(home, { recursive: true });
  assert.equal((connections.default as ConnectionSettings).addr, "p.example.com:443");
});

test("leaves a connection unknown when a part of it is, and no other", async () => {
  const clusters = new Map<string, Value>([
    ["known", entry({ addr: "k:443", identity_file_path: "k.pem" })],
    ["unknown", entry({ addr: "u:443", identity_file: Unknown })],
    ["wholly", Unknown],
  ]);
  const { connections } = await read({ addr: Unknown, identity_file_path: "x", clusters });
  assert.equal(connections.default, "unknown");
  assert.equal(typeof connections.clusters.get("known"), "object");
  assert.equal(connections.clusters.get("unknown"), "unknown");
  assert.equal(connections.clusters.get("wholly"), "unknown");
  assert.equal(connections.clustersUnknown, false);
  assert.equal((await read({ clusters: Unknown })).connections.clustersUnknown, true);
});

test("gives entries the block's patience and none of its trust", async () => {
  const clusters = new Map([
    ["one", entry({ addr: "one:443", identity_file_path: "x" })],
    ["two", entry({ addr: "two:443", identity_file_path: "x", insecure: true, dial_timeout: "5s" })],
  ]);
  const { connections } = await read({ clusters, dial_timeout_duration: "7s", insecure: true });
  const [one, two] = [...connections.clusters.values()] as ConnectionSettings[];
  assert.deepEqual([one?.insecure, one?.dialTimeoutMs], [false, 7000]);
  assert.deepEqual([two?.insecure, two?.dialTimeoutMs], [true, 5000]);
});

const wrong: readonly (readonly [
  name: string,
  given: Record<string, Value>,
  env: Record<string, string>,
  what: string,
])[] = [
  ["no address", { identity_file_path: "x" }, {}, "the default connection has no `addr`"],
  [
    "an address without a port",
    { addr: "a", identity_file_path: "x" },
    {},
    '"a" is not an address of the form host:port',
  ],
  [
    "half a key pair",
    { addr: "a:1", cert_path: "c" },
    {},
    "the default connection has a key pair without `key_path` and `root_ca_path`",
  ],
  [
    "no base64",
    { addr: "a:1", identity_file_base64: "%" },
    {},
    "the default connection: `identity_file_base64` is not base64",
  ],
  [
    "a truth that is none",
    { addr: "a:1", identity_file_path: "x" },
    { TF_TELEPORT_INSECURE: "maybe" },
    'TF_TELEPORT_INSECURE is "maybe", which is neither true nor false',
  ],
];

for (const [name, given, env, what] of wrong) {
  test(`keeps what is wrong with a connection until it is used: ${name}`, async () => {
    const { connections, problems } = await read(given, env);
    assert.deepEqual(problems, []);
    assert.ok(connections.default instanceof Problem);
    assert.equal(connections.default.what, what);
  });
}

test("refuses to join by itself, and never passes that over", async () => {
  const { problems } = await read({ join_method: "token", addr: "a:1" }, { TF_TELEPORT_JOIN_TOKEN: "geheim" });
  assert.deepEqual(
    problems.map(({ what, where }) => [what, where]),
    [
      ["`join_method` is set, but this provider cannot join a cluster by itself yet", ["join_method"]],
      ["TF_TELEPORT_JOIN_TOKEN (`join_token`) is set, but this provider cannot join a cluster by itself yet", []],
    ],
  );
});

const invalid: readonly (readonly [name: string, key: string, given: Value, whats: readonly string[]])[] = [
  ["complete", "leaf", entry({ addr: "a:1", identity_file: Unknown }), []],
  ["a profile without address", "leaf", entry({ profile_name: "p" }), []],
  ["unknown", "leaf", Unknown, []],
  ["nothing", "leaf", entry({}), ['cluster "leaf" has no `addr`', 'cluster "leaf" has no credentials']],
  [
    "two kinds of credentials",
    "leaf",
    entry({ addr: "a:1", identity_file: "x", profile_dir: "d" }),
    ['cluster "leaf" has credentials of several kinds: `identity_file` and `profile_dir`'],
  ],
  [
    "half a key pair",
    "leaf",
    entry({ addr: "a:1", key_base64: "x", root_ca_base64: "y" }),
    ['cluster "leaf" has a key pair without `cert_base64`'],
  ],
  ["a key with a slash", "a/b", entry({ addr: "a:1", identity_file: "x" }), ['"a/b" cannot name a cluster']],
];

for (const [name, key, given, whats] of invalid) {
  test(`validates an entry of clusters: ${name}`, () => {
    const problems = [...validateProvider(block({ clusters: new Map([[key, given]]) }))];
    assert.deepEqual(
      problems.map(({ what }) => what),
      whats,
    );
    assert.ok(problems.every(({ where }) => where[0] === "clusters" && where[1] === key));
  });
}

test("moves the clock by the offset in a file, and says so", () => {
  const files: Record<string, string> = { "/lab/clock-offset": "31m0s\n", "/lab/empty": "", "/lab/wrong": "soon" };
  const make = (path?: string) =>
    createClock(
      path === undefined ? {} : { TELEPORT_TRUST_CLOCK_OFFSET_FILE: path },
      () => 1000,
      (name) => files[name] ?? "",
    );
  assert.equal(make().warning, undefined);
  assert.equal(make("/lab/empty").now(), 1000);
  const moved = make("/lab/clock-offset");
  assert.equal(moved.now(), 1000 + 31 * 60_000);
  assert.equal(
    moved.warning?.what,
    "the provider's clock is moved by 31m0s, as TELEPORT_TRUST_CLOCK_OFFSET_FILE asks for",
  );
  assert.throws(() => make("/lab/wrong"), {
    code: "PROVIDER_CLOCK_OFFSET",
    what: 'the clock\'s offset cannot be read from /lab/wrong: "soon" is not a duration',
  });
});
