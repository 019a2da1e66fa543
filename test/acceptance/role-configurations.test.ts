// How `teleport_role` takes what configurations say: nothing in several ways, versions, unknown values, loops, names.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Acceptance } from "../support/acceptance";
import { leftovers } from "../support/outside";
import { applyEmpty, applySettled, assertEmptyPlan, assertSays, changesOf, deeds, deedsOf } from "../support/plans";

/** Ways to say nothing; what each means is the same to the cluster. */
const nothings = ["", "spec = null", "spec = {}", "spec = { allow = {}, deny = null, options = {} }"].concat(
  "spec = { allow = { logins = [], node_labels = {}, rules = [], impersonate = null }, deny = { request = {} } }",
  'spec = { options = { cert_format = null, lock = "", max_sessions = 0, client_idle_timeout = "0s" } }',
);

test("null, empty and missing stay as they are written, whatever the version of the role", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const metadata = ["labels = null, description = null", 'labels = {}, description = ""'];
  const roles = (turn: number) =>
    ["v3", "v4", "v5", "v6", "v7"].flatMap((version) =>
      nothings.map(
        (spec, index) => `resource "teleport_role" "${version}_${index}" {
          cluster  = "root"
          version  = "${version}"
          metadata = { name = "${version}-${index}", ${metadata[(index + turn) % 2]} }
          ${spec}
        }\n`,
      ),
    );
  await applySettled(acceptance, roles(0).join(""));
  const revisions = () =>
    JSON.stringify(acceptance.lab.root.storage.list("role").map((role) => role.metadata?.revision));
  const before = revisions();
  await applyEmpty(acceptance, roles(1).join(""));
  assert.equal(revisions(), before, "to say nothing in another way is a change of the state alone");
  await acceptance.destroyed();
  assert.deepEqual(leftovers(acceptance.lab), []);
});

test("what a cluster fills in by the role's version is filled in afresh when the version changes, and the plan says what that means", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const role = (version: string, more = "") => `resource "teleport_role" "one" {
    cluster = "root"
    version = "${version}"
    metadata = { name = "one" }
    spec = { allow = { logins = ["ubuntu"], kubernetes_labels = { "*" = ["*"] } ${more} } }
  }`;
  const resources = () => acceptance.lab.root.storage.get("role", "one")?.spec?.allow?.kubernetesResources.length;
  await applyEmpty(acceptance, role("v7"));
  assert.equal(resources(), 1);
  acceptance.configure(role("v6"));
  const { run, plan } = await acceptance.planned();
  assert.deepEqual(deedsOf(plan), { "teleport_role.one": "update" });
  assertSays(run, "version v7 → v6 changes what the role means where it says nothing");
  await applyEmpty(acceptance);
  assert.equal(resources(), 0);
  await applyEmpty(acceptance, role("v5"));
  assert.equal(resources(), 1);
  await applyEmpty(
    acceptance,
    role("v4", ', kubernetes_labels = null, node_labels = { env = ["a"] }').replace(
      'kubernetes_labels = { "*" = ["*"] } ,',
      "",
    ),
  );
  assert.equal(resources(), 0);
  await applyEmpty(acceptance, role("v3"));
  await applyEmpty(acceptance, role("v7"));
  assert.deepEqual(
    Object.keys(acceptance.lab.root.storage.get("role", "one")?.spec?.allow?.nodeLabels?.values ?? {}),
    [],
  );
});

test("values that are known only in apply, for_each and merge() make roles whose plan is empty afterwards", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const text = (ttl: string, teams: string) => `
    resource "terraform_data" "later" {
      input = { ttl = "${ttl}", logins = ["a", "b"], labels = { env = ["prod"] }, note = null }
    }
    locals {
      base = { max_session_ttl = "8h", forward_agent = true }
    }
    resource "teleport_role" "late" {
      cluster  = "root"
      version  = "v7"
      metadata = { name = "late", description = terraform_data.later.output.note, labels = { made = terraform_data.later.id } }
      spec = {
        options = merge(local.base, { max_session_ttl = terraform_data.later.output.ttl })
        allow   = { logins = terraform_data.later.output.logins, node_labels = terraform_data.later.output.labels }
      }
    }
    resource "teleport_role" "team" {
      for_each = toset(${teams})
      cluster  = "root"
      version  = "v7"
      metadata = { name = "team-\${each.key}" }
      spec     = { options = local.base, allow = { node_labels = { team = [each.key] } } }
    }
    output "ids" { value = [for role in teleport_role.team : role.id] }
  `;
  await applyEmpty(acceptance, text("2h", '["red", "green"]'));
  acceptance.configure(text("3h", '["green", "blue"]'));
  assert.deepEqual(await deeds(acceptance), {
    "terraform_data.later": "update",
    "teleport_role.late": "update",
    'teleport_role.team["red"]': "delete",
    'teleport_role.team["blue"]': "create",
  });
  await applyEmpty(acceptance);
  assert.equal(acceptance.lab.root.storage.get("role", "late")?.spec?.options?.maxSessionTtl, 3n * 3600_000_000_000n);
  await acceptance.destroyed();
  assert.deepEqual(leftovers(acceptance.lab), []);
});

test("a role that somebody removed is created again, and one that is there already is refused with the way to import it", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const role = `resource "teleport_role" "one" {
    cluster  = "root"
    version  = "v7"
    metadata = { name = "one" }
    spec     = { allow = { logins = ["ubuntu"] } }
  }`;
  await applyEmpty(acceptance, role);
  acceptance.lab.root.storage.delete("role", "one");
  assert.deepEqual(await deeds(acceptance), { "teleport_role.one": "create" });
  await applyEmpty(acceptance);
  await acceptance.run(["state", "rm", "teleport_role.one"]);
  const refused = await acceptance.apply();
  assert.equal(refused.code, 1);
  assertSays(refused, 'role "one" already exists in root.lab');
  assertSays(refused, "Import it with `terraform import 'ADDRESS' root/one`, ADDRESS as shown above");
  await applySettled(acceptance, `import {\n to = teleport_role.one\n id = "root/one"\n}\n${role}`);
});

test("another name replaces a role, another key of `clusters` that leads to the same cluster changes nothing but the key", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const role = (cluster: string, name: string) => `resource "teleport_role" "one" {
    cluster  = "${cluster}"
    version  = "v7"
    metadata = { name = "${name}" }
  }`;
  const { root } = acceptance.lab;
  await applyEmpty(acceptance, role("root", "one"));
  acceptance.configure(role("root", "two"));
  assert.deepEqual(await deeds(acceptance), { "teleport_role.one": "delete then create" });
  await applyEmpty(acceptance);
  const revision = root.storage.get("role", "two")?.metadata?.revision;
  acceptance.configure(role("renamed", "two"), [{ key: "renamed", cluster: root }]);
  const { plan } = await acceptance.planned();
  assert.deepEqual(deedsOf(plan), { "teleport_role.one": "update" });
  assert.deepEqual(changesOf(plan, "teleport_role.one"), { cluster: ["root", "renamed"] });
  await acceptance.applied();
  await assertEmptyPlan(acceptance);
  assert.equal(root.storage.get("role", "two")?.metadata?.revision, revision, "the cluster was not written to");
});
