import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { repositoryRoot } from "./repository";

/** Runs buf in the checkout and answers its standard output. Throws with its error text when it fails. */
export function runBuf(args: readonly string[]): Buffer {
  const { status, error, stdout, stderr } = spawnSync(join(repositoryRoot, "node_modules/.bin/buf"), args, {
    cwd: repositoryRoot,
    maxBuffer: 64 << 20,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`buf ${args[0] ?? ""} failed:\n${stderr.toString("utf8")}`);
  return stdout;
}
