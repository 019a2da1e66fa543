import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Lab, type LabCluster, type LabOptions } from "../../lab";
import { formatDurationMs } from "../../trust";
import { type Run, type RunOptions, Terraform } from "./terraform";

/** A cluster as the provider block names it. */
export interface ConfiguredCluster {
  readonly key: string;
  readonly cluster: LabCluster;
  /** Which of the lab's users applies. */
  readonly user?: string;
}

/** A lab and a work directory of the real terraform whose provider reaches it. */
export class Acceptance implements AsyncDisposable {
  readonly terraform = new Terraform();
  private readonly folder = mkdtempSync(join(tmpdir(), "teleport-trust-lab-"));
  private clockFile: string | undefined;
  private given: Readonly<Record<string, string>> = {};

  private constructor(
    readonly lab: Lab,
    private readonly ownsLab: boolean,
  ) {
    writeFileSync(this.webCaFile, lab.clusters.map(({ proxyCa }) => proxyCa).join(""));
  }

  static async start(options: LabOptions = {}): Promise<Acceptance> {
    // The authority for databases is an RSA key, which takes longer than all the rest; only its absence is cheap.
    const lab = new Lab({ withoutAuthorities: ["db"], ...options });
    await lab.ready;
    return new Acceptance(lab, true);
  }

  /** Another work directory for a lab that somebody else disposes of: another person, or another pipeline. */
  static over(lab: Lab): Acceptance {
    return new Acceptance(lab, false);
  }

  /** The company CA by which the proxies' web certificates are checked. */
  get webCaFile(): string {
    return join(this.folder, "web-ca.pem");
  }

  /** The environment of terraform: the company CA, as an administrator installs it, and the clock where it was moved. */
  get environment(): Readonly<Record<string, string>> {
    const clock = this.clockFile === undefined ? {} : { TELEPORT_TRUST_CLOCK_OFFSET_FILE: this.clockFile };
    return { SSL_CERT_FILE: this.webCaFile, ...clock, ...this.given };
  }

  /** Gives all following runs these environment variables, such as `TF_VAR_…`, in place of those that were given before. */
  give(variables: Readonly<Record<string, string>>): this {
    this.given = variables;
    return this;
  }

  /** Moves the clock of the lab, and with it the provider's. */
  async moveClock(ms: number): Promise<void> {
    await this.lab.clock.advance(ms);
    this.clockFile = this.file("clock-offset", formatDurationMs(this.lab.clock.offsetMs));
  }

  /** Where something of that name belongs that is not the configuration's. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes what belongs to the lab but not to the configuration; answers the path. */
  file(name: string, text: string): string {
    const path = this.path(name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** An identity file of one of the lab's users. */
  identity(cluster: LabCluster, user = "bot"): string {
    const credentials = cluster.identities[user];
    if (credentials === undefined) throw new Error(`${cluster.name} has no identity of ${user}`);
    return this.file(`${cluster.name}.${user}.pem`, credentials.identityFile);
  }

  /** One entry of `clusters`, as HCL. */
  connection({ key, cluster, user }: ConfiguredCluster): string {
    return `    ${key} = { addr = "${cluster.addresses.proxy}", identity_file_path = "${this.identity(cluster, user)}" }\n`;
  }

  /** The provider block, with a connection for the root and each leaf: `root`, and `leaf` or `leaf1`, `leaf2` … */
  provider(clusters: readonly ConfiguredCluster[] = this.everyCluster()): string {
    return `provider "teleport" {\n  clusters = {\n${clusters.map((each) => this.connection(each)).join("")}  }\n}\n`;
  }

  everyCluster(): ConfiguredCluster[] {
    const { root, leaves } = this.lab;
    const keyed = leaves.map((cluster, index) => ({ key: leaves.length === 1 ? "leaf" : `leaf${index + 1}`, cluster }));
    return [{ key: "root", cluster: root }, ...keyed];
  }

  /** Writes `main.tf`: the provider block for the lab and this text. */
  configure(text: string, clusters?: readonly ConfiguredCluster[]): this {
    this.terraform.configure(`${this.provider(clusters)}\n${text}`);
    return this;
  }

  private options(options: RunOptions = {}): RunOptions {
    return { ...options, env: { ...this.environment, ...options.env } };
  }

  run(args: readonly string[], options?: RunOptions): Promise<Run> {
    return this.terraform.run(args, this.options(options));
  }

  apply(options?: RunOptions): Promise<Run> {
    return this.terraform.apply(this.options(options));
  }

  destroy(options?: RunOptions): Promise<Run> {
    return this.terraform.destroy(this.options(options));
  }

  plan(options?: RunOptions): Promise<Run> {
    return this.terraform.plan(this.options(options));
  }

  planned(extra?: readonly string[]): ReturnType<Terraform["planned"]> {
    return this.terraform.planned(extra, this.options());
  }

  /** Applies and throws with terraform's output when that fails. */
  async applied(options?: RunOptions): Promise<Run> {
    return succeeded("apply", await this.apply(options));
  }

  async destroyed(options?: RunOptions): Promise<Run> {
    return succeeded("destroy", await this.destroy(options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async dispose(): Promise<void> {
    this.terraform.dispose();
    if (this.ownsLab) await this.lab.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function succeeded(what: string, run: Run): Run {
  if (run.code !== 0) throw new Error(`terraform ${what} failed:\n${run.output}`);
  return run;
}

/** A whole trust between `root` and `leaf`, as the guide has it. */
export const guideTrust = `
resource "teleport_trust" "leaf" {
  root     = "root"
  leaf     = "leaf"
  role_map = [{ remote = "access", local = ["access"] }]
}
`;
