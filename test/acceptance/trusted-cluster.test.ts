// `teleport_trusted_cluster` by real terraform: the leaf's side alone, with tokens of several origins.
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Lab } from "../../lab";
import { Acceptance } from "../support/acceptance";
import { editTrustedCluster, leftovers, objectsOf, outside } from "../support/outside";
import {
  applyEmpty,
  applySettled,
  assertRefused,
  assertSays,
  assertSettled,
  changesOf,
  deeds,
  deedsOf,
} from "../support/plans";
import { onOneLine } from "../support/refusals";

const address = "teleport_trusted_cluster.root";
const ephemeralToken = "ephemeral.teleport_provision_token.invitation.token";
const invitation = `ephemeral "teleport_provision_token" "invitation" {
  cluster = "root"
  roles   = ["Trusted_cluster"]
}\n`;

interface Draft {
  readonly metadata?: string;
  readonly spec?: string;
  readonly token?: string;
  readonly proxy?: string;
  readonly roles?: string;
}

/** A trusted cluster on the leaf, named as the root is. */
function trustedCluster({ lab }: Acceptance, draft: Draft = {}): string {
  const {
    metadata = 'name = "root.lab"',
    spec = "",
    roles = 'role_map = [{ remote = "access", local = ["access"] }]',
  } = draft;
  return `resource "teleport_trusted_cluster" "root" {
    cluster  = "leaf"
    version  = "v2"
    metadata = { ${metadata} }
    spec = {
      enabled        = ${spec.includes("enabled") ? "null" : "true"}
      web_proxy_addr = "${draft.proxy ?? lab.root.addresses.proxy}"
      ${draft.token ?? ""}
      ${roles}
      ${spec}
    }
  }\n`.replace(spec.includes("enabled") ? "enabled        = null\n" : "\0", "");
}

/** A token that an administrator of the root made for the leaf. */
async function madeToken({ root }: Lab, token = "a-token-made-by-hand"): Promise<string> {
  const spec = { roles: ["Trusted_cluster"] };
  await outside(root, ({ auth }) =>
    auth.createTokenV2({
      token: { case: "v2", value: { kind: "token", version: "v2", metadata: { name: token }, spec } },
    }),
  );
  return token;
}

function stored({ lab }: Acceptance) {
  return lab.leaf().storage.get("trusted_cluster", "root.lab");
}

test("a leaf joins with a write-only token of this run, is changed in every way, corrected, imported and leaves", async () => {
  await using acceptance = await Acceptance.start();
  const { lab } = acceptance;
  const token = `token_wo = ${ephemeralToken}\n token_wo_version = 1`;
  await applySettled(acceptance, invitation + trustedCluster(acceptance, { token }));
  assert.deepEqual(lab.root.dump().tokens, []);
  const joined = lab.issuedTokens.find((issued) => issued === stored(acceptance)?.spec?.token);
  assert.ok(joined, "the leaf joined with a token of the root");
  assert.ok(!acceptance.terraform.read("terraform.tfstate").includes(joined));

  const changed = {
    token,
    metadata:
      'name = "root.lab", labels = { team = "platform" }, description = "Headquarters", expires = "2096-01-01T00:00:00Z"',
    roles: 'role_map = [{ remote = "^dev-(.*)$", local = ["$1"] }, { remote = "*", local = ["access", "auditor"] }]',
  };
  acceptance.configure(invitation + trustedCluster(acceptance, changed));
  assert.deepEqual(await deeds(acceptance), { [address]: "update" });
  await applyEmpty(acceptance);
  const disabled = { ...changed, spec: "enabled = false" };
  acceptance.configure(invitation + trustedCluster(acceptance, disabled));
  const { run } = await acceptance.planned();
  assertSays(run, "the trust is disabled: the leaf closes its tunnel, and users of the root lose access to it");
  await applyEmpty(acceptance);
  await lab.root.offline("leaf.lab");
  await applyEmpty(acceptance, invitation + trustedCluster(acceptance, changed));
  await lab.root.online("leaf.lab");
  assert.equal(stored(acceptance)?.spec?.token, joined, "the leaf joined once");

  await editTrustedCluster(lab.leaf(), "root.lab", ({ metadata, spec }) => {
    if (metadata) metadata.labels = { "teleport.dev/origin": "terraform" };
    spec?.roleMap.shift();
  });
  const { plan } = await acceptance.planned();
  assert.deepEqual(Object.keys(changesOf(plan, address)).sort(), ["metadata", "spec"]);
  assert.equal(plan.resource_drift?.[0]?.address, address);
  await applyEmpty(acceptance);
  assert.equal(stored(acceptance)?.metadata?.labels["teleport.dev/origin"], "terraform");

  const versionless = { ...changed, token: `token_wo = ${ephemeralToken}` };
  acceptance.configure(invitation + trustedCluster(acceptance, versionless));
  await acceptance.run(["state", "rm", address]);
  const imported = await acceptance.run(["import", "-no-color", address, "leaf/root.lab"]);
  assert.equal(imported.code, 0, imported.output);
  await assertSettled(acceptance);
  assert.ok(!acceptance.terraform.read("terraform.tfstate").includes(joined));

  await acceptance.destroyed();
  assert.deepEqual(lab.leaf().dump().trusted_clusters, []);
  await outside(lab.root, ({ presence }) => presence.deleteRemoteCluster({ name: "leaf.lab" }));
  assert.deepEqual(leftovers(lab), []);
});

