// The provider's functions by real terraform: what they give, and which argument an error points to.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Acceptance } from "../support/acceptance";
import { assertRefused } from "../support/plans";

async function outputs(acceptance: Acceptance): Promise<Record<string, unknown>> {
  const { stdout } = await acceptance.run(["output", "-json", "-no-color"]);
  const found = Object.entries(JSON.parse(stdout) as Record<string, { readonly value: unknown }>);
  return Object.fromEntries(found.map(([name, { value }]) => [name, value]));
}

test("functions need no cluster, and what they give is the same in every plan", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const { root } = acceptance.lab;
  const identity = acceptance.identity(root);
  const authority = acceptance.file("ca.pem", hostAuthority(acceptance));
  acceptance.terraform.configure(`
    locals {
      map = [{ remote = "access", local = ["visitor"] }, { remote = "dev-*", local = ["$1", "dev"] }]
    }
    output "mapped"   { value = provider::teleport::map_roles(local.map, ["dev-a", "access", "other"]) }
    output "nobody"   { value = provider::teleport::map_roles(local.map, ["other"]) }
    output "pin"      { value = provider::teleport::ca_pin(file("${authority}")) }
    output "identity" { value = provider::teleport::identity(file("${identity}")) }
  `);
  await acceptance.applied();
  const { identity: who, ...others } = await outputs(acceptance);
  assert.deepEqual(others, { mapped: ["visitor", "a", "dev"], nobody: [], pin: root.caPins[0] });
  const { user, roles, cluster, expires } = who as Record<string, string>;
  assert.deepEqual([user, roles, cluster], ["bot", ["teleport-trust-iac"], "root.lab"]);
  assert.ok(Date.parse(expires ?? "") > Date.now());
  assert.equal((await acceptance.plan()).code, 0);
  assert.doesNotMatch(acceptance.terraform.read("terraform.tfstate"), /PRIVATE KEY/);
});

function hostAuthority({ lab }: Acceptance): string {
  const { activeKeys } = lab.root.authorities.public("host").spec ?? {};
  return Buffer.from(activeKeys?.tls[0]?.cert ?? []).toString("utf8");
}

const wrong: readonly [name: string, call: string, parameter: string, ...sentences: string[]][] = [
  [
    "a role map with a bad pattern",
    'map_roles([{ remote = "^(a$", local = ["x"] }], ["a"])',
    "role_map",
    '`remote` "^(a$" is not a regular expression: error parsing regexp: missing closing ): `^(a$`.',
  ],
  ["an empty role", 'map_roles([{ remote = "a", local = ["x"] }], ["a", ""])', "roles", "role 2 of the list is empty."],
  ["a text that is no certificate", 'ca_pin("garbage")', "pem", "the text holds no certificate."],
  ["a certificate of nothing", 'identity("")', "pem", "the text holds no certificate."],
];

for (const [name, call, parameter, ...sentences] of wrong) {
  test(`${name} is an error that points to the argument`, async () => {
    await using acceptance = await Acceptance.start({ leaves: [] });
    acceptance.terraform.configure(`output "it" { value = provider::teleport::${call} }`);
    assertRefused(await acceptance.apply(), `Invalid value for "${parameter}" parameter: ${sentences[0]}`);
  });
}
