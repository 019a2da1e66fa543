// The one build: TypeScript to dist/, then the provider's bundle. Plain JavaScript, as it runs before anything is compiled.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");

function run(command, args) {
  const { status, error } = spawnSync(process.execPath, [command, ...args], { cwd: root, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** The compiler leaves behind what it made of a file that is no more; a removed test would run for ever. */
function removeOrphans() {
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist, { recursive: true })) {
    const source = name.replace(/(\.js|\.js\.map|\.d\.ts)$/, ".ts");
    if (source === name || name.startsWith("package/") || existsSync(join(root, source))) continue;
    rmSync(join(dist, name));
  }
}

removeOrphans();
run(join(root, "node_modules/typescript/bin/tsc"), ["-b"]);
run(join(root, "dist/tools/bundle.js"), []);
