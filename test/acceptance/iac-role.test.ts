// The rights of the identity that applies: as YAML, as a program, and as the bot has them by which all of these tests run.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { iacRoleName, type LabCluster } from "../../lab";
import { repositoryRoot } from "../../tools/repository";
import { Acceptance } from "../support/acceptance";

const roles = `
locals {
  yaml    = { for side in ["root", "leaf"] : side => yamldecode(file("\${side}.yaml")) }
  program = { for role in values(jsondecode(file("program.json")).resource.teleport_role) : role.cluster => role }
}

resource "teleport_role" "yaml" {
  for_each = local.yaml
  cluster  = each.key
  version  = each.value.version
  metadata = { name = "from-yaml" }
  spec     = each.value.spec
}

resource "teleport_role" "program" {
  for_each = local.program
  cluster  = each.key
  version  = each.value.version
  metadata = { name = "from-program" }
  spec     = each.value.spec
}
`;

interface Role {
  readonly metadata: { readonly name: string };
  readonly version: string;
  readonly spec: { readonly allow: { readonly rules: readonly { readonly resources: readonly string[] }[] } };
}

function storedRole(cluster: LabCluster, name: string): Pick<Role, "version" | "spec"> {
  const found = (cluster.dump().roles as readonly unknown[] as readonly Role[]).find(
    ({ metadata }) => metadata.name === name,
  );
  assert(found !== undefined, `${cluster.name} has the role ${name}`);
  return { version: found.version, spec: found.spec };
}

test("the YAML and the program of examples/iac-role give what the lab's bot has, on the root and on the leaf", async () => {
  await using acceptance = await Acceptance.start();
  const example = (name: string) => readFileSync(join(repositoryRoot, "examples/iac-role", name), "utf8");
  acceptance.configure(roles).terraform.write({
    "root.yaml": example("root.yaml"),
    "leaf.yaml": example("leaf.yaml"),
    "program.json": example("expected/cdk.tf.json"),
  });
  await acceptance.applied();

  for (const cluster of acceptance.lab.clusters) {
    const bots = storedRole(cluster, iacRoleName);
    assert(bots.spec.allow.rules.length > 0);
    assert.deepEqual(storedRole(cluster, "from-yaml"), bots);
    assert.deepEqual(storedRole(cluster, "from-program"), bots);
  }
});
