// The provider block by real terraform: every way to connect, values that are not known yet, connections that were taken away.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { LabCluster } from "../../lab";
import { Acceptance } from "../support/acceptance";
import { tlsAuthority } from "../support/auth-peer";
import { identityOf } from "../support/lab-clients";
import { leftovers } from "../support/outside";
import { applyEmpty, applySettled, assertRefused, assertSays, assertSettled, deeds } from "../support/plans";

/** Ways to give an identity, as arguments of a connection. */
function credentials(acceptance: Acceptance, cluster: LabCluster): Record<string, string> {
  const { tls, identityFile } = identityOf(cluster, "bot");
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const parts = {
    cert: tls.certificate,
    key: tls.privateKey,
    root_ca: tlsAuthority(cluster.authorities, "host"),
  };
  const files = Object.entries(parts).map(([name, text]) => `${name}_path = "${acceptance.file(`${name}.pem`, text)}"`);
  const texts = Object.entries(parts).map(([name, text]) => `${name}_base64 = "${base64(text)}"`);
  return {
    path: `identity_file_path = "${acceptance.identity(cluster)}"`,
    content: `identity_file = file("${acceptance.identity(cluster)}")`,
    base64: `identity_file_base64 = "${base64(identityFile)}"`,
    pair_files: files.join(", "),
    pair_base64: texts.join(", "),
  };
}

test("every form of identity works for entries of `clusters`, by the proxy and by the Auth's own address", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const { root } = acceptance.lab;
  const entries = Object.entries(credentials(acceptance, root)).flatMap(([name, identity]) =>
    (["proxy", "auth"] as const).map((by) => `${name}_${by} = { addr = "${root.addresses[by]}", ${identity} }`),
  );
  acceptance.terraform.configure(`provider "teleport" {\n clusters = {\n${entries.join("\n")}\n }\n}
    locals { keys = [${entries.map((entry) => `"${entry.split(" ")[0]}"`).join(", ")}] }
    data "teleport_cluster" "it" {
      for_each = toset(local.keys)
      cluster  = each.key
    }
    output "names" { value = distinct([for cluster in data.teleport_cluster.it : cluster.name]) }`);
  await applySettled(acceptance);
  const { stdout } = await acceptance.run(["output", "-json", "names"]);
  assert.deepEqual(JSON.parse(stdout), ["root.lab"]);
});

const role = (more = "", name = "it") => `resource "teleport_role" "${name}" {
  ${more}
  version  = "v7"
  metadata = { name = "${name}" }
}\n`;

/** A connection's arguments as lines of the provider block. */
function block(addr: string, identity: string, more = ""): string {
  return `provider "teleport" {\n addr = "${addr}"\n ${identity.replaceAll(", ", "\n ")}\n ${more}\n}\n`;
}

test("the default connection is made by the block's arguments, each of which has an environment variable, and imports bare names", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const { root } = acceptance.lab;
  const { identityFile } = identityOf(root, "bot");
  const { pair_base64 = "", content = "" } = credentials(acceptance, root);
  acceptance.terraform.configure(block(root.addresses.proxy, pair_base64) + role());
  await applyEmpty(acceptance);
  acceptance.terraform.configure(block(root.addresses.auth, content) + role());
  await applyEmpty(acceptance);
  await acceptance.run(["state", "rm", "teleport_role.it"]);
  const env = { TF_TELEPORT_ADDR: root.addresses.proxy, TF_TELEPORT_IDENTITY_FILE: identityFile };
  acceptance.terraform.configure(`provider "teleport" {}\n${role()}`);
  const imported = await acceptance.run(["import", "-no-color", "teleport_role.it", "it"], { env });
  assert.equal(imported.code, 0, imported.output);
  const empty = await acceptance.plan({ env });
  assert.equal(empty.code, 0, empty.output);
  await acceptance.destroyed({ env });
  assert.deepEqual(leftovers(acceptance.lab), []);
});

test("a company's authorities are taken from a folder of hashed names, and `insecure` goes without them", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const { root } = acceptance.lab;
  const folder = join(acceptance.terraform.folder, "certs");
  mkdirSync(folder);
  const file = join(folder, "company.pem");
  writeFileSync(file, root.proxyCa);
  const hash = execFileSync("openssl", ["x509", "-noout", "-subject_hash", "-in", file], { encoding: "utf8" }).trim();
  writeFileSync(join(folder, `${hash}.0`), root.proxyCa);
  const { path = "" } = credentials(acceptance, root);
  const source = 'data "teleport_cluster" "it" {}\n';
  acceptance.terraform.configure(block(root.addresses.proxy, path) + source);
  const byFolder = await acceptance.plan({ env: { SSL_CERT_FILE: "", SSL_CERT_DIR: folder } });
  assert.equal(byFolder.code, 0, byFolder.output);
  const without = { SSL_CERT_FILE: "/dev/null", SSL_CERT_DIR: acceptance.terraform.folder };
  assert.equal((await acceptance.plan({ env: without })).code, 1);
  acceptance.terraform.configure(block(root.addresses.proxy, path, "insecure = true") + source);
  const insecure = await acceptance.plan({ env: without });
  assert.equal(insecure.code, 0, insecure.output);
});

