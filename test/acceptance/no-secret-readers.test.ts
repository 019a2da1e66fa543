// Nothing that reads shows a secret: grants, remote clusters, all data sources, and the functions, which are given a whole identity file.
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";

import { RuleSchema } from "../../lab/gen/teleport/types/role_pb";
import { Acceptance } from "../support/acceptance";
import { Evidence } from "../support/evidence";
import { joinLab } from "../support/lab-clients";
import { editRole } from "../support/outside";

const apply = ["apply", "-auto-approve", "-input=false", "-no-color"] as const;
const refresh = ["apply", "-refresh-only", "-auto-approve", "-input=false", "-no-color"] as const;
const destroy = ["destroy", "-auto-approve", "-input=false", "-no-color"] as const;

/** What reads, by its arguments beside `cluster`. */
const sources: Readonly<Record<string, string>> = {
  teleport_cluster: "",
  teleport_remote_cluster: 'name = "leaf.lab"',
  teleport_remote_clusters: "",
  teleport_provision_tokens: "",
  teleport_nodes: "",
  teleport_role: 'metadata = { name = "access" }',
};

function everything(acceptance: Acceptance, login: string): string {
  const [root, alice] = ["bot", "alice"].map((user) => acceptance.identity(acceptance.lab.root, user));
  const data = Object.entries(sources).map(
    ([type, more]) =>
      `data "${type}" "it" {\n  cluster = "root"\n  ${more}\n}\noutput "${type}" { value = data.${type}.it }\n`,
  );
  return `
resource "teleport_user_grant" "alice" {
  cluster = "root"
  user    = "alice"
  roles   = ["auditor"]
  traits  = { logins = ["${login}"] }
}

resource "teleport_remote_cluster" "leaf" {
  cluster     = "root"
  name        = "leaf.lab"
  description = "${login}"
}

${data.join("\n")}

data "teleport_trusted_clusters" "it" { cluster = "leaf" }
output "roots" { value = data.teleport_trusted_clusters.it }

data "teleport_trusted_cluster" "it" {
  cluster  = "leaf"
  metadata = { name = "root.lab" }
}
output "root" {
  value     = data.teleport_trusted_cluster.it
  sensitive = true
}

data "teleport_role_mapping" "it" {
  cluster = "leaf"
  roles   = ["access"]
}
output "mapping" { value = data.teleport_role_mapping.it }

data "teleport_leaf_access" "it" {
  cluster = "alice"
  leaf    = "leaf.lab"
}
output "access" { value = data.teleport_leaf_access.it }

output "who"    { value = [for path in ["${root}", "${alice}"] : provider::teleport::identity(file(path))] }
output "mapped" { value = provider::teleport::map_roles(data.teleport_trusted_clusters.it.trusted_clusters[0].role_map, ["access"]) }
`;
}

test("grants, remote clusters, data sources and functions show no token and no key, whether they succeed, fail or are killed", async () => {
  await using acceptance = await Acceptance.start();
  const { lab } = acceptance;
  const { root } = lab;
  await joinLab(root, lab.leaf(), "handed-to-the-leaf-2f0c9a");
  const evidence = new Evidence(acceptance);
  const configure = (login: string) => {
    const clusters = [...acceptance.everyCluster(), { key: "alice", cluster: root, user: "alice" }];
    acceptance.configure(everything(acceptance, login), clusters);
  };

  configure("visitor");
  assert.equal((await evidence.killed("/teleport.users.v1.UsersService/UpdateUser", ...apply)).code, 1);
  assert.equal((await evidence.planAndApply()).code, 0);
  assert.equal((await evidence.run(...refresh)).code, 0);
  assert.equal((await evidence.run("output", "-json")).code, 0);

  configure("guest");
  const rules = (denied: boolean) =>
    editRole(root, "teleport-trust-iac", ({ spec }) => {
      assert.ok(spec?.deny);
      const rule = create(RuleSchema, { resources: ["user", "remote_cluster"], verbs: ["update"] });
      spec.deny.rules = denied ? [rule] : [];
    });
  await rules(true);
  assert.equal((await evidence.planAndApply()).code, 1, "the cluster refuses");
  await rules(false);
  const update = "/teleport.presence.v1.PresenceService/UpdateRemoteCluster";
  assert.equal((await evidence.killed(update, ...apply)).code, 1);
  assert.equal((await evidence.planAndApply()).code, 0);

  const leaf = "teleport_remote_cluster.leaf";
  assert.equal((await evidence.run("state", "rm", leaf)).code, 0);
  assert.equal((await evidence.run("import", "-no-color", "-input=false", leaf, "root/leaf.lab")).code, 0);
  assert.equal((await evidence.run(...destroy)).code, 0);

  const searched = evidence.find([{ name: "what all of them read", value: "leaf.lab" }]);
  for (const place of [/\(output\): stdout$/, /plan\.json$/, /\.tfstate$/, /\.backup$/]) {
    assert.ok(searched.some((found) => place.test(found)));
  }
  assert.deepEqual(evidence.leaks(), []);
});

test("the same search finds a key and a token that outputs show", async () => {
  await using acceptance = await Acceptance.start();
  const { lab } = acceptance;
  await joinLab(lab.root, lab.leaf(), "handed-to-the-leaf-2f0c9a");
  const evidence = new Evidence(acceptance);
  acceptance.configure(`
output "key"   { value = file("${acceptance.identity(lab.root, "alice")}") }
output "token" { value = join("", ["handed-to-", "the-leaf-2f0c9a"]) }
`);
  assert.equal((await evidence.planAndApply()).code, 0);
  const found = evidence.leaks();
  for (const leak of [/^alice's key for root\.lab, line 1, .*stdout$/, /^token 1, .*terraform\.tfstate$/]) {
    assert.ok(
      found.some((each) => leak.test(each)),
      `none is ${leak}: ${found.join("\n")}`,
    );
  }
});
