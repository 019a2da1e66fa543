// Documentation that cannot lie: snippets are pieces of the files they name, links lead somewhere, every problem code is in use and tested.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { repositoryRoot } from "./repository";

const skipped = new Set(["node_modules", "dist", "cdktf.out", "gen", "generated"]);

function* filesBelow(folder: string, ending: string): Iterable<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name) && !entry.name.startsWith(".")) yield* filesBelow(path, ending);
    } else if (entry.name.endsWith(ending)) yield path;
  }
}

interface Page {
  /** From the repository's top. */
  readonly name: string;
  readonly folder: string;
  readonly text: string;
}

function pagesOf(root: string): Page[] {
  return [...filesBelow(root, ".md")].map((path) => ({
    name: relative(root, path),
    folder: dirname(path),
    text: readFileSync(path, "utf8"),
  }));
}

interface Fence {
  readonly path: string;
  readonly text: string;
}

/** Fences that name a file after their language, such as "ts examples/guide/main.ts", without their indentation. */
function markedFences(text: string): Fence[] {
  const found = text.matchAll(/^( *)```\w+ (\S+)\n([\s\S]*?)^\1```$/gm);
  return [...found].map(([, indent = "", path = "", body = ""]) => ({
    path,
    text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

function snippetFaults(root: string, { name, text }: Page): string[] {
  return markedFences(text).flatMap((fence) => {
    const file = join(root, fence.path);
    if (!existsSync(file)) return [`${name}: a snippet is said to be of ${fence.path}, which does not exist`];
    // Whole lines, so that half a line is no snippet.
    const isPiece = `\n${readFileSync(file, "utf8")}`.includes(`\n${fence.text}`);
    return isPiece ? [] : [`${name}: the snippet of ${fence.path} is not in it as it stands`];
  });
}

function proseOf(text: string): string {
  return text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, "").replaceAll(/`[^`\n]*`/g, "");
}

/** Names that a fragment of a link can have in a page: headings as GitHub names them, and anchors that are written out. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-"),
  );
  const written = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id);
  return new Set([...headings, ...written]);
}

function linkFaults(root: string, { name, folder, text }: Page): string[] {
  const targets = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.flatMap((target) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = "", fragment] = target.split("#");
    const file = path === "" ? join(root, name) : join(folder, path);
    if (!existsSync(file)) return [`${name}: the link to ${target} leads nowhere`];
    if (fragment === undefined || !file.endsWith(".md")) return [];
    return anchorsOf(readFileSync(file, "utf8")).has(fragment) ? [] : [`${name}: ${target} has no such place`];
  });
}

/** Folders whose sources may use a problem code. */
const products = ["cli", "constructs", "lab", "provider", "review", "trust"];

function sourcesOf(root: string, folders: readonly string[]): string {
  const there = folders.map((folder) => join(root, folder)).filter((folder) => existsSync(folder));
  const paths = there.flatMap((folder) => [...filesBelow(folder, ".ts")]);
  return paths
    .filter((path) => !path.endsWith(join("trust", "problem.ts")))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
}

function codeFaults(root: string): string[] {
  const union = /type ProblemCode =([^;]*);/.exec(readFileSync(join(root, "trust/problem.ts"), "utf8"))?.[1] ?? "";
  const codes = [...union.matchAll(/"([A-Z_]+)"/g)].map(([, code = ""]) => code);
  if (codes.length === 0) return ["trust/problem.ts: no codes were found"];
  const [used, tested] = [sourcesOf(root, products), sourcesOf(root, ["test"])];
  return codes.flatMap((code) => [
    ...(used.includes(`"${code}"`) ? [] : [`trust/problem.ts: nothing has the code ${code}`]),
    ...(new RegExp(`\\b${code}\\b`).test(tested) ? [] : [`trust/problem.ts: no test names the code ${code}`]),
  ]);
}

/** What documentation says and is not so; empty when all is true. */
export function checkDocs(root: string = repositoryRoot): string[] {
  const pages = pagesOf(root);
  return [...pages.flatMap((page) => [...snippetFaults(root, page), ...linkFaults(root, page)]), ...codeFaults(root)];
}
