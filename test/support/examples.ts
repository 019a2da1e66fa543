import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { LabOptions } from "../../lab";
import { repositoryRoot } from "../../tools/repository";
import { Acceptance } from "./acceptance";
import { tlsAuthority } from "./auth-peer";
import { identityOf } from "./lab-clients";

/** The clusters of the guide: its names, its user, its node. */
export const guideLab: LabOptions = {
  root: {
    name: "rootcluster.example.com",
    seedUsers: [{ name: "myuser", roles: ["access"], traits: { logins: ["ubuntu", "root"] } }],
  },
  leaves: [
    {
      name: "leafcluster.example.com",
      nodes: [{ hostname: "ip-172-3-1-242" }, { hostname: "ip-172-3-2-205", labels: { env: "demo" } }],
    },
  ],
};

/** Clusters that are called as the guide calls them, so that examples need no other names. */
export function startExample(): Promise<Acceptance> {
  return Acceptance.start(guideLab);
}

function addresses({ lab }: Acceptance): readonly (readonly [published: string, inLab: string])[] {
  return lab.clusters.map(({ name, addresses: { proxy } }) => [`${name}:443`, proxy]);
}

/** An example's text with the addresses of the lab. */
export function forLab(acceptance: Acceptance, text: string): string {
  return addresses(acceptance).reduce((changed, [published, inLab]) => changed.replaceAll(published, inLab), text);
}

/** A text of the lab with the addresses as they are published. */
export function asPublished(acceptance: Acceptance, text: string): string {
  return addresses(acceptance).reduce((changed, [published, inLab]) => changed.replaceAll(inLab, published), text);
}

/** The files that examples name beside themselves: identities, and an authority's certificate. */
export function companions({ lab }: Acceptance): Readonly<Record<string, string>> {
  return {
    "root.pem": identityOf(lab.root, "bot").identityFile,
    "leaf.pem": identityOf(lab.leaf(), "bot").identityFile,
    "host-ca.pem": tlsAuthority(lab.root.authorities, "host"),
  };
}

const folder = join(repositoryRoot, "examples");

/** All examples of a kind: `resources/teleport_role` and so on. */
export function hclExamples(): string[] {
  const kinds = ["resources", "data-sources", "ephemeral-resources", "functions"];
  return kinds.flatMap((kind) => readdirSync(join(folder, kind)).map((name) => `${kind}/${name}`)).sort();
}

/** The HCL files of an example by name, and the provider's own example among them. */
export function hclFiles(example: string): Record<string, string> {
  const names = readdirSync(join(folder, example)).filter((name) => name.endsWith(".tf"));
  const texts = names.map((name) => [name, readFileSync(join(folder, example, name), "utf8")] as const);
  return { ...Object.fromEntries(texts), "provider.tf": readFileSync(join(folder, "provider/provider.tf"), "utf8") };
}

/** Address and id of an example's `import.sh`; undefined where it has none. */
export function importOf(example: string): { readonly address: string; readonly id: string } | undefined {
  if (!readdirSync(join(folder, example)).includes("import.sh")) return undefined;
  const [, address, id] =
    /^terraform import (\S+) (\S+)$/m.exec(readFileSync(join(folder, example, "import.sh"), "utf8")) ?? [];
  if (address === undefined || id === undefined) throw new Error(`${example}/import.sh has no import`);
  return { address, id };
}

/** Runs the compiled program of an example in a folder of its own; answers its stack's cdk.tf.json. */
export function synthesise(example: string, env: Readonly<Record<string, string>> = {}): string {
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
    const text = readFileSync(join(work, "cdktf.out/stacks", example, "cdk.tf.json"), "utf8");
    return `${text.replaceAll(work, "FOLDER").trimEnd()}\n`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What a plan is about to do, without terraform's own preface and afterword. */
export function planText(output: string): string {
  const lines = output.split("\n");
  const from = lines.findIndex((line) => / will perform the following actions:$/.test(line));
  const to = lines.findIndex((line) => line.startsWith("Plan: "));
  if (from < 0 || to < 0) throw new Error(`there is no plan in:\n${output}`);
  return `${lines.slice(from + 2, to + 1).join("\n")}\n`;
}

function forFolder(text: string): string {
  return text.replaceAll("FOLDER", ".").replace(/terraform\.[\w-]+\.tfstate/, "terraform.tfstate");
}

/** A lab and a work directory with an example's program, synthesised for the lab. */
export async function startProgram(example: string): Promise<Acceptance> {
  const acceptance = await startExample();
  const { root } = acceptance.lab;
  const env = { ROOT_ADDR: root.addresses.proxy, LEAF_ADDR: acceptance.lab.leaf().addresses.proxy };
  acceptance.terraform.write({
    ...companions(acceptance),
    "cdk.tf.json": forFolder(synthesise(example, env)),
  });
  return acceptance;
}

/** Examples that are programs: a folder with `main.ts`. */
export function programs(): string[] {
  return readdirSync(folder)
    .filter((name) => readdirSync(join(folder, name)).includes("main.ts"))
    .sort();
}

/** What a program makes, as it is kept in its `expected` folder. */
export async function expectedTexts(example: string): Promise<Record<"cdk.tf.json" | "plan.txt", string>> {
  await using acceptance = await startProgram(example);
  const { run } = await acceptance.planned();
  return { "cdk.tf.json": synthesise(example), "plan.txt": asPublished(acceptance, planText(run.stdout)) };
}
