// The one build: TypeScript to dist/, then the provider's bundle. Plain JavaScript, as it runs before anything is compiled.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function run(command, args) {
  const { status, error } = spawnSync(process.execPath, [command, ...args], { cwd: root, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

run(join(root, "node_modules/typescript/bin/tsc"), ["-b"]);
if (existsSync(join(root, "dist/tools/bundle.js"))) run(join(root, "dist/tools/bundle.js"), []);
