// The rows of the decision table of `teleport_trust` in which nothing may be touched, each made by real calls of others.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertSays } from "../support/plans";
import { assertErrors, type ShownError } from "../support/refusals";
import type { Run } from "../support/terraform";
import { address, type RemoteClusterFact, TableLab, type TrustedClusterFact } from "../support/trust/table-lab";

/** What a command says (terraform names no place in imports and in destroys without a refresh): an error, or nothing as it does its work all the same. */
type Says = Pick<ShownError, "summary" | "detail"> | "is done";

interface Row {
  readonly trustedCluster: TrustedClusterFact;
  readonly remoteCluster: RemoteClusterFact;
  /** To whom has a state of the trust that was there before: refresh, plan, update. */
  readonly kept: (table: TableLab) => Says;
  /** A destroy that does not refresh before. */
  readonly destroyed?: (table: TableLab) => Says;
  /** To whom comes for the first time. */
  readonly found: (table: TableLab) => Says;
  readonly imported?: (table: TableLab) => Says;
}

const atRoot = ({ root }: TableLab) => `cluster "root" (${root.addresses.proxy})`;
const atLeaf = ({ leaf }: TableLab) => `cluster "leaf" (${leaf.addresses.proxy})`;

function otherLeaf(wayOut: string) {
  return (table: TableLab): Says => ({
    summary: `root.lab has a remote cluster "leaf.lab" that is another leaf: its host certificate authority shares no key with the one of ${atLeaf(table)}`,
    detail: `Find out whose it is. If it is a former life of this leaf, remove it with \`tctl rm remote_cluster/leaf.lab\` on the root.${wayOut} Nothing was touched. [TRUST_OTHER_LEAF]`,
  });
}

const stateRm = " If this trust has ended, give it up with `terraform state rm 'ADDRESS'`, ADDRESS as shown above.";
const destroy =
  " To end this trust and leave that leaf alone, run `terraform destroy -refresh=false -target='ADDRESS'`, ADDRESS as shown above.";

function notVisible(hint: string) {
  return (table: TableLab): Says => ({
    summary: `the remote cluster "leaf.lab" is hidden from the identity for ${atRoot(table)}, or does not exist: with the roles "teleport-trust-iac" it cannot tell, and ${hint}`,
    detail:
      "Give one of its roles `cluster_labels: {'*': '*'}` under `allow`, and no role of it any `cluster_labels` under `deny`. [TRUST_NOT_VISIBLE]",
  });
}

const hidden = {
  remoteCluster: "not visible",
  kept: notVisible("the label env=demo would hide it from them"),
  found: notVisible("the label env=demo would hide it from them"),
  imported: notVisible("a label may hide it"),
} as const;

const madeAnew = (): Says => ({
  summary: 'the trusted cluster "root.lab" on leaf.lab is not the one of this state any more: somebody made it anew',
  detail:
    "Either give it up with `terraform state rm 'ADDRESS'`, or take it over: after that import it with `terraform import 'ADDRESS' root/leaf`, ADDRESS as shown above. Nothing was touched. [TRUST_FOREIGN]",
});

const madeOutside = (): Says => ({
  summary: 'leaf.lab already trusts "root.lab", by a trusted cluster that was made outside of this configuration',
  detail:
    "To take it over, import it with `terraform import 'ADDRESS' root/leaf`, ADDRESS as shown above. Nothing was touched. [TRUST_FOREIGN]",
});

const foreign = {
  trustedCluster: "foreign",
  kept: madeAnew,
  found: madeOutside,
  imported: (): Says => "is done",
} as const;

const rows: readonly Row[] = [
  { trustedCluster: "none", ...hidden },
  { trustedCluster: "ours", ...hidden },
  { trustedCluster: "foreign", ...hidden },
  {
    trustedCluster: "none",
    remoteCluster: "other leaf",
    kept: otherLeaf(stateRm),
    found: otherLeaf(""),
    destroyed: () => "is done",
  },
  {
    trustedCluster: "ours",
    remoteCluster: "other leaf",
    kept: otherLeaf(destroy),
    found: otherLeaf(""),
    destroyed: () => "is done",
  },
  {
    trustedCluster: "foreign",
    remoteCluster: "other leaf",
    kept: otherLeaf(stateRm),
    found: otherLeaf(""),
    destroyed: madeAnew,
  },
  { ...foreign, remoteCluster: "none" },
  { ...foreign, remoteCluster: "same leaf" },
];

const left = 'the remote cluster "leaf.lab" stays on root.lab: it belongs to another leaf of that name';

function assertSaid(run: Run, says: Says, place: Pick<ShownError, "with"> = { with: address }): void {
  if (says === "is done") assert.equal(run.code, 0, run.output);
  else assertErrors(run, { ...says, ...place });
}

for (const { trustedCluster, remoteCluster, kept, found, imported = found, destroyed = kept } of rows) {
  test(`nothing of others is touched when the trusted cluster is ${trustedCluster} and the remote cluster ${remoteCluster}`, async () => {
    await using table = await TableLab.start();
    const { acceptance } = table;
    await table.bring(trustedCluster, remoteCluster);
    await table.leaveToken();
    const [before, since] = [table.objects(), table.calls];
    const assertUntouched = () => {
      assert.deepEqual(table.objects(), before);
      assert.deepEqual(table.writes(since), []);
    };

    assertSaid(await acceptance.plan(), kept(table));
    assertSaid(await acceptance.destroy(), kept(table));
    table.configure('labels = { env = "demo" }\n enabled = false');
    assertSaid(await acceptance.apply({ args: ["-refresh=false"] }), kept(table));
    assertUntouched();

    const state = acceptance.terraform.read("terraform.tfstate");
    await table.forget();
    assertSaid(await acceptance.apply(), found(table));
    assertSaid(await table.import(), imported(table), {});
    assertUntouched();

    acceptance.terraform.write({ "terraform.tfstate": state });
    const others = table.othersObjects();
    const ended = await acceptance.destroy({ args: ["-refresh=false"] });
    assertSaid(ended, destroyed(table), {});
    assert.deepEqual(table.othersObjects(), others);
    if (destroyed(table) !== "is done") return assertUntouched();
    assertSays(ended, left);
    assertSays(ended, "[TRUST_LEFT]");
    assert.deepEqual(table.ownTokens(), []);
    assert.deepEqual(table.leaf.dump().trusted_clusters, []);
    assert.deepEqual(table.labels(), {}, "the other leaf's remote cluster stays");
  });
}
