// A trust that somebody made by hand, taken over by import: nothing is written before there is something to write.
import assert from "node:assert/strict";
import { test } from "node:test";

import { leftovers } from "../support/outside";
import { assertEmptyPlan, assertSays, assertSettled, changesOf, deedsOf } from "../support/plans";
import { address, othersLabels, TableLab } from "../support/trust/table-lab";

test("a trust that was made by hand is imported, keeps others' labels, and gets its mark with the first change", async () => {
  await using table = await TableLab.start();
  const { acceptance } = table;
  await table.bring("foreign", "same leaf");
  const others = table.othersObjects();
  await table.forget();
  const since = table.calls;
  table.configure('labels = { owner = "noc" }');
  assert.equal((await table.import()).code, 0);
  await assertSettled(acceptance);

  table.configure("");
  const { plan } = await acceptance.planned();
  assert.deepEqual(changesOf(plan, address), { labels: [othersLabels, null] });
  await acceptance.applied();
  await assertSettled(acceptance);
  assert.deepEqual(table.writes(since), [], "labels that nobody names are released, not removed");
  assert.deepEqual(table.labels(), othersLabels);
  assert.equal(table.isMarked(), false);

  table.configure("enabled = false");
  await acceptance.applied();
  await assertSettled(acceptance);
  assert.deepEqual(table.writes(since), ["leaf.lab: UpdateTrustedCluster"]);
  assert.equal(table.isMarked(), true);

  const tokens = acceptance.lab.issuedTokens.length;
  await acceptance.destroyed();
  assert.equal(table.isMarked(), undefined);
  assert.equal(table.labels(), undefined);
  assert.equal(acceptance.lab.issuedTokens.length, tokens);
  assert.deepEqual(table.othersObjects(), others);
  assert.deepEqual(
    leftovers(acceptance.lab).filter((each) => each.includes("leaf.lab")),
    [],
  );
});

test("a trusted cluster that was made by hand and that no root knows is imported as half a trust, and joined anew", async () => {
  await using table = await TableLab.start();
  const { acceptance } = table;
  await table.bring("foreign", "none");
  await table.forget();
  const since = table.calls;
  assert.equal((await table.import()).code, 0);
  const { run, plan } = await acceptance.planned();
  assert.deepEqual(deedsOf(plan), { [address]: "update" });
  assertSays(run, 'the remote cluster "leaf.lab" on the root root.lab is missing');
  assert.deepEqual(table.writes(since), []);
  await acceptance.applied();
  await assertEmptyPlan(acceptance);
  assert.equal(table.isMarked(), true);
  assert.deepEqual(table.labels(), { env: "demo" });
  assert.deepEqual(table.ownTokens(), []);
});
