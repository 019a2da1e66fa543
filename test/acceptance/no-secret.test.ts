// No token and no private key is in any file, output, log, argument or environment, whatever terraform is told to do and however it ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TerraformStack, Testing } from "cdktf";

import { Identity, LeafCluster, RoleMap, RootCluster } from "../../constructs";
import { Acceptance } from "../support/acceptance";
import { Evidence } from "../support/evidence";
import { outside } from "../support/outside";
import { findSecrets, formsOf } from "../support/secret-forms";

/** The guide's trust, as the constructs write it. */
function synthesised(acceptance: Acceptance, remote: string): string {
  const { root, leaves } = acceptance.lab;
  const stack = new TerraformStack(Testing.app(), "stack");
  const [rootCluster, leafCluster] = [RootCluster, LeafCluster].map((Cluster, index) => {
    const cluster = [root, ...leaves][index];
    assert(cluster);
    const identity = Identity.fromFile(acceptance.identity(cluster));
    return new Cluster(stack, Cluster.name, { addr: cluster.addresses.proxy, identity });
  });
  assert(rootCluster instanceof RootCluster && leafCluster instanceof LeafCluster);
  leafCluster.trust(rootCluster, { roleMap: RoleMap.from(remote).to("access") });
  return Testing.synth(stack, true);
}

/** The address that the constructs gave the one trust. */
function addressIn(cdkTf: string): string {
  const { resource } = JSON.parse(cdkTf) as { readonly resource: { readonly teleport_trust: Record<string, unknown> } };
  return `teleport_trust.${Object.keys(resource.teleport_trust)[0]}`;
}

const apply = ["apply", "-auto-approve", "-input=false", "-no-color"] as const;
const refresh = ["apply", "-refresh-only", "-auto-approve", "-input=false", "-no-color"] as const;
const destroy = ["destroy", "-auto-approve", "-input=false", "-no-color"] as const;

/** Asserts that the search reaches these places: what is known to be there is found. */
function assertLookedAt(evidence: Evidence, text: string, ...places: readonly RegExp[]): void {
  const found = evidence.find([{ name: "what is known", value: text }]);
  for (const place of places) {
    assert.ok(
      found.some((one) => place.test(one)),
      `"${text}" was found in none that is ${place}, only in:\n${found.join("\n")}`,
    );
  }
}

test("teleport_trust shows its tokens and its identities' keys to nobody", async () => {
  await using acceptance = await Acceptance.start();
  const { lab, terraform } = acceptance;
  const leaf = lab.leaf();
  const evidence = new Evidence(acceptance);
  const configuration = synthesised(acceptance, "access");
  terraform.write({ "cdk.tf.json": configuration });

  const roots = leaf.webRoots.splice(0);
  assert.equal((await evidence.planAndApply()).code, 1, "the leaf does not trust the root's proxy");
  leaf.webRoots.push(...roots);
  const join = "/teleport.trust.v1.TrustService/UpsertTrustedCluster";
  assert.equal((await evidence.killed(join, ...apply)).code, 1, "killed with the token in its hands");
  assert.equal((await evidence.planAndApply()).code, 0);
  assert.equal((await evidence.run(...refresh)).code, 0);

  terraform.write({ "cdk.tf.json": synthesised(acceptance, "editor") });
  assert.equal((await evidence.planAndApply()).code, 0);
  await outside(lab.root, ({ presence }) => presence.deleteRemoteCluster({ name: leaf.name }));
  assert.equal((await evidence.planAndApply()).code, 0, "repaired with another token");

  const address = addressIn(configuration);
  assert.equal((await evidence.run("state", "rm", address)).code, 0);
  assert.equal((await evidence.run("import", "-no-color", "-input=false", address, "RootCluster/LeafCluster")).code, 0);
  assert.equal((await evidence.run(...destroy)).code, 0);

  assert.ok(lab.issuedTokens.length >= 3, "one token for each join, and the one that was refused");
  assertLookedAt(
    evidence,
    lab.root.addresses.proxy,
    /cdk\.tf\.json$/,
    /tfplan$/,
    /plan\.json$/,
    /\.tfstate$/,
    /\.backup$/,
  );
  assertLookedAt(evidence, "TRACE", /step-1\.log$/, /the environment of .*terraform-provider-teleport/);
  assertLookedAt(evidence, "terraform-provider-teleport", /the arguments of .*terraform-provider-teleport/);
  assertLookedAt(evidence, "registry.terraform.io", /\.terraform\.lock\.hcl$/);
  assertLookedAt(evidence, "misconfigured HTTP/TLS certificate", /stderr$/);
  assertLookedAt(evidence, "Creating...", /stdout$/);
  assert.deepEqual(evidence.leaks(), []);
});

/** A leaf's side alone, its token from an ephemeral resource; identities by their content. */
function trustedCluster(acceptance: Acceptance, token: string): string {
  const { root } = acceptance.lab;
  const leaf = acceptance.lab.leaf();
  return `
provider "teleport" {
  clusters = {
    root = { addr = "${root.addresses.proxy}", identity_file = file("${acceptance.identity(root)}") }
    leaf = { addr = "${leaf.addresses.proxy}", identity_file_base64 = filebase64("${acceptance.identity(leaf)}") }
  }
}

ephemeral "teleport_provision_token" "invitation" {
  cluster = "root"
  roles   = ["Trusted_cluster"]
}

resource "teleport_trusted_cluster" "root" {
  cluster  = "leaf"
  version  = "v2"
  metadata = { name = "root.lab" }
  spec = {
    enabled        = true
    web_proxy_addr = "${root.addresses.proxy}"
    role_map       = [{ remote = "access", local = ["access"] }]
    ${token}
  }
}
`;
}

