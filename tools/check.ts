// `npm run check`: what must hold before any test runs. Each check answers a list of faults; an empty list passes.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { checkBoundaries } from "./check-boundaries";
import { checkDocs } from "./check-docs";
import { checkGenerated } from "./check-generated";
import { repositoryRoot } from "./repository";

function checkStyle(): string[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(repositoryRoot, "node_modules/@biomejs/biome/bin/biome"),
      "check",
      "--error-on-warnings",
      "--colors=off",
      ".",
    ],
    { cwd: repositoryRoot, encoding: "utf8" },
  );
  return status === 0 ? [] : [`${stdout}${stderr}`.trim()];
}

const checks: Readonly<Record<string, () => string[]>> = {
  "lint and format": checkStyle,
  boundaries: checkBoundaries,
  "documentation is true": checkDocs,
  "generated files are up to date": checkGenerated,
};

/** Runs every check and prints its faults. (The types were checked by the build that made this file.) */
export async function runChecks(): Promise<{ passed: number; failed: number; skipped: number }> {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, check] of Object.entries(checks)) {
    const faults = check();
    if (faults.length === 0) tally.passed++;
    else tally.failed++;
    process.stdout.write(
      `${faults.length === 0 ? "ok  " : "FAIL"} ${name}\n${faults.map((fault) => `${fault}\n`).join("")}`,
    );
  }
  return tally;
}

async function main(): Promise<void> {
  const { passed, failed } = await runChecks();
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

if (require.main === module) void main();