test("a token in clear text works, with a warning; its change does nothing and says so; its import is one change that calls nothing", async () => {
  await using acceptance = await Acceptance.start();
  const token = await madeToken(acceptance.lab);
  const clear = (text: string) => trustedCluster(acceptance, { token: `token = "${text}"` });
  const run = await applyEmpty(acceptance, clear(token));
  assertSays(run, "`token` is stored in state and plan files in clear");

  const revision = stored(acceptance)?.metadata?.revision;
  acceptance.configure(clear("another"));
  const { run: planned, plan } = await acceptance.planned();
  assert.deepEqual(deedsOf(plan), { [address]: "update" });
  assertSays(planned, "the change of `token` does nothing: the leaf has joined already");
  await applyEmpty(acceptance);
  assert.equal(stored(acceptance)?.spec?.token, token);

  await acceptance.run(["state", "rm", address]);
  const imported = await acceptance.run(["import", "-no-color", address, "leaf/root.lab"]);
  assert.equal(imported.code, 0, imported.output);
  assert.ok(!acceptance.terraform.read("terraform.tfstate").includes(token), "the stored token is not imported");
  assert.deepEqual(await deeds(acceptance), { [address]: "update" });
  await applyEmpty(acceptance);
  assert.equal(stored(acceptance)?.metadata?.revision, revision, "the leaf was not written to");
});

test("another version of a write-only token on an established trust does nothing, and says so", async () => {
  await using acceptance = await Acceptance.start();
  const versioned = (version: number) =>
    invitation + trustedCluster(acceptance, { token: `token_wo = ${ephemeralToken}\n token_wo_version = ${version}` });
  await acceptance.configure(versioned(1)).applied();
  const { revision } = stored(acceptance)?.metadata ?? {};
  acceptance.configure(versioned(2));
  const { run } = await acceptance.planned();
  assertSays(run, "the change of `token_wo_version` does nothing: the leaf has joined already");
  await applyEmpty(acceptance);
  assert.equal(stored(acceptance)?.metadata?.revision, revision);
});

test("roles, the older form of the role map, works, and another address or form replaces with a warning", async () => {
  await using acceptance = await Acceptance.start();
  const { lab } = acceptance;
  const { proxy, tunnel } = lab.root.addresses;
  const token = `token_wo = "${await madeToken(lab)}"`;
  const roles = 'roles = ["access"]';
  await applyEmpty(acceptance, trustedCluster(acceptance, { token, roles }));
  for (const draft of [
    { token, roles: 'roles = ["auditor"]' },
    { token, roles, spec: `tunnel_addr = "${tunnel}"` },
    { token, roles, proxy: `localhost:${proxy.split(":")[1]}` },
  ]) {
    acceptance.configure(trustedCluster(acceptance, draft));
    const { run, plan } = await acceptance.planned();
    assert.deepEqual(deedsOf(plan), { [address]: "delete then create" });
    assert.match(onOneLine(run), /a change of `spec\.\w+` removes the trust and joins anew/);
  }
  // As the warning says: this root refuses a leaf that it still knows.
  const refused = await acceptance.apply();
  assert.equal(refused.code, 1, refused.output);
  await outside(lab.root, ({ presence }) => presence.deleteRemoteCluster({ name: "leaf.lab" }));
  await applyEmpty(acceptance);
});

test("a name that is not the root's is refused before anything is made", async () => {
  await using acceptance = await Acceptance.start();
  const token = `token_wo = "${await madeToken(acceptance.lab)}"`;
  const before = objectsOf(acceptance.lab);
  acceptance.configure(trustedCluster(acceptance, { token, metadata: 'name = "headquarters"' }));
  assertRefused(
    await acceptance.apply(),
    `the trusted cluster is named "headquarters", but the cluster at ${acceptance.lab.root.addresses.proxy} is "root.lab"`,
    'At metadata.name. Name it "root.lab": a trusted cluster has its root\'s name. [TRUST_ROOT_NAME]',
  );
  assert.deepEqual(objectsOf(acceptance.lab), before);
});

test("a trusted cluster that is there already is refused with the way to import it, and nothing is changed", async () => {
  await using acceptance = await Acceptance.start();
  const token = `token_wo = "${await madeToken(acceptance.lab)}"`;
  await acceptance.configure(trustedCluster(acceptance, { token })).applied();
  await acceptance.run(["state", "rm", address]);
  const before = JSON.stringify(acceptance.lab.leaf().dump());
  assertRefused(
    await acceptance.apply(),
    'trusted cluster "root.lab" already exists in leaf.lab',
    "Import it with `terraform import 'ADDRESS' leaf/root.lab`, ADDRESS as shown above",
  );
  assert.equal(JSON.stringify(acceptance.lab.leaf().dump()), before);
  const block = `import {\n to = ${address}\n id = "leaf/root.lab"\n}\n`;
  await applyEmpty(acceptance, block + trustedCluster(acceptance, { token }));
});
