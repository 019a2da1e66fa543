import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Lab } from "../../lab";
import { providersOf } from "./provider-processes";
import { type Run, Terraform } from "./terraform";

/** How often a root looks at its leaves: often enough that nobody waits, seldom enough that a dozen labs do not mind. */
const statusRefreshMs = 100;

/** A trust that dies at call `n` of its bot. It has a lab of its own. */
export interface DoomedTrust {
  readonly n: number;
  readonly lab: Lab;
  /** Address of the resource. */
  readonly address: string;
}

/** What became of an apply that was to be killed. */
export interface Doom {
  /** Which call was carried out but not answered; undefined: the apply made fewer calls, and survived. */
  readonly killedAt: string | undefined;
  /** How many calls the bot made. */
  readonly calls: number;
  readonly run: Run;
}

/**
 * Trusts in one work directory, each with a lab of its own, of which each can be worked on alone (`-target`).
 *
 * One directory, so that what all of them need before and after is one apply, not a dozen. To terraform, and to the
 * provider, they have nothing to do with one another.
 */
export class DoomedTrusts implements AsyncDisposable {
  readonly #terraform = new Terraform();
  readonly #folder = mkdtempSync(join(tmpdir(), "teleport-trust-doomed-"));

  private constructor(readonly trusts: readonly DoomedTrust[]) {
    const authorities = trusts.flatMap(({ lab }) => lab.clusters.map(({ proxyCa }) => proxyCa));
    writeFileSync(this.#caFile, authorities.join(""));
    for (const { n, lab } of trusts) {
      for (const cluster of lab.clusters) {
        const mode = 0o600;
        writeFileSync(this.#identityFile(n, cluster.name), cluster.identities.bot?.identityFile ?? "", { mode });
      }
    }
  }

  /** Starts the labs of the trusts that die at calls `first`, `first + 1` … */
  static async start(first: number, count: number): Promise<DoomedTrusts> {
    const starts = Array.from({ length: count }, async (_, index) => {
      // The authority for databases is an RSA key, which takes longer than all the rest; only its absence is cheap.
      const lab = await new Lab({ statusRefreshMs, withoutAuthorities: ["db"] }).ready;
      return { n: first + index, lab, address: `teleport_trust.doomed${first + index}` };
    });
    return new DoomedTrusts(await Promise.all(starts));
  }

  get #caFile(): string {
    return join(this.#folder, "web-ca.pem");
  }

  #identityFile(n: number, cluster: string): string {
    return join(this.#folder, `${n}.${cluster}.pem`);
  }

  #provider(): string {
    const connections = this.trusts.flatMap(({ n, lab }) =>
      ["root", "leaf"].map((key) => {
        const { name, addresses } = key === "root" ? lab.root : lab.leaf();
        const identity = `identity_file_path = "${this.#identityFile(n, name)}"`;
        return `    ${key}${n} = { addr = "${addresses.proxy}", ${identity} }\n`;
      }),
    );
    return `provider "teleport" {\n  clusters = {\n${connections.join("")}  }\n}\n`;
  }

  /** Writes the configuration: all trusts with these attributes, or none. */
  configure(attributes: string | undefined): void {
    const trusts = attributes === undefined ? [] : this.trusts;
    const resources = trusts.map(
      ({ n }) => `resource "teleport_trust" "doomed${n}" {\n  root = "root${n}"\n  leaf = "leaf${n}"\n${attributes}}\n`,
    );
    this.#terraform.configure(`${this.#provider()}${resources.join("")}`);
  }

  #apply(extra: readonly string[] = [], started?: (pid: number) => void): Promise<Run> {
    const args = ["apply", "-no-color", "-input=false", "-auto-approve", ...extra];
    const env = { SSL_CERT_FILE: this.#caFile };
    return this.#terraform.run(args, { env, ...(started === undefined ? {} : { started }) });
  }

  /** Applies to all trusts. */
  async applied(extra: readonly string[] = []): Promise<Run> {
    const run = await this.#apply(extra);
    assert.equal(run.code, 0, run.output);
    return run;
  }

  /** Asserts that nothing is to be done. */
  async assertEmptyPlan(): Promise<void> {
    const args = ["plan", "-no-color", "-input=false", "-detailed-exitcode"];
    const run = await this.#terraform.run(args, { env: { SSL_CERT_FILE: this.#caFile } });
    assert.equal(run.code, 0, run.output);
  }

  /**
   * Applies to one trust, and kills the provider as soon as the cluster has carried out its call `n`, which never gets its
   * answer: SIGKILL, of which the provider cannot know.
   */
  async killed({ n, lab, address }: DoomedTrust, extra: readonly string[] = []): Promise<Doom> {
    let terraform = 0;
    const hold = lab.calls.holdAnswerOf(n, { user: "bot" });
    const running = this.#apply([`-target=${address}`, ...extra], (pid) => {
      terraform = pid;
    });
    const first = await Promise.race([hold.reached, running]);
    if ("method" in first) {
      const providers = providersOf(terraform);
      assert.equal(providers.length, 1, "the provider that has called is the only one");
      for (const pid of providers) process.kill(pid, "SIGKILL");
    }
    const run = await running;
    hold.release();
    return { killedAt: "method" in first ? `${first.cluster} ${first.method}` : undefined, calls: hold.counted, run };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#terraform.dispose();
    await Promise.all(this.trusts.map(({ lab }) => lab.dispose()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
