// Makes the provider's executable from the TypeScript sources: dist/package/terraform-provider-teleport_v<version>.cjs and its chunks.
//
// How code gets into a file of its own, which is read when it is first needed:
// - `await import("…")` of a package or of a module of ours. What several files share comes into a file that they share, so no
//   module exists twice.
// - `require("package")` inside a function, where waiting is not possible. The package and all that it needs is that file.
// - provider/stored-schema.ts, which holds the provider's schema as it goes over the wire: the sources are asked for it here.
// Nothing else is special, and the same source runs unbundled from dist/.
//
// esbuild can split only ES modules, and Node starts those more slowly, so the bundle is made in two passes: split as ES modules,
// then each file turned into CommonJS, `import()` becoming a deferred `require`.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { build, type OutputFile, type Plugin, transform } from "esbuild";

import { createLog } from "../provider/plugin";
import { repositoryRoot } from "./repository";

export interface Bundle {
  /** File names and their texts; the executable comes first. */
  readonly files: ReadonlyMap<string, string>;
}

const target = "node20.19";

const shared = {
  absWorkingDir: repositoryRoot,
  bundle: true,
  write: false,
  platform: "node",
  target,
  legalComments: "none",
  logLevel: "warning",
} as const;

/**
 * Names of chunks must not begin like the executable's: Terraform runs the first such name in the folder.
 */
const chunkNames = "[name]-[hash]";

/** Of package.json the bundle takes the version alone; the rest would change the bundle, and with it everybody's lock file. */
const versionOnly: Plugin = {
  name: "version-only",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** Packages that are required where they are used, each as a file beside the others. */
function requiredPackages(found: Set<string>): Plugin {
  return {
    name: "required-packages",
    setup({ onResolve }) {
      onResolve({ filter: /^[a-z@]/ }, ({ path, kind, importer }) => {
        const ours = !importer.includes("node_modules") && !isBuiltin(path) && !path.endsWith("/package.json");
        if (kind !== "require-call" || !ours) return undefined;
        found.add(path);
        return { path: `./${fileOfPackage(path)}`, external: true };
      });
    },
  };
}

function fileOfPackage(name: string): string {
  return `package-${name.replaceAll(/[@/]+/g, "-")}.cjs`;
}

async function bundlePackage(name: string): Promise<readonly [string, string]> {
  const { outputFiles } = await build({
    ...shared,
    stdin: { contents: `module.exports = require(${JSON.stringify(name)})`, resolveDir: repositoryRoot },
    format: "cjs",
    minifyWhitespace: true,
    minifySyntax: true,
  });
  return [fileOfPackage(name), outputFiles[0]?.text ?? ""];
}

/** Puts the schema in the place of the module that has none. */
function withStoredSchema(schema: Uint8Array): Plugin {
  return {
    name: "stored-schema",
    setup({ onLoad }) {
      const contents = `export const storedSchema = ${JSON.stringify(Buffer.from(schema).toString("base64"))};`;
      onLoad({ filter: /[\\/]provider[\\/]stored-schema\.ts$/ }, () => ({ contents, loader: "js" }));
    },
  };
}

/** What the provider of these sources answers to `GetProviderSchema`. They are bundled for that: what is in dist/ may be older. */
async function schemaOfSources(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ["provider/create-routes.ts"],
    format: "cjs",
    plugins: [versionOnly],
  });
  const folder = mkdtempSync(join(tmpdir(), "teleport-trust-schema-"));
  try {
    const file = join(folder, "create-routes.cjs");
    writeFileSync(file, outputFiles[0]?.text ?? "");
    const { createRoutes } = require(file) as typeof import("../provider/create-routes");
    const route = createRoutes(
      process,
      createLog("off", "plugin", () => {}),
    ).find(({ path }) => path === "/tfplugin6.Provider/GetProviderSchema");
    if (route?.kind !== "unary") throw new Error("the provider has no call GetProviderSchema");
    return await route.answer(new Uint8Array(), { signal: new AbortController().signal, metadata: new Map() });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bundles the provider whose entry point is `entry`, as an executable of that name. */
export async function bundleProvider(entry: string, executable: string): Promise<Bundle> {
  const packages = new Set<string>();
  const { outputFiles } = await build({
    ...shared,
    entryPoints: { [executable]: entry },
    outdir: "out",
    outExtension: { ".js": ".cjs" },
    chunkNames,
    splitting: true,
    format: "esm",
    plugins: [versionOnly, withStoredSchema(await schemaOfSources()), requiredPackages(packages)],
  });
  const first = (file: OutputFile): number => (basename(file.path) === `${executable}.cjs` ? 0 : 1);
  const sorted = outputFiles.sort((a, b) => first(a) - first(b) || a.path.localeCompare(b.path));
  const files = sorted.map(async (file) => [basename(file.path), await asCommonJs(file)] as const);
  const texts = new Map(await Promise.all([...files, ...[...packages].sort().map(bundlePackage)]));
  const program = texts.get(`${executable}.cjs`) ?? "";
  texts.set(
    `${executable}.cjs`,
    program.replace(/^#!.*\n/, () => launcher),
  );
  return { files: texts };
}

/** Names of functions are kept: a crash report is read by people. */
async function asCommonJs({ path, text }: OutputFile): Promise<string> {
  const { code } = await transform(text, {
    sourcefile: basename(path),
    format: "cjs",
    platform: "node",
    target,
    supported: { "dynamic-import": false },
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    logLevel: "warning",
  });
  return code;
}

/**
 * The first lines of the executable: a shell script that starts node with this very file, of which node sees texts and comments only.
 *
 * It says so when there is no node (on standard output, which Terraform shows; of `#!/usr/bin/env node` nothing would be seen), and hides
 * NODE_EXTRA_CA_CERTS from node, which would spend some 45 ms a process on it: the provider reads the file itself, when it needs it.
 */
const launcher = `#!/bin/sh
':' //; command -v node >/dev/null 2>&1 || { echo 'This provider runs on Node 20.19 or newer, and there is no node on the PATH. Install it.'; exit 1; }
':' //; TELEPORT_TRUST_EXTRA_CA_CERTS="$NODE_EXTRA_CA_CERTS"; export TELEPORT_TRUST_EXTRA_CA_CERTS; unset NODE_EXTRA_CA_CERTS
':' //; exec node "$0" "$@"
`;

/** Writes a bundle into a folder of its own; what was there before is removed, since the lock file counts every file. */
export function writeBundle(folder: string, { files }: Bundle): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [index, [name, text]] of [...files].entries()) {
    writeFileSync(join(folder, name), text, { mode: index === 0 ? 0o755 : 0o644 });
  }
}

/** Makes dist/package from the sources as they are. */
export async function writePackage(): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8")) as { version: string };
  const bundle = await bundleProvider("provider/main.ts", `terraform-provider-teleport_v${version}`);
  writeBundle(join(repositoryRoot, "dist/package"), bundle);
}

if (require.main === module) void writePackage();
