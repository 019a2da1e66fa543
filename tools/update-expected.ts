// `npm run update-expected`: writes what the examples' programs make into their `expected` folders. The difference is for a person to judge.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expectedTexts, programs } from "../test/support/examples";
import { repositoryRoot } from "./repository";

async function main(): Promise<void> {
  for (const example of programs()) {
    const folder = join(repositoryRoot, "examples", example, "expected");
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(await expectedTexts(example))) writeFileSync(join(folder, name), text);
  }
}

void main();
