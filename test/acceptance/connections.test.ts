// The provider block and what can be wrong with a connection, through the real terraform. Nothing may change in any cluster.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";

import { Acceptance } from "../support/acceptance";
import { identityOf, listening } from "../support/auth-peer";
import { objectsOf } from "../support/outside";

let acceptance: Acceptance;
before(async () => {
  acceptance = await Acceptance.start();
});
after(() => acceptance.dispose());

/** Terraform breaks lines and draws frames; words stay. */
function flat(output: string): string {
  return output.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");
}

const source = (cluster = '"leaf"') => `
data "teleport_cluster" "it" {
  cluster = ${cluster}
}
`;

const provider = (entry: string) => `provider "teleport" {\n  clusters = {\n    leaf = ${entry}\n  }\n}\n`;

/** Runs a plan that must fail with all of these sentences, leave the clusters alone and show no stack. */
async function refuses(
  configuration: string,
  sentences: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const before = objectsOf(acceptance.lab);
  acceptance.terraform.configure(configuration);
  const { code, output } = await acceptance.plan({ env });
  const said = flat(output);
  assert.equal(code, 1, output);
  for (const sentence of sentences)
    assert.ok(said.includes(sentence), `${sentence}\n--- was not said in ---\n${output}`);
  assert.doesNotMatch(output, /\bat .*\.[cm]?js:\d+/);
  assert.deepEqual(objectsOf(acceptance.lab), before);
}

const leafAddr = () => acceptance.lab.leaf().addresses.proxy;
const leafIdentity = () => acceptance.identity(acceptance.lab.leaf());
const howToIssue = "Issue it with `tctl auth sign --format=file --user=… --out=…`, or let Machine ID (tbot) write it.";

test("refuses an identity file that is not there", async () => {
  await refuses(provider(`{ addr = "${leafAddr()}", identity_file_path = "missing.pem" }`) + source(), [
    'Error: cluster "leaf": the identity file "missing.pem" cannot be read: missing.pem: no such file',
    `A relative path starts where terraform runs. ${howToIssue} [IDENTITY_INVALID]`,
  ]);
});

test("refuses an identity file that is none", async () => {
  const path = acceptance.file("garbage.pem", "garbage\n");
  await refuses(provider(`{ addr = "${leafAddr()}", identity_file_path = "${path}" }`) + source(), [
    `cluster "leaf": the identity file "${path}" cannot be used: identity file could not be decoded: could not find SSH cert in the identity file`,
    `${howToIssue} [IDENTITY_INVALID]`,
  ]);
});

test("refuses an expired identity, with its date", async () => {
  const { authorities } = acceptance.lab.leaf();
  const path = acceptance.file("expired.pem", await identityOf(authorities, { ttlMs: -60_000 }));
  await refuses(provider(`{ addr = "${leafAddr()}", identity_file_path = "${path}" }`) + source(), [
    `cluster "leaf": the identity file "${path}" of user "bot-terraform" expired at ${new Date().toISOString().slice(0, 10)}T`,
    "Issue a new one with `tctl auth sign --format=file --user=… --out=…`, or let Machine ID (tbot) renew it. [IDENTITY_EXPIRED]",
  ]);
});

test("refuses a cluster that is another one than the identity's", async () => {
  const root = acceptance.identity(acceptance.lab.root);
  await refuses(provider(`{ addr = "${leafAddr()}", identity_file_path = "${root}" }`) + source(), [
    `cannot connect to cluster "leaf" at ${leafAddr()} with the identity file "${root}": it belongs to cluster "leaf.lab", the credentials to cluster "root.lab"`,
    "Use credentials of that cluster, or the address of theirs. [CONNECTION_UNTRUSTED]",
  ]);
});

test("refuses an Auth whose authority the identity does not hold", async () => {
  const addr = acceptance.lab.leaf().addresses.auth;
  const root = acceptance.identity(acceptance.lab.root);
  await refuses(provider(`{ addr = "${addr}", identity_file_path = "${root}" }`) + source(), [
    `cannot connect to cluster "leaf" at ${addr} with the identity file "${root}": its certificate is signed by an authority that the credentials do not hold`,
    "`addr` and the credentials must belong to the same cluster; after a rotation of its host authority issue the credentials again. [CONNECTION_UNTRUSTED]",
  ]);
});

test("refuses an address where nothing listens", async () => {
  const free = await listening(createServer(), "connection");
  await free.close();
  await refuses(provider(`{ addr = "${free.addr}", identity_file_path = "${leafIdentity()}" }`) + source(), [
    `cannot connect to cluster "leaf" at ${free.addr} with the identity file "${leafIdentity()}": nothing listens there (connection refused)`,
    "Check `addr` and that the cluster is up and reachable from this machine. [CONNECTION_FAILED]",
  ]);
});

