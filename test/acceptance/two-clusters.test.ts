// The same steps on two real clusters where the environment names them (test/README.md says how), and on the lab otherwise. The clusters are
// looked at through the provider alone.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

import { TwoClusters } from "../support/two-clusters";

/** What is made bears this name, so that a person finds it if a run is torn down. */
const name = `teleport-trust-test-${randomBytes(4).toString("hex")}`;

interface Wishes {
  readonly enabled?: boolean;
  readonly remote?: string;
  readonly labels?: string;
}

/** A trust with everything around it, and what the clusters say of it. */
function trust({ enabled = true, remote = name, labels = '{ env = "demo" }' }: Wishes): string {
  return `
resource "teleport_role" "leaf" {
  cluster  = "leaf"
  version  = "v7"
  metadata = { name = "${name}" }
  spec     = { allow = { logins = ["nobody", "{{internal.logins}}"], node_labels = { env = ["${name}"] } } }
}

resource "teleport_trust" "leaf" {
  root     = "root"
  leaf     = "leaf"
  enabled  = ${enabled}
  role_map = [{ remote = "${remote}", local = [teleport_role.leaf.id] }]
  labels   = ${labels}
}

data "teleport_remote_cluster" "leaf" {
  cluster = "root"
  name    = split("/", teleport_trust.leaf.id)[1]
}

data "teleport_role_mapping" "users" {
  cluster = "leaf"
  root    = split("/", teleport_trust.leaf.id)[0]
  roles   = ["${name}"]
}

output "labels" { value = data.teleport_remote_cluster.leaf.labels }
output "local_roles" { value = data.teleport_role_mapping.users.local_roles }
output "logins" { value = data.teleport_role_mapping.users.logins }
`;
}

/** What changes by itself, so that it cannot be part of a plan that is to be empty. */
const status = `
data "teleport_remote_cluster" "now" {
  cluster    = "root"
  name       = split("/", teleport_trust.leaf.id)[1]
  depends_on = [teleport_trust.leaf]
}

output "status" { value = data.teleport_remote_cluster.now.status }
`;

const left = `
data "teleport_remote_clusters" "root" { cluster = "root" }
data "teleport_trusted_clusters" "leaf" { cluster = "leaf" }
data "teleport_provision_tokens" "root" { cluster = "root" }
data "teleport_cluster" "root" { cluster = "root" }
data "teleport_cluster" "leaf" { cluster = "leaf" }

output "root" { value = "\${data.teleport_cluster.root.name} (Teleport \${data.teleport_cluster.root.version})" }
output "leaf" { value = "\${data.teleport_cluster.leaf.name} (Teleport \${data.teleport_cluster.leaf.version})" }

output "left" {
  value = concat(
    [for leaf in data.teleport_remote_clusters.root.remote_clusters : leaf.name if leaf.name == data.teleport_cluster.leaf.name],
    [for root in data.teleport_trusted_clusters.leaf.trusted_clusters : root.name if root.name == data.teleport_cluster.root.name],
    [for token in data.teleport_provision_tokens.root.provision_tokens : token.id if token.prefix != null],
  )
}
`;

/** What is there of this trust and of this provider's tokens. */
async function leftovers(clusters: TwoClusters): Promise<Readonly<Record<string, unknown>>> {
  await clusters.apply(left);
  return clusters.outputs();
}

test("a trust is made, read, imported, changed, disabled, enabled and ended", async (t) => {
  await using clusters = await TwoClusters.find();
  const { root, leaf, left: before } = await leftovers(clusters);
  t.diagnostic(`${root} and ${leaf}; what is made is called ${name}`);
  // Never touch a trust that is somebody's: the run would end it.
  assert.deepEqual(before, [], "the two clusters do not trust one another, and hold no token of this provider");

  await clusters.apply(trust({}));
  assert.deepEqual(await clusters.outputs(), {
    labels: { env: "demo" },
    local_roles: [name],
    logins: ["nobody", "{{internal.logins}}"],
  });
  const id = (await clusters.succeed("state", "show", "-no-color", "teleport_trust.leaf")).match(/^ +id += "(.*)"$/m);
  assert.ok(id?.[1]?.includes("/"));

  await clusters.succeed("state", "rm", "teleport_trust.leaf");
  await clusters.succeed("import", "-no-color", "-input=false", "teleport_trust.leaf", "root/leaf");
  await clusters.succeed("plan", "-no-color", "-input=false", "-detailed-exitcode");

  await clusters.apply(trust({ remote: "^(nobody)$", labels: '{ env = "other", team = "a" }' }));
  const changed = await clusters.outputs();
  assert.deepEqual([changed.labels, changed.local_roles], [{ env: "other", team: "a" }, []]);

  await clusters.apply(trust({ enabled: false }));
  await clusters.apply(trust({ enabled: true }));
  await clusters.look(trust({ enabled: true }) + status);
  assert.equal((await clusters.outputs()).status, "online", "the apply waited for the tunnel");
  await clusters.destroy();
  assert.deepEqual((await leftovers(clusters)).left, []);
});

test("an invitation token is made and removed, and its value is in no state", async () => {
  await using clusters = await TwoClusters.find();
  await clusters.apply(`
    resource "teleport_rotating_token" "invitation" {
      cluster = "root"
      name    = "${name}"
    }
    ephemeral "teleport_rotating_token" "invitation" {
      cluster    = "root"
      name       = teleport_rotating_token.invitation.name
      generation = teleport_rotating_token.invitation.generation
      overlap    = "1h"
    }
    output "prefix" { value = teleport_rotating_token.invitation.prefix }
  `);
  const { prefix } = await clusters.outputs();
  assert.match(String(prefix), /^tt-[0-9a-f]{8}-$/);
  assert.doesNotMatch(clusters.terraform.read("terraform.tfstate"), new RegExp(`${prefix}[0-9]`));
  await clusters.destroy();
  assert.deepEqual((await leftovers(clusters)).left, []);
});

test("a login is granted to a user, and taken back", async (t) => {
  await using clusters = await TwoClusters.find();
  const { user } = clusters;
  if (user === undefined) return t.diagnostic("no user was named to try a grant with");
  await clusters.apply(`
    resource "teleport_user_grant" "it" {
      cluster = "root"
      user    = ${JSON.stringify(user)}
      traits  = { logins = ["${name}"] }
    }
  `);
  await clusters.destroy();
});
