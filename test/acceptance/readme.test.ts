// The README's way from an empty folder to a trust, word for word: its files, its commands, the packaged library, the lab as a program of its own.
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";

import { repositoryRoot } from "../../tools/repository";

const readme = readFileSync(join(repositoryRoot, "README.md"), "utf8");

/** The README's one code block that holds this text, without its indentation. */
function block(holding: string): string {
  const blocks = [...readme.matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```$/gm)].map(([, indent = "", , body = ""]) =>
    body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
  const found = blocks.filter((body) => body.includes(holding));
  assert.equal(found.length, 1, `one block of the README holds ${holding}`);
  return found[0] as string;
}

/** What `npm install` would make of the package: its files and nothing else, beside what it depends on. */
function install(folder: string): void {
  const [{ files }] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json"], {
      cwd: repositoryRoot,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as [{ files: readonly { readonly path: string }[] }];
  const modules = join(folder, "node_modules");
  for (const { path } of files) cpSync(join(repositoryRoot, path), join(modules, "teleport-trust", path));
  const manifest = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8")) as {
    readonly dependencies: object;
    readonly peerDependencies: object;
    readonly bin: Readonly<Record<string, string>>;
  };
  const others = [
    "typescript",
    "@types/node",
    ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
  ];
  for (const name of others) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(repositoryRoot, "node_modules", name), join(modules, name));
  }
  mkdirSync(join(modules, ".bin"));
  symlinkSync("../typescript/bin/tsc", join(modules, ".bin/tsc"));
  for (const [name, path] of Object.entries(manifest.bin)) {
    chmodSync(join(modules, "teleport-trust", path), 0o755);
    symlinkSync(join("../teleport-trust", path), join(modules, ".bin", name));
  }
}

/** A folder of somebody who follows the README, in one terminal after another. */
class Reader implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "teleport-trust-readme-"));
  private readonly exports: string[] = [];
  private lab: ChildProcess | undefined;

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  private environment(): NodeJS.ProcessEnv {
    const { PATH } = process.env;
    // Where npm finds no newer version of itself to speak of, and terraform asks nobody for one.
    const quiet = { npm_config_update_notifier: "false", CHECKPOINT_DISABLE: "1" };
    return { PATH, HOME: this.folder, ...quiet, TF_CLI_ARGS_apply: "-auto-approve -input=false -no-color" };
  }

  /** Types lines into the first terminal, which keeps what was exported; answers what they printed. */
  type(lines: string): string {
    const run = spawnSync("sh", ["-ec", [...this.exports, lines].join("\n")], {
      cwd: this.folder,
      env: this.environment(),
      encoding: "utf8",
    });
    assert.equal(run.status, 0, `${lines}\n${run.stdout}${run.stderr}`);
    this.exports.push(...lines.split("\n").filter((line) => line.startsWith("export ")));
    return run.stdout;
  }

  /** Runs the lab in a second terminal; resolves when it says that it is ready. */
  async startLab(command: string): Promise<void> {
    const lab = spawn("sh", ["-c", `exec ${command}`], {
      cwd: this.folder,
      env: this.environment(),
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    this.lab = lab;
    for await (const line of createInterface({ input: lab.stdout })) if (line.startsWith("Ready: ")) return;
    throw new Error("the lab ended before it was ready");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.lab?.pid !== undefined && this.lab.exitCode === null) {
      const closed = once(this.lab, "close");
      process.kill(-this.lab.pid, "SIGINT");
      await closed;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

test("whoever follows the README from an empty folder has a trust, and logs in through it", async () => {
  await using reader = new Reader();
  install(reader.folder);
  reader.type(block("teleport-trust provider install"));
  const program = readFileSync(join(repositoryRoot, "examples/guide/main.ts"), "utf8");
  reader.write("main.ts", program.replace('"myuser"', '"alice"').replace('"ip-172-3-2-205"', '"node-1"'));
  reader.write("tsconfig.json", block('"compilerOptions"'));
  reader.write("cdktf.json", block('"language"'));
  await reader.startLab(block("teleport-trust lab up"));
  reader.type(block("export SSL_CERT_FILE"));
  const applied = reader.type(block("terraform -chdir=cdktf.out/stacks/guide apply"));
  assert.match(applied, /Apply complete! Resources: 4 added, 0 changed, 0 destroyed\./);

  const [, login = ""] = /`(npx teleport-trust lab login [^`]*)`/.exec(readme) ?? [];
  assert.match(reader.type(login), /^\/home\/visitor$/m);
});
