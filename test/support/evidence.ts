import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

import type { Acceptance } from "./acceptance";
import { type Standstill, type Watch, watchProcesses } from "./process-places";
import { providersOf } from "./provider-processes";
import { findSecrets, keySecrets, type NamedSecret, type Place } from "./secret-forms";
import type { Run } from "./terraform";
import { isZip, unzip } from "./unzip";

/** Everything that terraform and the provider leave behind or show while they work, kept to be searched once all secrets are known. */
export class Evidence {
  /** Variables of every run's environment. */
  readonly environment: Record<string, string> = {};
  readonly #places: Place[] = [];
  #step = 0;

  /** @param standstill a command of the configuration that is to be looked at while it runs */
  constructor(
    private readonly acceptance: Acceptance,
    private readonly standstill?: Standstill,
  ) {}

  /** Runs terraform at its most talkative, and keeps what it prints, its processes, and all files of the work directory. */
  run(...args: readonly string[]): Promise<Run> {
    return this.#observe(args, {});
  }

  /**
   * The same, and kills the provider (SIGKILL) as soon as a cluster has carried out the first call of this method, such as
   * `/proto.AuthService/CreateTokenV2`, whose answer it never gets.
   */
  async killed(method: string, ...args: readonly string[]): Promise<Run> {
    let killed = 0;
    const run = await this.#observe(args, {
      called: (call, terraform) => {
        if (call.method !== method) return;
        for (const pid of providersOf(terraform)) {
          process.kill(pid, "SIGKILL");
          killed++;
        }
      },
    });
    assert.ok(killed > 0, `there was no call of ${method}`);
    return run;
  }

  async #observe(args: readonly string[], watch: Watch): Promise<Run> {
    const { terraform, lab } = this.acceptance;
    const step = `step ${++this.#step} (${args[0]})`;
    const log = `step-${this.#step}.log`;
    const env = { ...this.environment, TF_LOG: "TRACE", TF_LOG_PATH: join(terraform.folder, log) };
    const start = (started: (pid: number) => void) => this.acceptance.run(args, { env, started });
    const { result, places } = await watchProcesses(lab, start, { standstill: this.standstill, ...watch });
    this.#keep(step, places);
    this.#keep(step, [
      { name: "stdout", bytes: Buffer.from(result.stdout) },
      { name: "stderr", bytes: Buffer.from(result.stderr) },
    ]);
    // Logs of other steps have been kept with their step.
    this.#keep(
      step,
      filesIn(terraform.folder, (name) => name === log || !/^step-\d+\.log$/.test(name)),
    );
    return result;
  }

  /** Plans into a file, shows it, and applies it; the plan's JSON is among what is kept. Answers the apply. */
  async planAndApply(): Promise<Run> {
    await this.run("plan", "-input=false", "-no-color", "-out=plan.bin");
    const shown = await this.run("show", "-json", "plan.bin");
    this.acceptance.terraform.write({ "plan.json": shown.stdout });
    return this.run("apply", "-input=false", "-no-color", "plan.bin");
  }

  /** Where these texts were found, of all that was kept. */
  find(texts: readonly NamedSecret[]): string[] {
    return findSecrets(texts, this.#places);
  }

  /** Where the tokens of all clusters and the keys of all identities of the lab were found. */
  leaks(): string[] {
    const { lab } = this.acceptance;
    const tokens = lab.issuedTokens.map((value, index) => ({ name: `token ${index + 1}`, value }));
    const keys = lab.clusters.flatMap(({ name, identities }) =>
      Object.entries(identities).flatMap(([user, { tls }]) => keySecrets(`${user}'s key for ${name}`, tls.privateKey)),
    );
    return this.find([...tokens, ...keys]);
  }

  #keep(step: string, places: readonly Place[]): void {
    this.#places.push(...places.map(({ name, bytes }) => ({ name: `${step}: ${name}`, bytes })));
  }
}

/** All files below a folder, archives unpacked. Links lead to the provider's own code, which holds nobody's secret. */
function filesIn(folder: string, counts: (name: string) => boolean): Place[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && counts(entry.name));
  return files.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const file = { name: relative(folder, path), bytes: readFileSync(path) };
    const inside = isZip(file.bytes) ? unzip(file.bytes) : [];
    return [file, ...inside.map(({ name, bytes }) => ({ name: `${file.name}/${name}`, bytes }))];
  });
}
