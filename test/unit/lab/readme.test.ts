import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { unverifiedFacts } from "../../../lab";

const readme = readFileSync(join(dirname(require.resolve("teleport-trust/package.json")), "lab/README.md"), "utf8");

test("the lab's README lists every fact that nobody has verified, and no other", () => {
  const table = readme.slice(readme.indexOf("## Not verified"));
  const listed = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  assert.deepEqual(
    listed.sort(),
    unverifiedFacts()
      .map(({ name }) => name)
      .sort(),
  );
});
