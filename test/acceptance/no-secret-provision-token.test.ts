// `teleport_provision_token`: a token that state has to hold is in state, plan and configuration, and nowhere else; an ephemeral one is nowhere.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Acceptance } from "../support/acceptance";
import { Evidence } from "../support/evidence";
import { outside } from "../support/outside";

const apply = ["apply", "-auto-approve", "-input=false", "-no-color"] as const;
const refresh = ["apply", "-refresh-only", "-auto-approve", "-input=false", "-no-color"] as const;
const destroy = ["destroy", "-auto-approve", "-input=false", "-no-color"] as const;

const createToken = "/proto.AuthService/CreateTokenV2";
const address = "teleport_provision_token.it";

/** The files that hold what the configuration and the state hold, and what prints such a file whole. */
const documented =
  /: ((plan\.bin\/tfconfig\/m-\/)?main\.tf|terraform\.tfstate(\.\d+)?(\.backup)?|plan\.bin\/tf(plan|state)|plan\.json)$|\(show\): stdout$/;

const token = (name: string, more = "") => `
resource "teleport_provision_token" "it" {
  cluster  = "root"
  version  = "v2"
  ttl      = "1h"
  metadata = { ${name} }
  spec     = { roles = ["Node"] }
  ${more}
}
output "id" { value = ${address}.id }
`;

/** Where the values of tokens and keys were found beside the documented places, and whether they were found in these. */
function searched(evidence: Evidence): { readonly leaks: readonly string[]; readonly kept: readonly string[] } {
  const found = evidence.leaks();
  return {
    leaks: found.filter((leak) => !documented.test(leak)),
    kept: found.filter((leak) => documented.test(leak)),
  };
}

/** Makes it, reads it, lets others change it, imports it by its hash and destroys it; with a refusal and a kill. */
async function life(acceptance: Acceptance, evidence: Evidence): Promise<void> {
  const { lab } = acceptance;
  assert.equal((await evidence.killed(createToken, ...apply)).code, 1);
  const [left] = lab.issuedTokens;
  assert.ok(left !== undefined, "a killed create leaves its token behind");
  // One with a drawn name ends by its `ttl`; the same name again is refused.
  const again = await evidence.planAndApply();
  if (again.code !== 0) {
    await outside(lab.root, ({ auth }) => auth.deleteToken({ name: left }));
    assert.equal((await evidence.planAndApply()).code, 0);
  }
  assert.equal((await evidence.run(...refresh)).code, 0);
  const id = (await acceptance.run(["output", "-raw", "id"])).stdout;
  assert.equal((await evidence.run("state", "rm", address)).code, 0);
  assert.equal((await evidence.run("import", "-no-color", "-input=false", address, `root/${id}`)).code, 0);
  assert.equal((await evidence.run(...apply)).code, 0);
  assert.equal((await evidence.run(...destroy)).code, 0);
}

test("a token whose name is drawn is in state alone, with or without a kill", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const evidence = new Evidence(acceptance);
  acceptance.configure(token(""));
  await life(acceptance, evidence);
  const { leaks, kept } = searched(evidence);
  assert.deepEqual(leaks, []);
  assert.ok(kept.some((place) => place.endsWith("terraform.tfstate")));
  assert.deepEqual(
    kept.filter((place) => place.endsWith("main.tf")),
    [],
  );
});

test("a token whose name the configuration gives is there, in state and in the plan, and nowhere else", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const evidence = new Evidence(acceptance);
  acceptance.configure(token('name = "in-clear-1b7f03c5"'));
  await life(acceptance, evidence);
  const { leaks, kept } = searched(evidence);
  assert.deepEqual(leaks, []);
  for (const file of ["main.tf", "terraform.tfstate", "plan.bin/tfplan"]) {
    assert.ok(kept.some((place) => place.endsWith(`: ${file}`)));
  }
});

test("an ephemeral token is nowhere, also when the apply that needs it fails or is killed", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const evidence = new Evidence(acceptance);
  const needs = (command: string) => `
ephemeral "teleport_provision_token" "it" {
  cluster = "root"
  roles   = ["Node"]
}
resource "terraform_data" "it" {
  triggers_replace = "${command}"
  provisioner "local-exec" {
    command     = "${command}"
    environment = { NODE_TOKEN = ephemeral.teleport_provision_token.it.token }
  }
}
`;
  acceptance.configure(needs("false"));
  assert.equal((await evidence.planAndApply()).code, 1);
  assert.equal((await evidence.killed(createToken, ...apply)).code, 1);
  acceptance.configure(needs("true"));
  assert.equal((await evidence.planAndApply()).code, 0);
  assert.equal((await evidence.run(...destroy)).code, 0);
  assert.ok(acceptance.lab.issuedTokens.length > 3, "each plan and each apply makes one");
  assert.deepEqual(evidence.leaks(), []);
});
