import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { transformSync } from "esbuild";

import { repositoryRoot } from "../repository";

/** A copy of a program of examples/ that can be edited as a person would, and run after each edit. */
export class ExampleProject {
  /** Inside the checkout, so that `teleport-trust` is found by its name. */
  readonly folder: string;
  private source: string;

  /** @param name its folder in examples/, which is its stack's name too */
  constructor(readonly name: string) {
    const parent = join(repositoryRoot, ".cache");
    mkdirSync(parent, { recursive: true });
    this.folder = mkdtempSync(join(parent, "demo-"));
    copyFileSync(join(repositoryRoot, "cdktf.json"), join(this.folder, "cdktf.json"));
    this.configure();
    this.source = readFileSync(join(repositoryRoot, "examples", name, "main.ts"), "utf8");
    this.compile();
  }

  /** The lines of the program, without those that every program begins with. */
  get program(): string[] {
    const lines = this.source.split("\n");
    return lines.slice(lines.findIndex((line) => line.startsWith("const root ="))).filter((line) => line !== "");
  }

  /**
   * Replaces one text of the program; answers the changed line before and after.
   *
   * @throws Error when the program does not hold the text, so that an edited example cannot pass unseen
   */
  edit(from: string, to: string): { readonly before: string; readonly after: string } {
    const before = this.source.split("\n").find((line) => line.includes(from));
    if (before === undefined) throw new Error(`examples/${this.name}/main.ts no longer holds ${from}`);
    this.source = this.source.replace(from, () => to);
    this.compile();
    return { before, after: before.replace(from, () => to) };
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private configure(): void {
    const path = join(this.folder, "cdktf.json");
    const settings = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...settings, app: "node main.js" }));
  }

  private compile(): void {
    const { code } = transformSync(this.source, { loader: "ts", format: "cjs" });
    writeFileSync(join(this.folder, "main.js"), code);
  }
}
