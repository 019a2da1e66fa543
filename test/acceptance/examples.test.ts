// Every example works: it is applied to the lab, has an empty plan then, is imported as it says, and leaves nothing behind.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { Acceptance } from "../support/acceptance";
import {
  assertNoWarning,
  configurations,
  expectedTexts,
  programs,
  startConfiguration,
  startProgram,
} from "../support/example-programs";
import { companions, examplesFolder, forLab, hclExamples, hclFiles, importOf, startExample } from "../support/examples";
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

for (const example of [...programs(), ...configurations()]) {
  test(`examples/${example} makes what its expected folder holds; \`npm run update-expected\` renews that`, async () => {
    for (const [name, text] of Object.entries(await expectedTexts(example))) {
      const expected = readFileSync(join(examplesFolder, example, "expected", name), "utf8");
      assert.equal(text, expected, name);
    }
  });
}

/** From the first plan to the last: what every example that stands alone has to pass. */
async function lives(acceptance: Acceptance): Promise<void> {
  const validated = await acceptance.run(["validate", "-no-color"]);
  assert.equal(validated.code, 0, validated.output);
  assertNoWarning(await acceptance.apply());
  await assertSettled(acceptance);
  await acceptance.destroyed();
  assert.deepEqual(leftovers(acceptance.lab), []);
}

// One that stands in a folder of another is a part of it: what comes in which order is for the whole's own test to say.
for (const example of programs().filter((name) => !name.includes("/"))) {
  test(`examples/${example} is valid, is applied, has an empty plan then, and is destroyed`, async () => {
    await using acceptance = await startProgram(example);
    await lives(acceptance);
  });
}

for (const example of configurations()) {
  test(`examples/${example} is well formatted and valid, is applied, has an empty plan then, and is destroyed`, async () => {
    await using acceptance = await startConfiguration(example);
    const formatted = await acceptance.run(["fmt", "-check", "-diff", "-no-color"]);
    assert.equal(formatted.code, 0, formatted.output);
    await lives(acceptance);
  });
}
