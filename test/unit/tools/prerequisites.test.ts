import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";

/** The demo on a machine whose PATH holds just what the folder does. */
function demoOn(folder: string): { readonly code: number | null; readonly stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(__dirname, "../../../tools/demo/main.js")], {
    encoding: "utf8",
    env: { PATH: folder, HOME: folder },
  });
  return { code: status, stderr };
}

describe("a machine that lacks something", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "teleport-trust-path-"));
    symlinkSync(process.execPath, join(folder, "node"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function program(name: string, output: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\necho '${output}'\n`);
    chmodSync(join(folder, name), 0o755);
  }

  it("is told what to install when terraform and ssh are missing", () => {
    assert.deepEqual(demoOn(folder), {
      code: 1,
      stderr: `This needs something that is not here:
  - \`terraform\` is not on the PATH. Install Terraform 1.11 or newer (or OpenTofu 1.11, and name it in TERRAFORM_BINARY_NAME).
  - \`ssh\` is not on the PATH. Install the OpenSSH client (Debian: apt-get install openssh-client; macOS has it).
`,
    });
  });

  it("is told when terraform is too old", () => {
    program("terraform", "Terraform v1.10.5");
    program("ssh", "OpenSSH_9.2p1");
    const { code, stderr } = demoOn(folder);
    assert.equal(code, 1);
    assert.match(stderr, /`terraform` is version 1\.10\. Install Terraform 1\.11 or newer/);
  });
});
