import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { repositoryRoot } from "../../tools/repository";
import type { Acceptance } from "./acceptance";
import { asPublished, companions, examplesFolder, startExample } from "./examples";
import type { Run } from "./terraform";

/** Texts by the names of what holds them. */
type Texts = Readonly<Record<string, string>>;

function foldersWith(file: string): string[] {
  const names = readdirSync(examplesFolder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => existsSync(join(examplesFolder, name, file))).sort();
}

/** Examples that are programs: folders with a `main.ts`. */
export function programs(): string[] {
  return foldersWith("main.ts");
}

/** Examples that are whole configurations of plain Terraform: folders with a `main.tf`. */
export function configurations(): string[] {
  return foldersWith("main.tf");
}

/** Runs the compiled program of an example in a folder of its own; answers the cdk.tf.json of each stack. */
export function synthesise(example: string, env: Texts = {}): Texts {
  const work = mkdtempSync(join(tmpdir(), "teleport-trust-synth-"));
  try {
    copyFileSync(join(repositoryRoot, "cdktf.json"), join(work, "cdktf.json"));
    const program = join(__dirname, "../../examples", example, "main.js");
    const run = spawnSync(process.execPath, [program], {
      cwd: work,
      env: { PATH: process.env.PATH, ...env },
      encoding: "utf8",
    });
    if (run.status !== 0) throw new Error(`examples/${example} failed:\n${run.stdout}${run.stderr}`);
    const stacks = join(work, "cdktf.out/stacks");
    const texts = readdirSync(stacks).map((stack) => {
      const text = readFileSync(join(stacks, stack, "cdk.tf.json"), "utf8");
      return [stack, `${text.replaceAll(work, "FOLDER").trimEnd()}\n`] as const;
    });
    return Object.fromEntries(texts);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Runs an example's program for the lab, as somebody with these clusters would. */
export function synthesiseFor({ lab }: Acceptance, example: string): Texts {
  return synthesise(example, { ROOT_ADDR: lab.root.addresses.proxy, LEAF_ADDR: lab.leaf().addresses.proxy });
}

/** Puts a stack into the work directory, with the files beside it that it names and no others. */
export function writeStack(acceptance: Acceptance, text: string): Acceptance {
  const here = text.replaceAll("FOLDER", ".").replace(/terraform\.[\w-]+\.tfstate/, "terraform.tfstate");
  const named = Object.entries(companions(acceptance)).filter(([name]) => here.includes(`"./${name}"`));
  acceptance.terraform.write({ ...Object.fromEntries(named), "cdk.tf.json": here });
  return acceptance;
}

/** A lab and a work directory with the one stack of an example's program, synthesised for the lab. */
export async function startProgram(example: string): Promise<Acceptance> {
  const acceptance = await startExample();
  const [text = "", ...others] = Object.values(synthesiseFor(acceptance, example));
  if (others.length > 0) throw new Error(`examples/${example} has several stacks`);
  return writeStack(acceptance, text);
}

/** A lab and a work directory with an example's configuration as it stands; the addresses come by the environment. */
export async function startConfiguration(example: string): Promise<Acceptance> {
  const acceptance = await startExample();
  const { root } = acceptance.lab;
  const names = readdirSync(join(examplesFolder, example)).filter((name) => name.endsWith(".tf"));
  const texts = names.map((name) => [name, readFileSync(join(examplesFolder, example, name), "utf8")] as const);
  acceptance.terraform.write({ ...companions(acceptance), ...Object.fromEntries(texts) });
  const leaf = acceptance.lab.leaf();
  return acceptance.give({ TF_VAR_root_addr: root.addresses.proxy, TF_VAR_leaf_addr: leaf.addresses.proxy });
}

/** What a plan is about to do, without terraform's own preface and afterword. */
function planText(output: string): string {
  const lines = output.split("\n");
  const from = lines.findIndex((line) => / will perform the following actions:$/.test(line));
  const to = lines.findIndex((line) => line.startsWith("Plan: "));
  if (from < 0 || to < 0) throw new Error(`there is no plan in:\n${output}`);
  return `${lines.slice(from + 2, to + 1).join("\n")}\n`;
}

async function planOf(acceptance: Acceptance): Promise<string> {
  const { run } = await acceptance.planned();
  return asPublished(acceptance, planText(run.stdout));
}

async function planOfStack(example: string, stack: string): Promise<string> {
  await using acceptance = await startExample();
  return await planOf(writeStack(acceptance, synthesiseFor(acceptance, example)[stack] ?? ""));
}

/** What a program makes, as it is kept in its `expected` folder; each stack of several has a folder of its own. */
async function expectedOfProgram(example: string): Promise<Texts> {
  const stacks = Object.entries(synthesise(example));
  const texts: Record<string, string> = {};
  for (const [stack, text] of stacks) {
    const place = stacks.length === 1 ? "" : `${stack}/`;
    texts[`${place}cdk.tf.json`] = text;
    texts[`${place}plan.txt`] = await planOfStack(example, stack);
  }
  return texts;
}

/** What is kept in the `expected` folder of a program or configuration. */
export async function expectedTexts(example: string): Promise<Texts> {
  if (programs().includes(example)) return expectedOfProgram(example);
  await using acceptance = await startConfiguration(example);
  return { "plan.txt": await planOf(acceptance) };
}

/** Asserts that an apply came to its end and warned of nothing. That a user must sign in again is how it is, and no fault of an example. */
export function assertNoWarning(run: Run): void {
  assert.equal(run.code, 0, run.output);
  const warnings = run.output.split("Warning: ").slice(1);
  assert.deepEqual(
    warnings.filter((warning) => !warning.includes("[GRANT_SIGN_IN]")),
    [],
  );
}
