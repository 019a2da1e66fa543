// Every example works: it is applied to the lab, has an empty plan then, is imported as it says, and leaves nothing behind.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { repositoryRoot } from "../../tools/repository";
import {
  companions,
  expectedTexts,
  forLab,
  hclExamples,
  hclFiles,
  importOf,
  programs,
  startExample,
  startProgram,
} from "../support/examples";
import { leftovers } from "../support/outside";
import { assertEmptyPlan, assertSettled } from "../support/plans";

/** What an example leaves on purpose. */
const staying: Readonly<Record<string, readonly string[]>> = {
  // It is the leaf's side alone: the root keeps what it knows of the leaf.
  "resources/teleport_trusted_cluster": ["rootcluster.example.com: remote cluster leafcluster.example.com"],
};

for (const example of hclExamples()) {
  test(`examples/${example} works as it stands`, async () => {
    await using acceptance = await startExample();
    const texts = Object.entries(hclFiles(example)).map(([name, text]) => [name, forLab(acceptance, text)] as const);
    acceptance.terraform.write({ ...companions(acceptance), ...Object.fromEntries(texts) });
    await acceptance.applied();
    await assertEmptyPlan(acceptance);
    const importing = importOf(example);
    if (importing !== undefined) {
      const { address, id } = importing;
      assert.equal((await acceptance.run(["state", "rm", address])).code, 0);
      const imported = await acceptance.run(["import", "-no-color", address, id]);
      assert.equal(imported.code, 0, imported.output);
      await assertEmptyPlan(acceptance);
    }
    await acceptance.destroyed();
    assert.deepEqual(leftovers(acceptance.lab), staying[example] ?? []);
  });
}

for (const example of programs()) {
  test(`examples/${example} synthesises and plans what its expected folder holds; \`npm run update-expected\` renews that`, async () => {
    for (const [name, text] of Object.entries(await expectedTexts(example))) {
      const expected = readFileSync(join(repositoryRoot, "examples", example, "expected", name), "utf8");
      assert.equal(text, expected, name);
    }
  });

  test(`examples/${example} is valid, is applied, has an empty plan then, and is destroyed`, async () => {
    await using acceptance = await startProgram(example);
    const validated = await acceptance.run(["validate", "-no-color"]);
    assert.equal(validated.code, 0, validated.output);
    await acceptance.applied();
    await assertSettled(acceptance);
    await acceptance.destroyed();
    assert.deepEqual(leftovers(acceptance.lab), []);
  });
}
