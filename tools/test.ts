// `npm test`: the checks, then every compiled test file by node's own runner; ends with one line `N passed, N failed`.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";

import { runChecks } from "./check";
import { assertPrerequisites } from "./prerequisites";
import { repositoryRoot } from "./repository";

/** Kinds in the order in which a fault is cheapest to understand. */
const kinds = ["unit", "property", "conformance", "acceptance", "faults"] as const;

const compiled = join(repositoryRoot, "dist/test");

/**
 * The compiled tests whose path below `test/` begins so: a kind, a folder of it, or a file.
 *
 * @throws Error when there are none, so that a misspelled name cannot pass
 */
function testFiles(beginning: string): string[] {
  const names = readdirSync(compiled, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => name.startsWith(beginning) && name.endsWith(".test.js")).sort();
  if (files.length === 0) throw new Error(`no test's path begins with test/${beginning}`);
  return files.map((name) => join(compiled, name));
}

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** How long the tests of each file took, by its path. */
  millisecondsByFile: Readonly<Record<string, number>>;
}

const emptyTally: Tally = { passed: 0, failed: 0, skipped: 0, millisecondsByFile: {} };

function add(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    millisecondsByFile: { ...a.millisecondsByFile, ...b.millisecondsByFile },
  };
}

/** Runs files in child processes, a few side by side; the reporter prints failures only and a summary that is counted here. */
function runNodeTests(files: readonly string[], concurrency: number): Promise<Tally> {
  return new Promise((done, fail) => {
    const args = [
      "--enable-source-maps",
      "--test",
      `--test-concurrency=${concurrency}`,
      `--test-reporter=${join(repositoryRoot, "dist/tools/test-reporter.js")}`,
      ...files,
    ];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined, FORCE_COLOR: "0" };
    const child = spawn(process.execPath, args, { cwd: repositoryRoot, env, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      process.stdout.write(text.replaceAll(/^@tally .*\n/gm, ""));
      output += text;
    });
    child.on("error", fail).on("close", (code) => {
      const line = output.match(/^@tally (.*)$/m)?.[1];
      if (line === undefined) return fail(new Error(`the test runner ended with code ${code} and no tally`));
      const tally = JSON.parse(line) as Tally;
      // A file that dies outside of a test makes the runner fail without a failed test.
      done(code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally);
    });
  });
}

/** Names the files that took longest, so that nobody has to guess where the time goes. */
function printSlowest({ millisecondsByFile }: Tally): void {
  const files = Object.entries(millisecondsByFile).sort(([, a], [, b]) => b - a);
  process.stdout.write("\nslowest files:\n");
  for (const [file, milliseconds] of files.slice(0, 20)) {
    const seconds = (milliseconds / 1000).toFixed(1).padStart(7);
    process.stdout.write(`${seconds} s  ${relative(repositoryRoot, file)}\n`);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { concurrency: { type: "string" }, "no-check": { type: "boolean" }, slowest: { type: "boolean" } },
  });
  assertPrerequisites();
  let tally = values["no-check"] ? emptyTally : { ...emptyTally, ...(await runChecks()) };
  const concurrency = Number(values.concurrency ?? Math.max(2, availableParallelism()));
  for (const kind of positionals.length > 0 ? positionals : kinds) {
    const files = testFiles(kind);
    const started = Date.now();
    process.stdout.write(`\n${kind}: ${files.length} files\n`);
    const result = await runNodeTests(files, concurrency);
    tally = add(tally, result);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${kind}: ${result.passed} passed, ${result.failed} failed in ${seconds} s\n`);
  }
  if (values.slowest) printSlowest(tally);
  // A skipped test could have run: it counts as a failure, so that nobody forgets it.
  if (tally.skipped > 0) process.stdout.write(`\n${tally.skipped} skipped: that counts as failed\n`);
  const failed = tally.failed + tally.skipped;
  process.stdout.write(`\n${tally.passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
