import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { installProvider } from "../../cli/provider-install";

/** The real program; OpenTofu where `TERRAFORM_BINARY_NAME` names it. */
const binary = process.env.TERRAFORM_BINARY_NAME ?? "terraform";

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, as a person sees them, without colours. */
  readonly output: string;
}

export interface RunOptions {
  /** Of `apply` and `destroy`: arguments beside the ones that every test gives. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Gets the process id of terraform once it runs. */
  readonly started?: (pid: number) => void;
}

export interface ResourceChange {
  readonly address: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: unknown;
    readonly after: unknown;
    readonly after_unknown: unknown;
  };
}

export interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly resource_drift?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, ResourceChange["change"]>>;
}

let installation: { readonly configuration: string } | undefined;

/** One mirror a process: every test file installs what was built, as a user does. */
function installed(): { readonly configuration: string } {
  if (installation === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "teleport-trust-provider-"));
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
    installation = installProvider(folder);
  }
  return installation;
}

/** The `terraform` block that every configuration begins with. */
export const requiredProviders = `terraform {
  required_providers {
    teleport = { source = "registry.terraform.io/teleport-trust/teleport" }
  }
}
`;

/** A work directory with the real terraform in it. */
export class Terraform {
  readonly folder: string = mkdtempSync(join(tmpdir(), "teleport-trust-work-"));
  private initialised = false;

  /** Writes (or replaces) files of the work directory. Nobody else may read them: identities are among them. */
  write(files: Readonly<Record<string, string>>): this {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(this.folder, name, ".."), { recursive: true });
      writeFileSync(join(this.folder, name), text, { mode: 0o600 });
    }
    return this;
  }

  /** Writes `main.tf`: the required providers and this text. */
  configure(text: string): this {
    return this.write({ "main.tf": `${requiredProviders}\n${text}` });
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(TF_|CDKTF_|NODE_EXTRA_CA_CERTS$|NODE_OPTIONS$|SSL_CERT_|NODE_TEST_CONTEXT$)/.test(name),
    );
    return {
      ...Object.fromEntries(inherited),
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
      TF_CLI_CONFIG_FILE: installed().configuration,
      ...extra,
    };
  }

  /** Runs terraform with these arguments, after `init` where it was not run yet. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
    if (!this.initialised && args[0] !== "init") {
      const init = await this.execute(["init", "-no-color", "-input=false"], {});
      if (init.code !== 0) throw new Error(`terraform init failed:\n${init.output}`);
      this.initialised = true;
    }
    return this.execute(args, options);
  }

  private execute(args: readonly string[], { env, signal, started }: RunOptions): Promise<Run> {
    return new Promise((done, fail) => {
      const child = spawn(binary, args, {
        cwd: this.folder,
        env: this.environment(env),
        stdio: ["ignore", "pipe", "pipe"],
        ...(signal === undefined ? {} : { signal, killSignal: "SIGINT" }),
      });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      child.on("error", (error) => (error.name === "AbortError" ? undefined : fail(error)));
      child.on("close", (code) => done({ code: code ?? -1, stdout, stderr, output: `${stdout}${stderr}` }));
      if (child.pid !== undefined) started?.(child.pid);
    });
  }

  apply(options?: RunOptions): Promise<Run> {
    return this.run(["apply", "-no-color", "-input=false", "-auto-approve", ...(options?.args ?? [])], options);
  }

  destroy(options?: RunOptions): Promise<Run> {
    return this.run(["destroy", "-no-color", "-input=false", "-auto-approve", ...(options?.args ?? [])], options);
  }

  plan(options?: RunOptions): Promise<Run> {
    return this.run(["plan", "-no-color", "-input=false", "-detailed-exitcode"], options);
  }

  /** Plans into a file and answers the plan's JSON. */
  async planned(
    extra: readonly string[] = [],
    options?: RunOptions,
  ): Promise<{ readonly run: Run; readonly plan: Plan }> {
    const run = await this.run(["plan", "-no-color", "-input=false", "-out=plan.bin", ...extra], options);
    if (run.code !== 0) throw new Error(`terraform plan failed:\n${run.output}`);
    const shown = await this.run(["show", "-json", "plan.bin"], options);
    return { run, plan: JSON.parse(shown.stdout) as Plan };
  }

  /** The state as JSON (`terraform show -json`). */
  async state(): Promise<{ readonly values?: { readonly root_module: { readonly resources?: StateResource[] } } }> {
    const shown = await this.run(["show", "-json"]);
    return JSON.parse(shown.stdout);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}
