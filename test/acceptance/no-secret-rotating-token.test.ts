// No value of a rotating token is in any file, output, log, argument or process, but in the environment of the command that it is handed to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";

import { RuleSchema } from "../../lab/gen/teleport/types/role_pb";
import { Acceptance } from "../support/acceptance";
import { Evidence } from "../support/evidence";
import { editRole } from "../support/outside";
import { SecretStore, storedVariable } from "../support/secret-store";

const hour = 3_600_000;
const address = "teleport_rotating_token.partner";

/** An invitation that is handed to a secret store, as the example has it. */
const rotating = (store: SecretStore, name = "partner") => `
resource "teleport_rotating_token" "partner" {
  cluster      = "root"
  name         = "${name}"
  ttl          = "6h"
  rotate_after = "2h"
  overlap      = "1h"
}

ephemeral "teleport_rotating_token" "partner" {
  cluster    = teleport_rotating_token.partner.cluster
  name       = teleport_rotating_token.partner.name
  generation = teleport_rotating_token.partner.generation
  overlap    = teleport_rotating_token.partner.overlap
}

resource "terraform_data" "handed_over" {
  triggers_replace = teleport_rotating_token.partner.generation

  provisioner "local-exec" {
    command     = "${store.command}"
    environment = { ${storedVariable} = ephemeral.teleport_rotating_token.partner.token }
  }
}
`;

const refresh = ["apply", "-refresh-only", "-auto-approve", "-input=false", "-no-color"] as const;
const apply = ["apply", "-auto-approve", "-input=false", "-no-color"] as const;
const destroy = ["destroy", "-auto-approve", "-input=false", "-no-color"] as const;

/** Takes the right to write tokens from the bot, or gives it back. */
async function mayWriteTokens({ lab }: Acceptance, may: boolean): Promise<void> {
  await editRole(lab.root, "teleport-trust-iac", ({ spec }) => {
    assert.ok(spec?.deny);
    const denied = create(RuleSchema, { resources: ["token"], verbs: ["create", "delete"] });
    spec.deny.rules = may ? [] : [denied];
  });
}

/** The environment of the store's command, where the value belongs; the shell that started it has it, too. */
const handedTo = /in step \d+ \(apply\): the environment of `(\/bin\/sh -c )?\S*node \S+\/store\.js /;

test("a rotating token is handed to the environment of a command, and shown to nobody else, however its runs end", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  await using store = await SecretStore.open(acceptance);
  const evidence = new Evidence(acceptance, store);
  acceptance.configure(rotating(store));

  await mayWriteTokens(acceptance, false);
  assert.equal((await evidence.planAndApply()).code, 1, "the cluster refuses");
  await mayWriteTokens(acceptance, true);
  assert.equal((await evidence.killed("/proto.AuthService/CreateTokenV2", ...apply)).code, 1);
  assert.equal((await evidence.planAndApply()).code, 0);
  const first = store.stored;
  assert.equal((await evidence.run(...refresh)).code, 0);

  await acceptance.moveClock(2.5 * hour);
  store.exitCode = 1;
  assert.equal((await evidence.planAndApply()).code, 1, "the store is out of order");
  store.exitCode = 0;
  assert.equal((await evidence.planAndApply()).code, 0, "handed over once more");
  assert.notEqual(store.stored, first);
  await acceptance.moveClock(2.5 * hour);
  assert.equal((await evidence.killed("/proto.AuthService/CreateTokenV2", ...apply)).code, 1);
  assert.equal((await evidence.planAndApply()).code, 0);

  assert.equal((await evidence.run("state", "rm", address)).code, 0);
  assert.equal((await evidence.run("import", "-no-color", "-input=false", address, "root/partner")).code, 0);
  await acceptance.moveClock(5.5 * hour);
  assert.equal((await evidence.run("plan", "-no-color", "-input=false", "-refresh=false")).code, 1, "apply first");
  await mayWriteTokens(acceptance, false);
  assert.equal((await evidence.run(...destroy)).code, 1);
  await mayWriteTokens(acceptance, true);
  assert.equal((await evidence.run(...destroy)).code, 0);

  const { issuedTokens } = acceptance.lab;
  assert.ok(issuedTokens.length >= 3, "one for each generation");
  const prefix = issuedTokens[0]?.slice(0, 12) ?? "";
  const known = evidence.find([{ name: "the public prefix", value: prefix }]);
  for (const place of [/\/tfplan$/, /plan\.json$/, /\.tfstate$/, /\.backup$/, handedTo]) {
    assert.ok(
      known.some((found) => place.test(found)),
      `the prefix was found in none that is ${place}`,
    );
  }
  assert.notDeepEqual(evidence.find([{ name: "its log", value: "TRACE" }]), [], "the logs are searched");
  const handed = evidence.leaks().filter((leak) => handedTo.test(leak));
  assert.ok(handed.length > 0, "the search sees what is handed over");
  assert.deepEqual(
    evidence.leaks().filter((leak) => !handedTo.test(leak)),
    [],
  );
});
