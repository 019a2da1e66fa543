import assert from "node:assert/strict";
import { test } from "node:test";

import { unverifiedFacts, versionRules, versionTable } from "../../../lab/versions";

test("a version text stands for its major's column", () => {
  assert.deepEqual(versionRules("17.7.0"), versionRules("17"));
  assert.deepEqual(versionRules("v17.2.1-dev"), versionRules("17"));
  assert.equal(versionRules("17").rejoin, "refuse");
});

test("a version without a column is refused, with those that have one", () => {
  assert.throws(() => versionRules("13.1.0"), {
    name: "RangeError",
    message: 'the lab has no column for Teleport "13.1.0"; it behaves as one of: 17',
  });
});

test("every fact has a source, and those that nobody read are listed", () => {
  for (const facts of Object.values(versionTable)) {
    for (const [name, fact] of Object.entries(facts)) assert.ok(fact.source.length > 0, name);
  }
  const unverified = unverifiedFacts();
  assert.ok(unverified.some(({ name, evidence }) => name === "minimumClientVersion" && evidence === "recalled"));
  assert.ok(unverified.every(({ evidence }) => evidence === "recalled" || evidence === "inferred"));
});
