// `ephemeral "teleport_provision_token"` by real terraform: made, prolonged, removed, and no trouble when terraform dies.
import assert from "node:assert/strict";
import { test } from "node:test";

import type { ProvisionTokenV2 } from "../../lab/gen/teleport/types/provision_token_pb";
import { Acceptance, guideTrust } from "../support/acceptance";
import { assertErrors } from "../support/refusals";

function token(more = ""): string {
  return `ephemeral "teleport_provision_token" "it" {
    cluster = "root"
    roles   = ["Trusted_cluster", "Node"]
    ttl     = "30s"
    ${more}
  }\n`;
}

/** A trust that cannot come online until the test lets it: as long as that, terraform needs the token. */
async function waiting(): Promise<Acceptance> {
  const acceptance = await Acceptance.start();
  acceptance.lab.leaf().link("tunnel").cut();
  const trust = guideTrust.replace("role_map", "depends_on = [ephemeral.teleport_provision_token.it]\n  role_map");
  acceptance.configure(token('labels = { env = "demo" }') + trust);
  return acceptance;
}

/** Resolves with the token that terraform holds while the trust waits. */
async function heldToken({ lab }: Acceptance) {
  await lab.leaf().stored("trusted_cluster", "root.lab", (cluster) => cluster !== undefined);
  const found = lab.root.storage.list("token").find(({ metadata }) => metadata?.labels.env === "demo");
  assert(found?.metadata && found.spec);
  return { name: found.metadata.name, roles: found.spec.roles, endsMs: endOf(found.metadata.expires) };
}

function endOf(expires: { readonly seconds: bigint } | undefined): number {
  return Number(expires?.seconds ?? 0n) * 1000;
}

test("a token has the roles, labels and end that were asked for, is prolonged while terraform works, and is gone when it ends", async () => {
  await using acceptance = await waiting();
  const { root, clock } = acceptance.lab;
  const applied = acceptance.apply();
  const { name, roles, endsMs } = await heldToken(acceptance);
  assert.deepEqual(roles, ["Trusted_cluster", "Node"]);
  const leftMs = endsMs - clock.now();
  assert.ok(leftMs > 10_000 && leftMs <= 30_000, `${leftMs} ms are left`);
  // Terraform itself decides by the machine's clock when to renew: half-way.
  const isProlonged = (found: ProvisionTokenV2 | undefined) => endOf(found?.metadata?.expires) > endsMs;
  await root.stored("token", name, isProlonged, AbortSignal.timeout(30_000));
  acceptance.lab.leaf().link("tunnel").restore();
  const run = await applied;
  assert.equal(run.code, 0, run.output);
  assert.deepEqual(root.dump().tokens, []);
});

test("the token of a terraform that was killed ends by itself", async () => {
  await using acceptance = await waiting();
  const { root, clock } = acceptance.lab;
  let pid = 0;
  const killed = acceptance.apply({
    started: (of) => {
      pid = of;
    },
  });
  const { name } = await heldToken(acceptance);
  process.kill(pid, "SIGKILL");
  await killed;
  assert.ok(root.storage.get("token", name), "nobody has removed it");
  await clock.advance(30_000);
  assert.equal(root.storage.get("token", name), undefined);
});

const faults: readonly (readonly [name: string, argument: string, summary: string, detail: string])[] = [
  ["a time to live that is too short", 'ttl = "5s"', '"5s" is too short', "Write `30s` or more. [API_INVALID]"],
  ["no roles", "roles = []", "the token has no roles", 'Name at least one, such as "Trusted_cluster". [API_INVALID]'],
  [
    "a role that does not exist",
    'roles = ["Gardener"]',
    'cannot create a provision token in cluster "root" (ADDRESS): role Gardener is not registered',
    "Change the configuration as the cluster says, then apply again. [API_INVALID]",
  ],
  [
    "a cluster that is not configured",
    'cluster = "rot"',
    'cluster "rot" is not in the provider\'s `clusters`',
    'Did you mean "root"? It has "root". [CONNECTION_NOT_CONFIGURED]',
  ],
];

test("a token that cannot be is refused, and none is made", async (t) => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  for (const [name, argument, summary, detail] of faults) {
    await t.test(name, async () => {
      const [attribute = ""] = argument.split(" ");
      const text = token().replace(new RegExp(`${attribute} +=.*`), argument);
      // Something must be planned: terraform refuses to plan nothing but ephemeral values.
      acceptance.configure(`${text}resource "terraform_data" "it" {}`);
      const expected = summary.replace("ADDRESS", acceptance.lab.root.addresses.proxy);
      const address = "ephemeral.teleport_provision_token.it";
      assertErrors(await acceptance.plan(), { with: address, summary: expected, detail });
      assert.deepEqual(acceptance.lab.issuedTokens, []);
    });
  }
});
