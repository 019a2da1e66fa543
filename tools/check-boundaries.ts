// Fails on an import that the architecture does not allow. The table below is the rule; the check only reads it.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

import { repositoryRoot } from "./repository";

/** Who may import whom. The longest matching folder or file is a file's area; an area may always import itself. */
export const mayImport: Readonly<Record<string, readonly string[] | "everything">> = {
  trust: [],
  "provider/framework": [],
  "provider/grpc": [],
  "provider/plugin": ["provider/grpc"],
  "provider/protocol": ["provider/framework", "provider/grpc"],
  "provider/cluster": ["provider/grpc", "trust"],
  "provider/resources": ["provider/framework", "provider/cluster", "trust"],
  // A data source may mirror what a resource describes.
  "provider/data-sources": ["provider/framework", "provider/cluster", "provider/resources", "trust"],
  "provider/ephemeral-resources": ["provider/framework", "provider/cluster", "trust"],
  "provider/functions": ["provider/framework", "provider/cluster", "trust"],
  // Only the files at the top of provider/ wire its parts.
  provider: "everything",
  lab: [],
  review: ["trust"],
  constructs: ["trust"],
  cli: ["review", "lab", "provider/cluster", "trust"],
  // As a user would: by package name only.
  examples: [],
  test: "everything",
  tools: "everything",
};

/** Packages that only these areas may import; a name that is missing here is free for all. */
const packageUsers: Readonly<Record<string, readonly string[]>> = {
  re2js: ["trust", "lab"],
  cdktf: ["constructs", "examples", "test", "tools"],
  constructs: ["constructs", "examples", "test", "tools"],
  undici: ["provider/cluster", "lab", "test"],
  ssh2: ["lab", "test"],
  "node-forge": ["lab", "test"],
  "@connectrpc/connect": ["lab", "test"],
  "@connectrpc/connect-node": ["lab", "test"],
  esbuild: ["tools"],
  "fast-check": ["test"],
};

const areas = Object.keys(mayImport).sort((a, b) => b.length - a.length);

function areaOf(path: string): string | undefined {
  return areas.find((area) => path.startsWith(`${area}/`));
}

function sourceFiles(folder: string): string[] {
  const names = readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: "utf8" });
  return names
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith(".ts") && !path.includes("node_modules") && !path.includes("cdktf.out"));
}

function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*|\brequire\(\s*|\bimport\(\s*)(["'])([^"'\n]+)\1/g);
  return [...found].map((match) => match[2] as string);
}

function isFile(path: string): boolean {
  return statSync(join(repositoryRoot, path), { throwIfNoEntry: false })?.isFile() ?? false;
}

function targetOf(file: string, specifier: string): string {
  const path = relative(repositoryRoot, resolve(repositoryRoot, dirname(file), specifier));
  return [`${path}.ts`, `${path}/index.ts`, path].find(isFile) ?? path;
}

function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function faultInPackageImport(area: string, specifier: string): string | undefined {
  const users = packageUsers[packageOf(specifier)];
  if (users === undefined || users.some((user) => area === user || area.startsWith(`${user}/`))) return undefined;
  return `${packageOf(specifier)} is for ${users.join(", ")}`;
}

function faultInRelativeImport(file: string, area: string, specifier: string): string | undefined {
  const target = targetOf(file, specifier);
  const targetArea = areaOf(target);
  if (targetArea === area) return undefined;
  const allowed = mayImport[area];
  if (allowed === "everything") return undefined;
  if (targetArea === undefined) return `${target} lies in no area of the architecture`;
  if (allowed?.includes(targetArea) !== true) return `${area} may not import ${targetArea}`;
  if (target !== `${targetArea}/index.ts`) return `import ${targetArea} through its index.ts, not ${target}`;
  return undefined;
}

/** Every import that breaks the table, as `file: specifier: reason`. */
export function boundaryFaults(files: readonly string[], read: (path: string) => string): string[] {
  const faults: string[] = [];
  for (const file of files) {
    const area = areaOf(file);
    if (area === undefined) continue;
    for (const specifier of importsOf(read(file))) {
      const fault = specifier.startsWith(".")
        ? faultInRelativeImport(file, area, specifier)
        : faultInPackageImport(area, specifier);
      if (fault !== undefined) faults.push(`${file}: ${specifier}: ${fault}`);
    }
  }
  return faults;
}

export function checkBoundaries(): string[] {
  const folders = [...new Set(areas.map((area) => area.split("/")[0] as string))];
  const present = folders.filter((folder) => statSync(join(repositoryRoot, folder), { throwIfNoEntry: false }));
  return boundaryFaults(present.flatMap(sourceFiles), (path) => readFileSync(join(repositoryRoot, path), "utf8"));
}
