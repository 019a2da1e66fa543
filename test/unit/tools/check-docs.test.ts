import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { checkDocs } from "../../../tools/check-docs";

const sound = {
  "trust/problem.ts": 'export type ProblemCode =\n  // a kind\n  | "ONE"\n  | "TWO";\n',
  "provider/use.ts": 'throw new Problem("ONE"); throw new Problem("TWO");\n',
  "test/unit/use.test.ts": 'assert.match(text, /\\[ONE\\]/); "[TWO]";\n',
  "examples/main.ts": "first();\nsecond();\nthird();\n",
  "README.md":
    "# Top\n\n```ts examples/main.ts\nsecond();\nthird();\n```\n\n1. In a list:\n\n   ```ts examples/main.ts\n   first();\n   ```\n\n" +
    "[more](docs/more.md#good-to-know-1) [here](#top) [there](https://example.com/x) `[no](link)`\n\n```md\n[none](nowhere.md)\n```\n",
  "docs/more.md": '## Good to know: 1!\n\n<a id="nested"></a>\n[up](../README.md) [below](#nested)\n',
};

function faultsOf(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(join(tmpdir(), "teleport-trust-docs-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    return checkDocs(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const faults: readonly (readonly [name: string, change: Readonly<Record<string, string>>, ...faults: string[]])[] = [
  ["nothing wrong", {}],
  [
    "a file that was edited without its snippet",
    { "examples/main.ts": "first();\nsecond(2);\nthird();\n" },
    "README.md: the snippet of examples/main.ts is not in it as it stands",
  ],
  [
    "a snippet that begins within a line",
    { "docs/more.md": `${sound["docs/more.md"]}\`\`\`ts examples/main.ts\nrst();\n\`\`\`\n` },
    "docs/more.md: the snippet of examples/main.ts is not in it as it stands",
  ],
  [
    "a snippet of a file that is gone",
    { "docs/more.md": `${sound["docs/more.md"]}\`\`\`ts gone.ts\nfirst();\n\`\`\`\n` },
    "docs/more.md: a snippet is said to be of gone.ts, which does not exist",
  ],
  [
    "a link to a page that is gone, and one to a place that is",
    { "docs/more.md": "[x](../gone.md) [y](../README.md#bottom)\n\n## Good to know 1\n" },
    "docs/more.md: the link to ../gone.md leads nowhere",
    "docs/more.md: ../README.md#bottom has no such place",
  ],
  [
    "a code that nothing has, and no test names",
    { "trust/problem.ts": 'export type ProblemCode = "ONE" | "TWO" | "THREE";\n' },
    "trust/problem.ts: nothing has the code THREE",
    "trust/problem.ts: no test names the code THREE",
  ],
];

for (const [name, change, ...expected] of faults) {
  test(`documentation with ${name} has ${expected.length} faults`, () => {
    assert.deepEqual(faultsOf({ ...sound, ...change }), expected);
  });
}
