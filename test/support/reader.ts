import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

import { repositoryRoot } from "../../tools/repository";

/** The one code block of a page that holds this text, without its indentation. */
export function codeBlock(page: string, holding: string): string {
  const text = readFileSync(join(repositoryRoot, page), "utf8");
  const blocks = [...text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```$/gm)].map(([, indent = "", , body = ""]) =>
    body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
  const found = blocks.filter((body) => body.includes(holding));
  assert.equal(found.length, 1, `one block of ${page} holds ${holding}`);
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

/** Somebody who follows a page from an empty folder, word for word: the packaged library, and the lab as a program of its own. */
export class Reader implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "teleport-trust-readme-"));
  private readonly exports: string[] = [];
  private lab: ChildProcess | undefined;

  constructor() {
    install(this.folder);
  }

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
