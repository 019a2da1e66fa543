import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { installProvider, providerAddress } from "../cli/provider-install";
import { terraformBinary } from "./prerequisites";

export interface SchemaAttribute {
  readonly type?: unknown;
  readonly nested_type?: {
    readonly attributes: Readonly<Record<string, SchemaAttribute>>;
    readonly nesting_mode: string;
  };
  readonly description?: string;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly sensitive?: boolean;
  readonly write_only?: boolean;
  readonly deprecated?: boolean;
}

export interface BlockSchema {
  readonly version: number;
  readonly block: {
    readonly attributes?: Readonly<Record<string, SchemaAttribute>>;
    readonly description?: string;
  };
}

export interface FunctionSignature {
  readonly summary?: string;
  readonly description?: string;
  readonly return_type: unknown;
  readonly parameters?: readonly { readonly name: string; readonly description?: string; readonly type: unknown }[];
}

export interface ProviderSchema {
  readonly provider: BlockSchema;
  readonly resource_schemas?: Readonly<Record<string, BlockSchema>>;
  readonly data_source_schemas?: Readonly<Record<string, BlockSchema>>;
  readonly ephemeral_resource_schemas?: Readonly<Record<string, BlockSchema>>;
  readonly functions?: Readonly<Record<string, FunctionSignature>>;
}

export interface ProviderSchemas {
  readonly format_version: string;
  readonly provider_schemas: Readonly<Record<string, ProviderSchema>>;
}

/** What the real terraform says of the built provider: `terraform providers schema -json`. */
export function providerSchemas(): ProviderSchemas {
  const folder = mkdtempSync(join(tmpdir(), "teleport-trust-schema-"));
  try {
    const { configuration } = installProvider(join(folder, "install"));
    writeFileSync(
      join(folder, "main.tf"),
      `terraform {\n  required_providers {\n    teleport = { source = "${providerAddress}" }\n  }\n}\n`,
    );
    const env = { ...process.env, TF_CLI_CONFIG_FILE: configuration, CHECKPOINT_DISABLE: "1" };
    const run = (...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync(terraformBinary, args, {
        cwd: folder,
        env,
        encoding: "utf8",
        maxBuffer: 1 << 28,
      });
      if (status !== 0) throw new Error(`terraform ${args.join(" ")} failed:\n${stdout}${stderr}`);
      return stdout;
    };
    run("init", "-no-color", "-input=false");
    return JSON.parse(run("providers", "schema", "-json")) as ProviderSchemas;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function ownSchema(): ProviderSchema {
  const schema = providerSchemas().provider_schemas[providerAddress];
  if (schema === undefined) throw new Error(`terraform knows no schema of ${providerAddress}`);
  return schema;
}