const ephemeralToken =
  "token_wo         = ephemeral.teleport_provision_token.invitation.token\n    token_wo_version = 1";

test("teleport_trusted_cluster shows an ephemeral token to nobody, nor identities that are given by their content", async () => {
  await using acceptance = await Acceptance.start();
  const { lab, terraform } = acceptance;
  const leaf = lab.leaf();
  const evidence = new Evidence(acceptance);
  terraform.configure(trustedCluster(acceptance, ephemeralToken));

  const roots = leaf.webRoots.splice(0);
  assert.equal((await evidence.planAndApply()).code, 1, "the leaf does not trust the root's proxy");
  leaf.webRoots.push(...roots);
  assert.equal((await evidence.planAndApply()).code, 0);
  assert.equal((await evidence.run(...refresh)).code, 0);

  const { token } = await outside(
    leaf,
    async ({ auth }) => (await auth.getTrustedCluster({ name: "root.lab" })).spec ?? { token: "" },
  );
  assert.ok(lab.issuedTokens.includes(token), "the leaf tells its token to whoever asks");
  const address = "teleport_trusted_cluster.root";
  assert.equal((await evidence.run("state", "rm", address)).code, 0);
  assert.equal((await evidence.run("import", "-no-color", "-input=false", address, "leaf/root.lab")).code, 0);
  assert.equal((await evidence.run(...apply)).code, 0);
  assert.equal((await evidence.run(...destroy)).code, 0);
  assert.deepEqual(evidence.leaks(), []);
});

test("teleport_trusted_cluster shows an invitation of another owner to nobody, but for the environment that it comes by", async () => {
  await using acceptance = await Acceptance.start();
  const { root } = acceptance.lab;
  const token = "of-another-owner-9c1f4e07";
  const value = { kind: "token", version: "v2", metadata: { name: token }, spec: { roles: ["Trusted_cluster"] } };
  await outside(root, ({ auth }) => auth.createTokenV2({ token: { case: "v2", value } }));
  const evidence = new Evidence(acceptance);
  const variable = 'variable "invitation" {\n  type      = string\n  ephemeral = true\n  sensitive = true\n}\n';
  const configuration = trustedCluster(acceptance, "token_wo = var.invitation\n    token_wo_version = 1");
  acceptance.terraform.configure(variable + configuration);

  evidence.environment.TF_VAR_invitation = `${token}-mistyped`;
  assert.equal((await evidence.planAndApply()).code, 1, "the root refuses it");
  evidence.environment.TF_VAR_invitation = token;
  const join = "/teleport.trust.v1.TrustService/CreateTrustedCluster";
  assert.equal((await evidence.killed(join, ...apply)).code, 1);
  const address = "teleport_trusted_cluster.root";
  assert.equal((await evidence.run("import", "-no-color", "-input=false", address, "leaf/root.lab")).code, 0);
  assert.equal((await evidence.run(...apply)).code, 0);
  assert.equal((await evidence.run(...destroy)).code, 0);

  const [inEnvironment, leaks] = [true, false].map((is) =>
    evidence.leaks().filter((leak) => /: the environment of `(node )?\S*terraform/.test(leak) === is),
  );
  assert.notDeepEqual(inEnvironment, [], "the search sees where it comes from");
  assert.deepEqual(leaks, []);
});

test("the same search finds a token that the configuration holds in clear", async () => {
  await using acceptance = await Acceptance.start();
  const evidence = new Evidence(acceptance);
  const token = "in-clear-5f1d7c0a";
  const value = { kind: "token", version: "v2", metadata: { name: token }, spec: { roles: ["Trusted_cluster"] } };
  await outside(acceptance.lab.root, ({ auth }) => auth.createTokenV2({ token: { case: "v2", value } }));
  acceptance.terraform.configure(trustedCluster(acceptance, `token = "${token}"`));
  assert.equal((await evidence.planAndApply()).code, 0);

  const found = evidence.leaks();
  for (const place of ["main.tf", "terraform.tfstate", "plan.bin/tfplan", "plan.json"]) {
    assert.ok(
      found.some((leak) => leak.endsWith(`: ${place}`)),
      `${place} is not among:\n${found.join("\n")}`,
    );
  }
});

test("the same search finds each form of a secret, wherever it begins", () => {
  const secret = 'tt-0123abcd-<secret>&"quoted"';
  const forms = formsOf(secret);
  for (const [form, written] of forms) {
    const place = { name: "a log", bytes: Buffer.from(`before ${written} after`) };
    assert.notDeepEqual(findSecrets([{ name: "it", value: secret }], [place]), [], form);
  }
  for (const before of ["", "a", "ab", "abc"]) {
    const encoded = Buffer.from(`${before}${secret} and more`).toString("base64");
    assert.notDeepEqual(
      findSecrets([{ name: "it", value: secret }], [{ name: "a log", bytes: Buffer.from(encoded) }]),
      [],
      before,
    );
  }
  const near = [{ name: "a log", bytes: Buffer.from(secret.slice(1)) }];
  assert.deepEqual(findSecrets([{ name: "it", value: secret }], near), []);
});
