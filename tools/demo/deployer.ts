import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { terraformBinary } from "../prerequisites";
import { repositoryRoot } from "../repository";

/** What a person would do with the project at the command line. */
export interface Deployer {
  /** How it works, in words. */
  readonly title: string;
  diff(): Promise<string[]>;
  deploy(): Promise<string[]>;
  destroy(): Promise<string[]>;
}

export interface Project {
  readonly folder: string;
  readonly stack: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Runs a program in the project; answers what it printed, line by line, and throws with all of it when it fails. */
function run(project: Project, command: string, args: readonly string[], cwd = project.folder): Promise<string[]> {
  return new Promise((done, fail) => {
    const { environment: env, signal } = project;
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], signal, killSignal: "SIGINT" });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", fail).on("close", (code) => {
      if (code === 0) done(output.split("\n"));
      else fail(new Error(`${[command, ...args].join(" ")} ended with code ${code}:\n${output}`));
    });
  });
}

/** The `cdktf` command: its native part exists for Node 20 and 22. */
class CdktfDeployer implements Deployer {
  readonly title = "cdktf deploy";

  constructor(private readonly project: Project) {}

  diff(): Promise<string[]> {
    return this.cdktf("diff", this.project.stack);
  }

  deploy(): Promise<string[]> {
    return this.cdktf("deploy", this.project.stack, "--auto-approve");
  }

  destroy(): Promise<string[]> {
    return this.cdktf("destroy", this.project.stack, "--auto-approve");
  }

  private async cdktf(...args: string[]): Promise<string[]> {
    const command = join(repositoryRoot, "node_modules/cdktf-cli/bundle/bin/cdktf.js");
    const lines = await run(this.project, process.execPath, [command, ...args]);
    // Each line begins with the stack's name, or with as much space.
    const prefix = new RegExp(`^(?:${this.project.stack}| {${this.project.stack.length}})  `);
    return lines.map((line) => line.replace(prefix, ""));
  }
}

/** What the `cdktf` command does, step by step: synthesise, then terraform. */
class TerraformDeployer implements Deployer {
  readonly title = `synth and ${terraformBinary} (the cdktf command does not start on Node ${process.versions.node})`;

  constructor(private readonly project: Project) {}

  async diff(): Promise<string[]> {
    return this.terraform("plan", "-no-color", "-input=false");
  }

  async deploy(): Promise<string[]> {
    return this.terraform("apply", "-no-color", "-input=false", "-auto-approve");
  }

  async destroy(): Promise<string[]> {
    return this.terraform("destroy", "-no-color", "-input=false", "-auto-approve");
  }

  private async terraform(...args: string[]): Promise<string[]> {
    await run(this.project, process.execPath, ["main.js"]);
    const folder = join(this.project.folder, "cdktf.out/stacks", this.project.stack);
    if (!existsSync(join(folder, ".terraform"))) {
      await run(this.project, terraformBinary, ["init", "-no-color", "-input=false"], folder);
    }
    return run(this.project, terraformBinary, args, folder);
  }
}

export function createDeployer(project: Project): Deployer {
  const major = Number(process.versions.node.split(".")[0]);
  return major < 24 ? new CdktfDeployer(project) : new TerraformDeployer(project);
}

/** Of a plan's text: what it is about to do. */
export function planOf(lines: readonly string[]): string[] {
  const from = lines.findIndex((line) => /^(Terraform|OpenTofu) will perform|^No changes/.test(line));
  const rest = lines.slice(Math.max(from, 0));
  const to = rest.findIndex((line) => /^Plan: |^No changes/.test(line));
  return rest.slice(0, to + 1).filter((line) => line.trim() !== "");
}

/** Of an apply's or a destroy's text: what it has done. */
export function deedsOf(lines: readonly string[]): string[] {
  const deeds =
    /: (Creating|Creation|Modifying|Modifications|Destroying|Destruction|Still)|^(Apply|Destroy) complete|Warning:/;
  return lines.filter((line) => deeds.test(line));
}
