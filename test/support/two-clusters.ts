import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Lab } from "../../lab";
import { Terraform } from "./terraform";

/** The environment variables that name two real clusters. All or none of them. */
export const realClusters = {
  rootAddr: "TELEPORT_TRUST_TEST_ROOT_ADDR",
  rootIdentity: "TELEPORT_TRUST_TEST_ROOT_IDENTITY",
  leafAddr: "TELEPORT_TRUST_TEST_LEAF_ADDR",
  leafIdentity: "TELEPORT_TRUST_TEST_LEAF_IDENTITY",
} as const;

/** Optional, for real clusters: a local user of the root whom a grant may be given to, and taken from again. */
export const realUser = "TELEPORT_TRUST_TEST_USER";

/**
 * A root and a leaf that do not trust one another, known by nothing but addresses and identity files: real ones where the environment names
 * them, else a lab's. What is tested by them looks at the clusters through the provider only.
 */
export class TwoClusters implements AsyncDisposable {
  readonly terraform = new Terraform();
  private holdsSomething = false;

  private constructor(
    /** `host:port` and path of an identity file, by key of the provider's `clusters`. */
    private readonly connections: Readonly<
      Record<"root" | "leaf", { readonly addr: string; readonly identity: string }>
    >,
    /** A local user of the root, if there is one to try with. */
    readonly user: string | undefined,
    /** What terraform's environment needs to trust the proxies. */
    readonly environment: Readonly<Record<string, string>>,
    private readonly end: () => Promise<void>,
  ) {}

  /** @throws Error when only some of the variables are set */
  static async find(env: NodeJS.ProcessEnv = process.env): Promise<TwoClusters> {
    const names = Object.values(realClusters);
    const missing = names.filter((name) => env[name] === undefined);
    if (missing.length === names.length) return TwoClusters.inLab();
    if (missing.length > 0) throw new Error(`to test two real clusters, set ${missing.join(", ")} as well`);
    const value = (name: string) => env[name] as string;
    const trusted = ["SSL_CERT_FILE", "SSL_CERT_DIR"].filter((name) => env[name] !== undefined);
    return new TwoClusters(
      {
        root: { addr: value(realClusters.rootAddr), identity: value(realClusters.rootIdentity) },
        leaf: { addr: value(realClusters.leafAddr), identity: value(realClusters.leafIdentity) },
      },
      env[realUser],
      Object.fromEntries(trusted.map((name) => [name, value(name)])),
      async () => {},
    );
  }

  private static async inLab(): Promise<TwoClusters> {
    const lab = await new Lab({ withoutAuthorities: ["db"] }).ready;
    const folder = mkdtempSync(join(tmpdir(), "teleport-trust-two-"));
    const file = (name: string, text: string) => {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    };
    const connection = (cluster: Lab["root"]) => ({
      addr: cluster.addresses.proxy,
      identity: file(`${cluster.name}.pem`, cluster.identities.bot?.identityFile ?? ""),
    });
    return new TwoClusters(
      { root: connection(lab.root), leaf: connection(lab.leaf()) },
      "alice",
      { SSL_CERT_FILE: file("proxy-cas.pem", lab.clusters.map(({ proxyCa }) => proxyCa).join("")) },
      async () => {
        await lab.dispose();
        rmSync(folder, { recursive: true, force: true });
      },
    );
  }

  /** Writes a configuration: the provider block for both clusters, and this text. */
  configure(text: string): void {
    const entries = Object.entries(this.connections).map(
      ([key, { addr, identity }]) =>
        `    ${key} = { addr = ${JSON.stringify(addr)}, identity_file_path = ${JSON.stringify(identity)} }\n`,
    );
    this.terraform.configure(`provider "teleport" {\n  clusters = {\n${entries.join("")}  }\n}\n${text}`);
  }

  /** Runs terraform; answers what it printed. @throws Error with all of it when the exit code is another than 0 */
  async succeed(...args: readonly string[]): Promise<string> {
    const { code, output, stdout } = await this.terraform.run(args, { env: this.environment });
    if (code !== 0) throw new Error(`terraform ${args.join(" ")} ended with ${code}:\n${output}`);
    return stdout;
  }

  /** Applies a configuration that also shows what changes by itself. */
  async look(text: string): Promise<void> {
    this.configure(text);
    this.holdsSomething = true;
    await this.succeed("apply", "-no-color", "-input=false", "-auto-approve");
  }

  /** Applies a configuration, and asserts by an exit code that the plan is empty then. */
  async apply(text: string): Promise<void> {
    await this.look(text);
    await this.succeed("plan", "-no-color", "-input=false", "-detailed-exitcode");
  }

  async destroy(): Promise<void> {
    await this.succeed("destroy", "-no-color", "-input=false", "-auto-approve");
    this.holdsSomething = false;
  }

  /** The values of all outputs. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const told = JSON.parse(await this.succeed("output", "-json")) as Record<string, { readonly value: unknown }>;
    return Object.fromEntries(Object.entries(told).map(([name, { value }]) => [name, value]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // Whatever failed: in a real cluster nothing may be left.
      if (this.holdsSomething) await this.destroy();
    } finally {
      this.terraform.dispose();
      await this.end();
    }
  }
}
