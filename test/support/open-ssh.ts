import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { promisify } from "node:util";

import type { Lab, PublishedLab } from "../../lab";
import { callLab, LabFolder, publishLab } from "../../lab";
import type { UserCredentials } from "../../lab/ca";
import { encodeOpensshPrivateKey } from "../../lab/ssh";

/** How a run of `ssh` ended. */
export interface SshRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** Something to do as soon as a text was written to the standard output, behind the text of the step before. */
export interface SshStep {
  readonly at: string;
  readonly do: (stdin: Writable) => void;
}

/** How to call `ssh`. */
export interface SshCall {
  /** What it reads; nothing by default. */
  readonly input?: string;
  /** Options as behind `-o`. */
  readonly options?: readonly string[];
  readonly flags?: readonly string[];
  /** What to do when a text has come, one after the other; its input stays open then. */
  readonly steps?: readonly SshStep[];
  /** Milliseconds after which it is killed. */
  readonly timeoutMs?: number;
}

/** A lab whose folder the real `ssh` works with. */
export class OpenSsh implements AsyncDisposable {
  #configurations = 0;

  private constructor(
    private readonly top: string,
    readonly folder: string,
    private readonly published: PublishedLab,
  ) {}

  /** Publishes a lab in a folder whose name has everything that has to be quoted. */
  static async of(lab: Lab): Promise<OpenSsh> {
    const top = mkdtempSync(join(tmpdir(), "tt-ssh-"));
    const folder = await LabFolder.take(join(top, "a 50%h 'lab'"));
    return new OpenSsh(top, folder.path, await publishLab(lab, folder));
  }

  /** The configuration that the lab wrote. */
  get config(): string {
    return join(this.folder, "ssh_config");
  }

  /** Logs in anew, as `teleport-trust lab login` does. */
  async login(user: string): Promise<void> {
    await callLab(this.folder, { command: "login", user });
  }

  /** Does something to the tunnel of a leaf by the command that people have for it, `teleport-trust lab fault`. */
  async fault(action: "cut" | "restore", cluster: string): Promise<void> {
    const program = join(__dirname, "../../cli/main.js");
    const args = ["lab", "fault", action, "--link", "tunnel", "--cluster", cluster, "--out", this.folder];
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args]);
    assert.equal(stdout, `${action}: tunnel of ${cluster}\n`);
  }

  /** Writes a file beside the lab's folder; answers its path. */
  file(name: string, text: string): string {
    const path = join(this.top, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** A configuration like the lab's that comes with other credentials; a certificate can be put in another's place. */
  configFor({ tls, sshCertificate }: Pick<UserCredentials, "tls" | "sshCertificate">): string {
    this.#configurations += 1;
    const user = `user-${this.#configurations}`;
    // Not `id-cert.pub`, which ssh would find by itself.
    const key = this.file(user, encodeOpensshPrivateKey(createPrivateKey(tls.privateKey)));
    const certificate = this.file(`${user}-certificate`, `${sshCertificate}\n`);
    const config = join(this.top, `${user}-config`);
    const text = readFileSync(this.config, "utf8").split("\n");
    const changed = text.map((line) => {
      if (line.includes("IdentityFile ")) return `    IdentityFile "${key}"`;
      if (line.includes("CertificateFile ")) return `    CertificateFile "${certificate}"`;
      return line.replace(/ssh -F '(?:[^']|'\\'')*'/, `ssh -F '${config}'`);
    });
    return this.file(`${user}-config`, changed.join("\n"));
  }

  /** The option by which `ssh` goes by the proxy of a cluster of its choice. */
  proxyCommand(cluster: string, subsystem: string, config = this.config): string {
    const path = config.replaceAll("%", "%%").replaceAll("'", "'\\''");
    return `ProxyCommand=ssh -F '${path}' -l %r -s ${cluster} ${subsystem}`;
  }

  /** Runs `ssh` to its end. */
  run(destination: string, command: string | undefined, call: SshCall = {}, config = this.config): Promise<SshRun> {
    const { options = [], flags = [], input = "", timeoutMs = 20_000 } = call;
    const settings = ["LogLevel=ERROR", "BatchMode=yes", ...options].flatMap((option) => ["-o", option]);
    const args = ["-F", config, ...settings, ...flags, destination, ...(command === undefined ? [] : [command])];
    const started = performance.now();
    const child = spawn("ssh", args, { stdio: "pipe", timeout: timeoutMs });
    let stdout = "";
    let stderr = "";
    const steps = [...(call.steps ?? [])];
    let seen = 0;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      for (let [step] = steps; step !== undefined && stdout.includes(step.at, seen); [step] = steps) {
        seen = stdout.indexOf(step.at, seen) + step.at.length;
        steps.shift();
        step.do(child.stdin);
      }
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.stdin.on("error", () => {});
    if (call.steps === undefined) child.stdin.end(input);
    return new Promise((done, fail) => {
      child.on("error", fail);
      child.on("close", (code) => done({ code, stdout, stderr, ms: performance.now() - started }));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.published.close();
    rmSync(this.top, { recursive: true, force: true });
  }
}

/** Options by which `ssh` goes straight to an address, and still expects the host of that name there. */
export function straightTo(address: string, hostname: string): readonly string[] {
  const [host, port] = address.split(":");
  return ["ProxyCommand=none", `HostName=${host}`, `Port=${port}`, `HostKeyAlias=${hostname}`];
}
