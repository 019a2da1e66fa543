// Role maps as the provider judges them, by real terraform, written by the constructs: every row of the reference's table and of Go's own answers.
import assert from "node:assert/strict";
import { test } from "node:test";

import { RoleMap } from "../../constructs";
import { Acceptance } from "../support/acceptance";
import { mappedRows, mappedVectors, refusedRows, refusedVectors } from "../support/role-map-table";
import { requiredProviders } from "../support/terraform";

/** Terraform makes one character of a letter and its accent, before any provider sees a text: such rows say nothing here. */
function isAsTerraformHasIt(row: object): boolean {
  const text = JSON.stringify(row);
  return text === text.normalize("NFC");
}

const mapped = [...mappedRows, ...mappedVectors()].filter((row) => row.map.length > 0 && isAsTerraformHasIt(row));
const refused = [...refusedRows, ...refusedVectors()];

/** A text that terraform's JSON syntax is to take as it stands. */
const literal = (text: string) => text.replaceAll(/([$%])\{/g, "$1$1{");

test("what the constructs write of a role map maps, in terraform, as the server does", async () => {
  await using acceptance = await Acceptance.start({ leaves: [], withoutAuthorities: ["db"] });
  const rows = mapped.map(({ map, roles }) => ({ map: RoleMap.of(map).toRows(), roles: roles.map(literal) }));
  const value = "${[for row in local.rows : provider::teleport::map_roles(row.map, row.roles)]}";
  acceptance.terraform.write({
    "main.tf": requiredProviders,
    "rows.tf.json": JSON.stringify({ locals: { rows }, output: { mapped: { value } } }),
  });
  await acceptance.applied();
  const { stdout } = await acceptance.run(["output", "-json", "mapped"]);
  const results = JSON.parse(stdout) as string[][];
  assert.equal(results.length, mapped.length);
  for (const [index, { name, result }] of mapped.entries()) assert.deepEqual(results[index], result, name);
});

interface Validation {
  readonly diagnostics: readonly { readonly severity: string; readonly address?: string; readonly summary: string }[];
}

test("validate and plan refuse each role map that the server refuses, at the resource that has it", async () => {
  await using acceptance = await Acceptance.start({ withoutAuthorities: ["db"] });
  const resources = refused.map(({ map }, index) => {
    const role_map = map.map(({ remote, local }) => ({ remote: literal(remote), local: local.map(literal) }));
    return [`row${index}`, { root: "root", leaf: "leaf", role_map }] as const;
  });
  acceptance.configure("");
  acceptance.terraform.write({
    "rows.tf.json": JSON.stringify({ resource: { teleport_trust: Object.fromEntries(resources) } }),
  });
  const validated = await acceptance.run(["validate", "-json"]);
  const { diagnostics } = JSON.parse(validated.stdout) as Validation;
  for (const [index, { name }] of refused.entries()) {
    const own = diagnostics.filter(({ address }) => address === `teleport_trust.row${index}`);
    assert.deepEqual(
      own.map(({ severity }) => severity),
      ["error"],
      name,
    );
    assert.match(own[0]?.summary ?? "", /role map|is not a regular expression/, name);
  }
  const planned = await acceptance.plan();
  assert.equal(planned.code, 1);
  assert.equal(planned.stderr.split("Error: ").length - 1, refused.length, planned.output);
});
