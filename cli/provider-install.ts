import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { required, UsageError } from "./usage-error";
import { writingInto } from "./writing-into";

/** The provider's address. It is always written with its host: nobody has published it, and a stranger could register the name. */
export const providerAddress = "registry.terraform.io/teleport-trust/teleport";

/** The platforms a script runs on, as Go names them. Windows is not among them: a script cannot be a provider's executable there. */
const platforms = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"] as const;

/** What an installation consists of. */
export interface Installation {
  readonly version: string;
  /** The filesystem mirror's top folder. */
  readonly mirror: string;
  /** The CLI configuration file, for `TF_CLI_CONFIG_FILE`. */
  readonly configuration: string;
}

function packageRoot(): string {
  return dirname(require.resolve("teleport-trust/package.json"));
}

/**
 * Lays out a filesystem mirror with the provider and a CLI configuration that makes Terraform take it from there, and never from
 * a registry.
 *
 * @param out the folder; made when it is missing, an older installation in it is replaced
 * @throws Error when the package was not built
 */
export function installProvider(out: string): Installation {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string };
  const source = join(packageRoot(), "dist/package");
  const files = readdirSync(source);
  if (files.length === 0) throw new Error(`${source} is empty. Run \`npm run build\` first.`);
  const mirror = resolve(out, "mirror");
  const versions = join(mirror, providerAddress);
  rmSync(versions, { recursive: true, force: true });
  for (const platform of platforms) {
    const folder = join(versions, version, platform);
    mkdirSync(folder, { recursive: true });
    for (const file of files) cpSync(join(source, file), join(folder, file), { preserveTimestamps: true });
  }
  const configuration = resolve(out, "terraform.rc");
  writeFileSync(configuration, configurationText(mirror));
  return { version, mirror, configuration };
}

function configurationText(mirror: string): string {
  const path = JSON.stringify(mirror).replaceAll("${", "$${").replaceAll("%{", "%%{");
  return `# Written by \`teleport-trust provider install\`.
# The second block matters as much as the first: nobody has published this address, so no registry may ever be asked for it.
disable_checkpoint = true

provider_installation {
  filesystem_mirror {
    path    = ${path}
    include = ["${providerAddress}"]
  }
  direct {
    exclude = ["${providerAddress}"]
  }
}
`;
}

function shellQuoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export const usage = `Usage: teleport-trust provider install --out DIR

Lays out the Terraform provider in DIR/mirror and writes DIR/terraform.rc, which makes Terraform
and OpenTofu take it from there.
`;

/** \`teleport-trust provider install\`. Answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { out: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [command, ...others] = positionals;
  if (command === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  if (command !== "install") {
    throw new UsageError(`teleport-trust provider has no command "${command}"; there is: install`);
  }
  if (others.length > 0)
    throw new UsageError(`provider install takes no "${others[0]}". The folder is named by --out DIR.`);
  const out = required(values.out, "--out DIR");
  if (process.platform === "win32") {
    process.stderr.write("The provider is a script, and Windows cannot start a script as a provider. Use WSL.\n");
    return 1;
  }
  const { version, configuration } = await writingInto(out, () => installProvider(out));
  process.stdout.write(`Installed ${providerAddress} ${version} (Node ${process.versions.node}).

export TF_CLI_CONFIG_FILE=${shellQuoted(configuration)}

terraform {
  required_providers {
    teleport = {
      source  = "${providerAddress}"
      version = "${version}"
    }
  }
}
`);
  return 0;
}
