import { existsSync } from "node:fs";
import { join, relative } from "node:path";

import { terraformBinary } from "../prerequisites";
import { repositoryRoot } from "../repository";
import { run } from "./run";

/** What a person would do with the project at the command line. Each answers what was printed, line by line. */
export interface Deployer {
  /** How it works, in words. */
  readonly title: string;
  diff(): Promise<string[]>;
  deploy(): Promise<string[]>;
  destroy(): Promise<string[]>;
}

/** A program in a folder, and how it is run there. */
export interface Project {
  readonly folder: string;
  readonly stack: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Gets each command before it runs, as a person would type it: some take seconds. */
  readonly announce: (command: string) => void;
}

/** Where terraform works once the program was synthesised. */
function stackFolder({ folder, stack }: Pick<Project, "folder" | "stack">): string {
  return join(folder, "cdktf.out/stacks", stack);
}

/** @throws Error with all that was printed when the program fails */
async function succeed(project: Project, command: string, args: readonly string[], cwd: string): Promise<string[]> {
  const { code, lines } = await run(command, args, { ...project, cwd });
  if (code === 0) return [...lines];
  throw new Error(`${[command, ...args].join(" ")} ended with code ${code}:\n${lines.join("\n")}`);
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
    this.project.announce(["cdktf", ...args].join(" "));
    const lines = await succeed(this.project, process.execPath, [command, ...args], this.project.folder);
    // Each line begins with the stack's name, or with as much space.
    const prefix = new RegExp(`^(?:${this.project.stack}| {${this.project.stack.length}})  `);
    return lines.map((line) => line.replace(prefix, ""));
  }
}

/** What the `cdktf` command does, step by step: synthesise, then terraform. */
class TerraformDeployer implements Deployer {
  constructor(
    private readonly project: Project,
    readonly title: string,
  ) {}

  diff(): Promise<string[]> {
    return this.terraform("plan", "-no-color", "-input=false");
  }

  deploy(): Promise<string[]> {
    return this.terraform("apply", "-no-color", "-input=false", "-auto-approve");
  }

  destroy(): Promise<string[]> {
    return this.terraform("destroy", "-no-color", "-input=false", "-auto-approve");
  }

  private async terraform(...args: string[]): Promise<string[]> {
    const folder = stackFolder(this.project);
    const stack = relative(this.project.folder, folder);
    this.project.announce(`node main.js && ${[terraformBinary, `-chdir=${stack}`, ...args.filter(isTyped)].join(" ")}`);
    await succeed(this.project, process.execPath, ["main.js"], this.project.folder);
    if (!existsSync(join(folder, ".terraform"))) {
      await succeed(this.project, terraformBinary, ["init", "-no-color", "-input=false"], folder);
    }
    return succeed(this.project, terraformBinary, args, folder);
  }
}

/** What is only for output that is read by a program is not shown. */
function isTyped(argument: string): boolean {
  return argument !== "-no-color" && argument !== "-input=false";
}

/** The way of a person at a terminal. */
export function createDeployer(project: Project): Deployer {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 24) return new CdktfDeployer(project);
  const why = `the cdktf command does not start on Node ${process.versions.node}`;
  return new TerraformDeployer(project, `synth and ${terraformBinary} (${why})`);
}

/** The way of a scheduled pipeline, on every Node. */
export function createPipeline(project: Project): Deployer {
  return new TerraformDeployer(project, `synth and ${terraformBinary} apply, as a scheduled pipeline runs them`);
}
