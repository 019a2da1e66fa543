// The rows of the decision table of `teleport_trust` in which something is done, each made by real calls of others: what is
// written, in which order, and what is said.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertEmptyPlan, assertSays, deedsOf } from "../support/plans";
import { assertErrors } from "../support/refusals";
import type { Run } from "../support/terraform";
import {
  address,
  othersLabels,
  type RemoteClusterFact,
  TableLab,
  type TrustedClusterFact,
} from "../support/trust/table-lab";

/** A warning: what it is about, and what to do. */
type Warning = readonly [summary: string, detail: string];

interface Row {
  readonly trustedCluster: TrustedClusterFact;
  readonly remoteCluster: RemoteClusterFact;
  /** Whether labels that others put on the leaf are there afterwards: they are lost with the remote cluster that carried them. */
  readonly keepsLabels: boolean;
  /** With the state of the trust that was there before: what the plan is, and warns of. */
  readonly kept: { readonly deeds: Readonly<Record<string, string>>; readonly warning?: Warning };
  /** What a create and a repair write. */
  readonly writes: readonly string[];
  /** What a create warns of. */
  readonly found?: Warning;
}

const join = [
  "root.lab: DeleteToken",
  "root.lab: CreateTokenV2",
  "leaf.lab: UpsertTrustedCluster",
  "root.lab: DeleteToken",
  "root.lab: UpdateRemoteCluster",
];

function half(side: string): Warning {
  return [
    `${side} is missing: nobody can reach the leaf through the root until this is applied`,
    "The apply removes what is left of the old trust and joins anew, in place; labels that others put on the leaf are kept. [TRUST_HALF]",
  ];
}

const rows: readonly Row[] = [
  {
    trustedCluster: "none",
    remoteCluster: "none",
    keepsLabels: false,
    kept: { deeds: { [address]: "create" } },
    writes: join,
  },
  {
    trustedCluster: "none",
    remoteCluster: "same leaf",
    keepsLabels: true,
    kept: {
      deeds: { [address]: "update" },
      warning: half('the trusted cluster "root.lab" on the leaf leaf.lab'),
    },
    writes: ["root.lab: DeleteRemoteCluster", ...join],
  },
  {
    trustedCluster: "ours",
    remoteCluster: "none",
    keepsLabels: false,
    kept: { deeds: { [address]: "update" }, warning: half('the remote cluster "leaf.lab" on the root root.lab') },
    writes: ["leaf.lab: DeleteTrustedCluster", ...join],
  },
  {
    trustedCluster: "ours",
    remoteCluster: "same leaf",
    keepsLabels: true,
    kept: { deeds: {} },
    writes: ["root.lab: DeleteToken"],
    found: [
      "leaf.lab already trusts root.lab, by the mark of this very trust: it is taken over, not made",
      "Either an earlier apply was interrupted, then all is well; or another state owns root.lab/leaf.lab too, then remove it from one of them with `terraform state rm`. [TRUST_CONTINUED]",
    ],
  },
];

function assertWarns(run: Run, warning: Warning | undefined): void {
  assert.equal(run.output.match(/Warning: /g)?.length ?? 0, warning === undefined ? 0 : 1, run.output);
  for (const text of warning ?? []) assertSays(run, text);
}

/** Asserts that the trust is whole, ours, as configured, without a token, and that nobody else has noticed. */
async function assertWhole(table: TableLab, { keepsLabels }: Row, others: unknown): Promise<void> {
  await assertEmptyPlan(table.acceptance);
  assert.equal(table.isMarked(), true);
  assert.deepEqual(table.labels(), { env: "demo", ...(keepsLabels ? othersLabels : {}) });
  assert.deepEqual(table.ownTokens(), []);
  assert.deepEqual(table.othersObjects(), others);
}

for (const row of rows) {
  const { trustedCluster, remoteCluster, kept, writes, found } = row;
  const bring = async (table: TableLab) => {
    await table.bring(trustedCluster, remoteCluster);
    return { since: table.calls, others: table.othersObjects() };
  };
  const when = `when the trusted cluster is ${trustedCluster} and the remote cluster ${remoteCluster}`;

  test(`a trust is brought about ${when}, with and without its state`, async () => {
    await using table = await TableLab.start();
    const { acceptance } = table;
    const { since, others } = await bring(table);
    const isWhole = Object.keys(kept.deeds).length === 0;
    if (!isWhole) await table.leaveToken();
    const { run, plan } = await acceptance.planned();
    assert.deepEqual(deedsOf(plan), kept.deeds);
    assertWarns(run, kept.warning);
    await acceptance.applied();
    assert.deepEqual(table.writes(since), isWhole ? [] : writes);
    await assertWhole(table, row, others);

    const again = await bring(table);
    await table.leaveToken();
    await table.forget();
    const creation = await acceptance.planned();
    assert.deepEqual(deedsOf(creation.plan), { [address]: "create" });
    assertWarns(creation.run, found);
    assertWarns(await acceptance.run(["apply", "-no-color", "-input=false", "plan.bin"]), found);
    assert.deepEqual(table.writes(again.since), writes);
    await assertWhole(table, row, again.others);
  });

  test(`a trust is imported, and ended, ${when}`, async () => {
    await using table = await TableLab.start();
    const { acceptance } = table;
    const { since, others } = await bring(table);
    await table.forget();
    const imported = await table.import();
    if (trustedCluster === "none" && remoteCluster === "none") {
      assertErrors(imported, {
        summary: "leaf.lab does not trust root.lab: neither side knows the other",
        detail: "Nothing needs to be imported: let the next apply create the trust. [TRUST_NOTHING_TO_IMPORT]",
      });
    } else {
      assert.equal(imported.code, 0, imported.output);
      const { run, plan } = await acceptance.planned();
      assert.deepEqual(deedsOf(plan), { [address]: "update" });
      assertWarns(run, kept.warning);
    }
    assert.deepEqual(table.writes(since), []);
    await acceptance.applied();
    await assertWhole(table, row, others);

    const end = await bring(table);
    await table.leaveToken();
    // A refresh would take a trust of which nothing is left from the state, and leave the token to its time.
    const nothing = trustedCluster === "none" && remoteCluster === "none";
    assertWarns(await acceptance.destroyed({ args: nothing ? ["-refresh=false"] : [] }), undefined);
    assert.deepEqual(table.ownTokens(), []);
    assert.equal(table.isMarked(), undefined);
    assert.equal(table.labels(), undefined);
    assert.deepEqual(table.othersObjects(), end.others);
  });
}
