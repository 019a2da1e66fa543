import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sideBySide, timed } from "./statistics";

async function run(script: string, ...args: string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "teleport-trust-synth-"));
  try {
    const { status, stderr } = spawnSync(process.execPath, [join(__dirname, script), ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${script} failed:\n${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An app with so many leaves beside an app with an empty stack, whole processes. */
export function measureSynth(leaves: number, rounds: number): Promise<{ emptyMs: number; leavesMs: number }> {
  return sideBySide(rounds, {
    emptyMs: () => timed(() => run("synth-app.js", "0")),
    leavesMs: () => timed(() => run("synth-app.js", String(leaves))),
  });
}
