// `teleport-trust provider install` and the top of the program, as a real process: what is written, and what is said of wrong input.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";

const main = resolve(__dirname, "../../../cli/main.js");
let top = "";
before(() => {
  top = mkdtempSync(join(tmpdir(), "teleport-trust-cli-"));
  writeFileSync(join(top, "file"), "");
});
after(() => rmSync(top, { recursive: true }));

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Result> {
  return new Promise((done) => {
    execFile(process.execPath, [main, ...args], { cwd: top, timeout: 60_000 }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

test("lays out a mirror and a configuration that never asks a registry for the provider, twice with the same result", async () => {
  const first = await run("provider", "install", "--out", "it's here");
  assert.equal(first.code, 0, first.stderr);
  const folder = join(top, "it's here");
  assert.ok(
    first.stdout.includes(`export TF_CLI_CONFIG_FILE='${folder.replace("'", "'\\''")}/terraform.rc'`),
    first.stdout,
  );
  const configuration = readFileSync(join(folder, "terraform.rc"), "utf8");
  assert.match(configuration, /filesystem_mirror \{\s+path +=/);
  assert.match(configuration, /direct \{\s+exclude = \["registry\.terraform\.io\/teleport-trust\/teleport"\]/);
  const files = readdirSync(folder, { recursive: true }).sort();
  const again = await run("provider", "install", "--out", "it's here");
  assert.deepEqual(again, first);
  assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), files);
});

describe("wrong input is told on the standard error, and nothing is written:", () => {
  const noCommand = /^Usage: teleport-trust COMMAND …\n/;
  type Row = readonly [args: readonly string[], code: number, said: RegExp | string];
  const inProc = (...command: string[]): Row => [
    [...command, "--out", "/proc/x/y"],
    1,
    "Error: cannot write to /proc/x/y: no folder can be made in /proc. Name another folder by --out.\n",
  ];
  const rows: readonly Row[] = [
    [[], 2, noCommand],
    [["provder"], 2, /^teleport-trust has no command "provder"\.\n\nUsage: teleport-trust COMMAND …\n/],
    [["provider"], 2, /^Usage: teleport-trust provider install --out DIR\n/],
    [["provider", "uninstall"], 2, 'Error: teleport-trust provider has no command "uninstall"; there is: install\n'],
    [["provider", "install"], 2, "Error: --out DIR is missing. --help shows how it is used.\n"],
    [["provider", "install", "--out", ""], 2, "Error: --out DIR is missing. --help shows how it is used.\n"],
    [["provider", "install", "--out"], 2, /^Error: Option '--out <value>' argument missing/],
    [
      ["provider", "install", "here"],
      2,
      'Error: provider install takes no "here". The folder is named by --out DIR.\n',
    ],
    [["provider", "install", "--dir", "x"], 2, /^Error: Unknown option '--dir'/],
    [
      ["provider", "install", "--out", "file"],
      1,
      "Error: cannot write to file: it, or a folder above it, is a file. Name another folder by --out.\n",
    ],
    [
      ["provider", "install", "--out", "file/below"],
      1,
      "Error: cannot write to file/below: it, or a folder above it, is a file. Name another folder by --out.\n",
    ],
    [
      ["lab", "up", "--out", "file/below"],
      1,
      "Error: cannot write to file/below: it, or a folder above it, is a file. Name another folder by --out.\n",
    ],
    // Linux says of a new folder there that its parent does not exist.
    ...(process.platform === "linux" ? [inProc("provider", "install"), inProc("lab", "up")] : []),
    [["lab", "up", "--out", "file"], 1, "Error: cannot write to file: it is a file. Name another folder by --out.\n"],
  ];
  for (const [args, code, said] of rows) {
    test(`teleport-trust ${args.join(" ")}`, async () => {
      const result = await run(...args);
      assert.equal(result.stdout, "");
      if (typeof said === "string") assert.equal(result.stderr, said);
      else assert.match(result.stderr, said);
      assert.equal(result.code, code);
      assert.equal(existsSync(join(top, "mirror")), false);
    });
  }
});
