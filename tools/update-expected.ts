// `npm run update-expected`: writes what the examples make into their `expected` folders. The difference is for a person to judge.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { configurations, expectedTexts, programs } from "../test/support/example-programs";
import { repositoryRoot } from "./repository";

async function main(): Promise<void> {
  for (const example of [...programs(), ...configurations()]) {
    const folder = join(repositoryRoot, "examples", example, "expected");
    const texts = await expectedTexts(example);
    rmSync(folder, { recursive: true, force: true });
    for (const [name, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  }
}

void main();
