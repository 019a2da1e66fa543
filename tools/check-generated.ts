// Generates again into the checkout and compares with what was there: nobody edits generated files, nobody forgets to make them.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

import { generatedPaths } from "./generated";
import { repositoryRoot } from "./repository";

function filesBelow(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  return stat.isFile() ? [path] : readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}

function digests(): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of generatedPaths) {
    const top = join(repositoryRoot, folder);
    for (const path of filesBelow(top)) {
      found.set(relative(repositoryRoot, path), createHash("sha256").update(readFileSync(path)).digest("hex"));
    }
  }
  return found;
}

/** The generated files that `npm run generate` makes differently, adds or drops. They are left as generated. */
export function checkGenerated(): string[] {
  const before = digests();
  const run = spawnSync(process.execPath, [join(__dirname, "generate.js")], { cwd: repositoryRoot, encoding: "utf8" });
  if (run.status !== 0) return [`npm run generate failed:\n${run.stderr}`];
  const after = digests();
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name} is not what \`npm run generate\` makes; commit what it made.`);
}