test("with a connection that is known only in apply, new objects are planned unchecked and existing ones keep their state, with a warning", async () => {
  await using acceptance = await Acceptance.start();
  const { root } = acceptance.lab;
  const later = (version: number) =>
    `resource "terraform_data" "later" { input = { addr = "${root.addresses.proxy}", version = ${version} } }
     provider "teleport" {
       clusters = {
         root = { addr = terraform_data.later.output.addr, identity_file_path = "${acceptance.identity(root)}" }
         ${acceptance.connection({ key: "leaf", cluster: acceptance.lab.leaf() })}
       }
     }\n`;
  const trust = `resource "teleport_trust" "leaf" {
    root     = "root"
    leaf     = "leaf"
    role_map = [{ remote = "access", local = ["access"] }]
  }\n`;
  acceptance.terraform.configure(later(1) + role('cluster = "root"') + trust);
  await applyEmpty(acceptance);

  acceptance.terraform.configure(later(2) + role('cluster = "root"') + trust + role('cluster = "root"', "new"));
  const planned = await acceptance.plan();
  assert.equal(planned.code, 2, planned.output);
  assertSays(
    planned,
    'Warning: the state of role "it" was kept as it is: the settings of the connection "root" are not known before apply',
  );
  await applyEmpty(acceptance);

  acceptance.terraform.configure(
    `${later(3)}data "teleport_cluster" "it" { cluster = "root" }\n${role('cluster = "root"')}`,
  );
  assertRefused(
    await acceptance.plan(),
    'the settings of the connection "root" are not known before apply',
    "Give the provider values that are known at plan, or split the apply: first what makes them (`terraform apply -target=…`), then the rest.",
  );
});

test("a connection that goes together with what is on it is refused at plan, before anything else is done; the way out is two steps", async () => {
  await using acceptance = await Acceptance.start({ leaves: [{}, {}, {}] });
  const everyone = acceptance.everyCluster();
  const without = everyone.filter(({ key }) => key !== "leaf2");
  const trusts = (keys: readonly string[], tier: string) => `resource "teleport_trust" "leaf" {
    for_each = toset([${keys.map((key) => `"${key}"`).join(", ")}])
    root     = "root"
    leaf     = each.key
    role_map = [{ remote = "access", local = ["access"] }]
    labels   = { tier = "${tier}" }
    wait_for = "registered"
  }
  resource "teleport_role" "local" {
    for_each = toset([${keys.map((key) => `"${key}"`).join(", ")}])
    cluster  = each.key
    version  = "v7"
    metadata = { name = "local", description = "${tier}" }
  }\n`;
  await acceptance.configure(trusts(["leaf1", "leaf2", "leaf3"], "1")).applied();
  const before = acceptance.lab.dump();

  acceptance.configure(trusts(["leaf1", "leaf3"], "2"), without);
  const refused = await acceptance.apply();
  assertRefused(
    refused,
    'trust "root.lab/leaf-2.lab" cannot be deleted: cluster "leaf2" is not in the provider\'s `clusters`',
    'role "local" cannot be deleted: cluster "leaf2" is not in the provider\'s `clusters`',
    "Put the connection back into the provider configuration, remove this resource and apply; then remove the connection.",
  );
  assert.deepEqual(labels(acceptance), labels(before), "nothing else was done");
  assert.deepEqual(acceptance.lab.leaf("leaf-1.lab").dump(), before["leaf-1.lab"]);

  acceptance.configure(trusts(["leaf1", "leaf3"], "2"), everyone);
  await acceptance.applied();
  acceptance.configure(trusts(["leaf1", "leaf3"], "2"), without);
  await assertSettled(acceptance);
  assert.deepEqual(acceptance.lab.leaf("leaf-2.lab").dump().trusted_clusters, []);
});

test("what is on a connection that was taken away keeps its state, with a warning, and can be forgotten", async () => {
  await using acceptance = await Acceptance.start();
  const { root } = acceptance.lab;
  await acceptance.configure(role('cluster = "leaf"')).applied();
  acceptance.configure(role('cluster = "leaf"'), [{ key: "root", cluster: root }]);
  const refreshed = await acceptance.run(["plan", "-refresh-only", "-no-color", "-input=false"]);
  assert.equal(refreshed.code, 0, refreshed.output);
  assertSays(
    refreshed,
    'Warning: the state of role "it" was kept as it is: cluster "leaf" is not in the provider\'s `clusters`',
  );
  assert.equal((await acceptance.run(["state", "rm", "teleport_role.it"])).code, 0);
  acceptance.configure("", [{ key: "root", cluster: root }]);
  assert.deepEqual(await deeds(acceptance), {});
});

function labels(from: Acceptance | ReturnType<Acceptance["lab"]["dump"]>): unknown {
  const dump = from instanceof Acceptance ? from.lab.dump() : from;
  const leaves = dump["root.lab"]?.remote_clusters as readonly { readonly metadata: { readonly labels: unknown } }[];
  return leaves.map(({ metadata }) => metadata.labels);
}
