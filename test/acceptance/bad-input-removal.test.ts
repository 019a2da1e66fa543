// Import ids, and connections that are taken away too early.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Acceptance, guideTrust } from "../support/acceptance";
import { joinLab } from "../support/lab-clients";
import { objectsOf } from "../support/outside";
import { assertErrors, assertRefusedBy, onOneLine } from "../support/refusals";

/** Trusts of three leaves with one root. */
function trusts(...leaves: readonly number[]): string {
  const trust = (n: number) =>
    `resource "teleport_trust" "leaf${n}" {\n  root     = "root"\n  leaf     = "leaf${n}"\n  role_map = [{ remote = "dev", local = ["access"] }]\n}\n`;
  return leaves.map(trust).join("\n");
}

test("one of three leaves that is removed together with its connection is refused at plan, and nothing else is done", async () => {
  await using acceptance = await Acceptance.start({ leaves: [{}, {}, {}] });
  acceptance.configure(trusts(1, 2, 3));
  await acceptance.applied();

  const [root, leaf1, leaf2, leaf3] = acceptance.everyCluster();
  assert(root && leaf1 && leaf2 && leaf3);
  // Another trust is changed in the same apply: that must not happen either.
  const changed = trusts(1, 2).replaceAll('"dev"', '"ops"');
  acceptance.configure(changed, [root, leaf1, leaf2]);
  const said = {
    summary: `trust "root.lab/leaf-3.lab" cannot be deleted: cluster "leaf3" is not in the provider's \`clusters\``,
    detail:
      "Put the connection back into the provider configuration, remove this resource and apply; then remove the connection. " +
      "Or forget the object without deleting it: `terraform state rm 'ADDRESS'`, ADDRESS as `terraform state list` shows it. [CONNECTION_NOT_CONFIGURED]",
  };
  await assertRefusedBy("plan", acceptance, said);

  acceptance.configure(trusts(1, 2), [root, leaf1, leaf2, leaf3]);
  await acceptance.applied();
  acceptance.configure(trusts(1, 2), [root, leaf1, leaf2]);
  assert.equal((await acceptance.plan()).code, 0, "the way out that was told ends in an empty plan");
  assert.deepEqual(acceptance.lab.cluster("leaf-3.lab").dump().trusted_clusters, []);
});

test("a trust whose connection is misspelled keeps its state, with a warning that names the near miss", async () => {
  await using acceptance = await Acceptance.start();
  acceptance.configure(guideTrust);
  await acceptance.applied();
  const clusters = acceptance.everyCluster().map((each) => ({ ...each, key: each.key.replace("leaf", "leaf-1") }));
  acceptance.configure(guideTrust, clusters);
  const run = await acceptance.plan();
  assert.equal(run.code, 0, run.output);
  const warning =
    'Warning: the state of trust "root.lab/leaf.lab" was kept as it is: cluster "leaf" is not in the provider\'s `clusters`';
  assert.ok(onOneLine(run).includes(warning), run.output);
  assert.ok(onOneLine(run).includes('Did you mean "leaf-1"? It has "leaf-1", "root".'), run.output);
});

describe("an import id is refused, with its form, when it is", () => {
  const trustForm =
    "Write `<root>/<leaf>`, both as keys of the provider's `clusters`, such as `root/leaf`. [TRUST_IMPORT_ID]";
  const objectForm = "Write `<name>` or `<cluster>/<name>`. [API_INVALID]";
  const rows: readonly (readonly [name: string, address: string, id: string, summary: string, detail: string])[] = [
    ["one word for a trust", "teleport_trust.leaf", "root", '"root" is no import id of a trust', trustForm],
    ["three words for a trust", "teleport_trust.leaf", "a/b/c", '"a/b/c" is no import id of a trust', trustForm],
    ["a trust without its root", "teleport_trust.leaf", "/leaf", '"/leaf" is no import id of a trust', trustForm],
    [
      "a misspelled leaf",
      "teleport_trust.leaf",
      "root/leef",
      'cluster "leef" is not in the provider\'s `clusters`',
      'Did you mean "leaf"? It has "leaf", "root". [CONNECTION_NOT_CONFIGURED]',
    ],
    [
      "a trust the wrong way round",
      "teleport_trust.leaf",
      "leaf/root",
      "root.lab does not trust leaf.lab: neither side knows the other",
      "Nothing needs to be imported: let the next apply create the trust. [TRUST_NOTHING_TO_IMPORT]",
    ],
    ["an object without a name", "teleport_role.it", "leaf/", "the import id names no object", objectForm],
    [
      "an object in a misspelled cluster",
      "teleport_role.it",
      "leef/access",
      'cluster "leef" is not in the provider\'s `clusters`',
      'Did you mean "leaf"? It has "leaf", "root". [CONNECTION_NOT_CONFIGURED]',
    ],
    [
      "a bare name where there is no default connection",
      "teleport_role.it",
      "access",
      'the provider has no default connection (`clusters` has "leaf", "root", which are used only where `cluster` names them)',
      "Name an entry of `clusters` in `cluster` (in an import id: `<cluster>/<name>`), or set `addr` and an identity in the provider block. [CONNECTION_NOT_CONFIGURED]",
    ],
    [
      "an object that is not there",
      "teleport_role.it",
      "leaf/nobody",
      'there is no role "nobody" in leaf.lab',
      "Check the import id, which is `<name>`, or `<cluster>/<name>`, and whether the identity may read it. [API_NOT_FOUND]",
    ],
  ];

  test("of any of these forms", async (t) => {
    await using acceptance = await Acceptance.start();
    await joinLab(acceptance.lab.root, acceptance.lab.leaf(), "by-hand");
    const role =
      'resource "teleport_role" "it" {\n  cluster  = "leaf"\n  version  = "v7"\n  metadata = { name = "it" }\n}\n';
    acceptance.configure(`${guideTrust}\n${role}`);
    const before = objectsOf(acceptance.lab);
    for (const [name, address, id, summary, detail] of rows) {
      await t.test(name, async () => {
        const run = await acceptance.run(["import", "-no-color", "-input=false", address, id]);
        assertErrors(run, { summary, detail });
      });
    }
    assert.deepEqual(objectsOf(acceptance.lab), before);
    assert.deepEqual((await acceptance.terraform.state()).values, undefined, "nothing is in the state");
  });
});
