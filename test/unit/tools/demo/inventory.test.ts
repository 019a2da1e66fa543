import assert from "node:assert/strict";
import { test } from "node:test";

import { Lab } from "../../../../lab";
import { differences, takeInventory } from "../../../../tools/demo/inventory";

test("what was added, changed or removed in a cluster is told; a change that was taken back is not", async () => {
  await using lab = await new Lab({ leaves: [], withoutAuthorities: ["db"] }).ready;
  const { storage } = lab.root;
  const opening = takeInventory(lab);
  const alice = storage.get("user", "alice");
  assert.ok(alice?.spec);
  alice.spec.roles = ["access", "auditor"];
  storage.upsert("user", alice);
  const role = storage.get("role", "auditor");
  assert.ok(role?.metadata);
  storage.delete("role", "auditor");
  role.metadata.name = "visitor";
  storage.upsert("role", role);
  const [missing, added, changed, ...others] = differences(opening, takeInventory(lab)).sort();
  assert.deepEqual([missing, others], ["root.lab: roles auditor is missing", []]);
  assert.equal(added, "root.lab: roles visitor is left");
  assert.match(String(changed), /^root\.lab: users alice was \{.*"access"\].* is \{.*"auditor"\]/s);

  const now = storage.get("user", "alice");
  assert.ok(now?.spec);
  now.spec.roles = ["access"];
  storage.upsert("user", now);
  storage.delete("role", "visitor");
  role.metadata.name = "auditor";
  storage.upsert("role", role);
  assert.deepEqual(differences(opening, takeInventory(lab)), []);
});