test("refuses an address without a port, before anything is asked", async () => {
  await refuses(provider(`{ addr = "leaf.example.com", identity_file_path = "x" }`) + source(), [
    '"leaf.example.com" is not an address of the form host:port',
    'Did you mean "leaf.example.com:443"? [TRUST_ADDRESS]',
  ]);
});

test("refuses a cluster that is not configured, and names what may have been meant", async () => {
  await refuses(provider(`{ addr = "${leafAddr()}", identity_file_path = "${leafIdentity()}" }`) + source('"laef"'), [
    'cluster "laef" is not in the provider\'s `clusters`',
    'Did you mean "leaf"? It has "leaf". [CONNECTION_NOT_CONFIGURED]',
  ]);
});

test("never takes the only entry for the default connection", async () => {
  await refuses(provider(`{ addr = "${leafAddr()}", identity_file_path = "${leafIdentity()}" }`) + source("null"), [
    'the provider has no default connection (`clusters` has "leaf", which are used only where `cluster` names them)',
    "[CONNECTION_NOT_CONFIGURED]",
  ]);
});

test("refuses to join by itself", async () => {
  await refuses(`provider "teleport" {\n  join_method = "token"\n}\n${source("null")}`, [
    "`join_method` is set, but this provider cannot join a cluster by itself yet",
    "Use an identity file that Machine ID (tbot) writes: `identity_file_path`. [PROVIDER_ARGUMENT]",
  ]);
});

test("refuses a proxy whose certificate this machine does not trust, and says how to trust it", async () => {
  const entry = provider(`{ addr = "${leafAddr()}", identity_file_path = "${leafIdentity()}" }`);
  await refuses(
    entry + source(),
    [
      `cannot connect to the web proxy at ${leafAddr()}: its certificate is signed by an authority that this machine does not trust`,
      "Name the file with that authority in SSL_CERT_FILE (or install it in the system), or set `insecure` for a test. [CONNECTION_UNTRUSTED]",
    ],
    { SSL_CERT_FILE: "" },
  );
});

test("warns of an identity that others can read", async () => {
  const path = acceptance.file("open.pem", acceptance.lab.leaf().identities.bot?.identityFile ?? "");
  const { chmodSync } = await import("node:fs");
  chmodSync(path, 0o644);
  acceptance.terraform.configure(provider(`{ addr = "${leafAddr()}", identity_file_path = "${path}" }`) + source());
  const { code, output } = await acceptance.plan();
  assert.equal(code, 0, output);
  assert.ok(
    flat(output).includes(
      `Warning: cluster "leaf": "${path}" holds a private key, and its mode 0644 lets others at it`,
    ),
    output,
  );
});

test("reads clusters and remote clusters, by Auth's own address and by the environment's default connection", async () => {
  const { root } = acceptance.lab;
  const outputs = `
data "teleport_cluster" "it" {}
data "teleport_remote_clusters" "it" {}
output "cluster" { value = data.teleport_cluster.it }
output "leaves" { value = data.teleport_remote_clusters.it.remote_clusters }
`;
  acceptance.terraform.configure(`provider "teleport" {}\n${outputs}`);
  const env = { TF_TELEPORT_ADDR: root.addresses.auth, TF_TELEPORT_IDENTITY_FILE_PATH: acceptance.identity(root) };
  await acceptance.applied({ env });
  const { stdout } = await acceptance.run(["output", "-json"], { env });
  const { cluster, leaves } = JSON.parse(stdout) as Record<string, { value: Record<string, unknown> }>;
  assert.equal(cluster?.value.name, "root.lab");
  assert.equal(cluster?.value.version, root.version);
  assert.equal(cluster?.value.web_proxy_addr, root.addresses.proxy);
  assert.deepEqual(cluster?.value.ca_pins, root.caPins);
  assert.deepEqual(leaves?.value, []);
});

test("makes an ephemeral token in plan and apply, stores it nowhere and leaves none behind", async () => {
  const { root } = acceptance.lab;
  acceptance.configure(`
ephemeral "teleport_provision_token" "it" {
  cluster = "root"
  roles   = ["Trusted_cluster"]
  ttl     = "1m"
}
resource "terraform_data" "it" {
  input = "no secret"
}
`);
  const known = acceptance.lab.issuedTokens.length;
  await acceptance.applied();
  const made = acceptance.lab.issuedTokens.slice(known);
  assert.ok(made.length >= 1);
  const state = acceptance.terraform.read("terraform.tfstate");
  assert.ok(made.every((token) => !state.includes(token)));
  assert.deepEqual(root.dump().tokens, []);
});
