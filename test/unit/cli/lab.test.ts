// `lab up` as a real child process, driven as a person at a terminal would.
import assert from "node:assert/strict";
import type { ChildProcessByStdio } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { after, test } from "node:test";

import type { LabJson } from "../../../lab";

const main = resolve(__dirname, "../../../cli/main.js");
const top = mkdtempSync(join(tmpdir(), "teleport-trust-cli-"));
after(() => rmSync(top, { recursive: true }));

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Result> {
  return new Promise((done) => {
    execFile(process.execPath, [main, ...args], { maxBuffer: 1e8 }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

/** A lab in the foreground; resolves when it says that it is ready. */
async function up(...args: string[]) {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(process.execPath, [main, "lab", "up", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  await new Promise<void>((ready, failed) => {
    createInterface(child.stdout).on("line", (line) => {
      lines.push(line);
      if (line.startsWith("Ready: ")) ready();
    });
    void exited.then(([code]) => failed(new Error(`lab up ended with ${code}: ${errors}`)));
  });
  return { child, lines, exited, errors: () => errors };
}

test("lab up serves until Ctrl-C and leaves nothing", async () => {
  const folder = join(top, "lab");
  const lab = await up("--out", folder, "--leaves", "2");
  const json = JSON.parse(readFileSync(join(folder, "lab.json"), "utf8")) as LabJson;
  assert.deepEqual(
    json.clusters.map(({ name }) => name),
    ["root.lab", "leaf-1.lab", "leaf-2.lab"],
  );
  assert.ok(lab.lines.some((line) => /^leaf-2\.lab +not joined leaf /.test(line)));

  const dump = await run("lab", "dump", "--out", folder);
  assert.deepEqual([dump.code, dump.stderr], [0, ""]);
  const objects = JSON.parse(dump.stdout) as Record<string, Record<string, unknown[]>>;
  assert.deepEqual(Object.keys(objects), ["root.lab", "leaf-1.lab", "leaf-2.lab"]);
  for (const cluster of Object.values(objects)) {
    assert.deepEqual(Object.keys(cluster), ["trusted_clusters", "remote_clusters", "tokens", "roles", "users"]);
  }

  const login = await run("lab", "login", "alice", "--out", folder);
  assert.match(login.stdout, /root\.lab\/alice\.pem \(valid until \d{4}-/);
  assert.match(login.stdout, /\nssh -F .*\/ssh_config LOGIN@NODE\.CLUSTER comes as alice from now on\.\n$/);
  assert.ok(
    lab.lines.includes(
      `ssh -F ${folder}/ssh_config alice@node-1.leaf-1.lab logs in through the root, once it has joined.`,
    ),
  );
  const clock = await run("lab", "clock", "--advance", "31m", "--out", folder);
  assert.match(clock.stdout, /^The lab's time is \d{4}-.*, 31m0s ahead\.\n$/);
  const fault = await run("lab", "fault", "cut", "--link", "tunnel", "--cluster", "leaf-1.lab", "--out", folder);
  assert.deepEqual([fault.code, fault.stdout], [0, "cut: tunnel of leaf-1.lab\n"]);
  const second = await run("lab", "up", "--out", folder);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /^Error: a lab runs in .* already\. End that one, or use another folder\.\n$/);

  lab.child.kill("SIGINT");
  assert.deepEqual(await lab.exited, [0, null]);
  assert.equal(lab.errors(), "");
  assert.equal(existsSync(folder), false);
});

test("lab up --guide has the clusters, the user and the servers of the guide", async () => {
  const folder = join(top, "guide");
  const lab = await up("--out", folder, "--guide");
  const { clusters } = JSON.parse(readFileSync(join(folder, "lab.json"), "utf8")) as LabJson;
  assert.deepEqual(
    clusters.map(({ name, nodes }) => [name, ...nodes.map(({ hostname }) => hostname)]),
    [["rootcluster.example.com"], ["leafcluster.example.com", "ip-172-3-1-242", "ip-172-3-2-205"]],
  );
  assert.ok(
    lab.lines.includes(
      `ssh -F ${folder}/ssh_config visitor@ip-172-3-2-205.leafcluster.example.com logs in through the root, once it has joined and \`lab login myuser\` has been run.`,
    ),
  );
  const login = await run("lab", "login", "myuser", "--out", folder);
  assert.match(login.stdout, /rootcluster\.example\.com\/myuser\.pem \(valid until /);
  lab.child.kill("SIGINT");
  assert.deepEqual(await lab.exited, [0, null]);
});

test("lab up after a killed one takes the folder over", async () => {
  const folder = join(top, "killed");
  const first = await up("--out", folder, "--leaves", "0");
  first.child.kill("SIGKILL");
  await first.exited;
  assert.ok(existsSync(join(folder, "lab.json")));
  const dump = await run("lab", "dump", "--out", folder);
  assert.equal(dump.code, 1);
  assert.match(dump.stderr, /^Error: no lab runs in .*\. Start one with `teleport-trust lab up --out .*`\.\n$/);
  const second = await up("--out", folder, "--leaves", "0", "--teleport-version", "17.5.1", "--suite", "legacy");
  const json = JSON.parse(readFileSync(join(folder, "lab.json"), "utf8")) as LabJson;
  assert.equal(json.clusters[0]?.teleport_version, "17.5.1");
  second.child.kill("SIGTERM");
  assert.deepEqual(await second.exited, [0, null]);
});

const mistakes: readonly { args: readonly string[]; error: string | RegExp; code?: number }[] = [
  { args: ["dance"], error: /^teleport-trust has no command "dance"\.\n\nUsage: / },
  {
    args: ["lab", "dance"],
    error: 'Error: teleport-trust lab has no command "dance"; there are: up, dump, login, clock, fault\n',
  },
  { args: ["lab", "up"], error: "Error: --out DIR is missing. --help shows how it is used.\n" },
  {
    args: ["lab", "up", "--out", "x", "--leaves", "two"],
    error: 'Error: --leaves is a whole number of zero or more, not "two"\n',
  },
  { args: ["lab", "up", "--out", "x", "--leaves", "1000"], error: "Error: --leaves is at most 200, not 1000\n" },
  {
    args: ["lab", "up", "--out", "x", "--guide", "--leaves", "1"],
    error: "Error: --guide has one leaf, the guide's: leave out --leaves\n",
  },
  {
    args: ["lab", "up", "--out", "x", "--suite", "rsa"],
    error: 'Error: --suite is one of balanced-v1, legacy, not "rsa"\n',
  },
  { args: ["lab", "up", "--out", "x", "--status-refresh", "0"], error: "Error: --status-refresh is at least 1ms\n" },
  { args: ["lab", "up", "--out", "x", "--nope"], error: /^Error: Unknown option '--nope'/ },
  { args: ["lab", "login", "--out", "x"], error: "Error: login takes exactly one USER\n" },
  {
    args: ["lab", "clock", "--out", "x"],
    error: "Error: --advance DURATION is missing. --help shows how it is used.\n",
  },
  {
    args: ["lab", "clock", "--advance", "31 m", "--out", "x"],
    error: 'Error: --advance: "31 m" is not a duration. Did you mean "31m"?\n',
  },
  {
    args: ["lab", "clock", "--advance=-5m", "--out", "x"],
    error: 'Error: --advance is a duration of zero or more, not "-5m"\n',
  },
  { args: ["lab", "fault", "--out", "x"], error: /^Error: fault takes exactly one ACTION: cut, restore, / },
  {
    args: ["lab", "fault", "cut", "--link", "moon", "--cluster", "a", "--out", "x"],
    error: 'Error: --link is one of tunnel, auth, proxy, not "moon"\n',
  },
  { args: ["lab", "fault", "cut", "--link", "auth", "--out", "x"], error: /^Error: --cluster NAME is missing/ },
  {
    args: ["lab", "fault", "cut", "--delay", "1s", "--link", "auth", "--cluster", "a", "--out", "x"],
    error: "Error: --delay belongs to the action delay\n",
  },
  {
    args: ["lab", "fault", "cut-at", "--link", "auth", "--cluster", "a", "--out", "x"],
    error: /^Error: --bytes N is missing/,
  },
  { args: ["lab", "dump", "--out", join(top, "none")], error: /^Error: no lab runs in /, code: 1 },
];

for (const { args, error, code = 2 } of mistakes) {
  test(`teleport-trust ${args.join(" ")} says what is wrong`, async () => {
    const result = await run(...args);
    assert.equal(result.code, code);
    assert.equal(result.stdout, "");
    if (typeof error === "string") assert.equal(result.stderr, error);
    else assert.match(result.stderr, error);
  });
}

test("a version that the lab cannot behave as is named before anything starts", async () => {
  const folder = join(top, "old");
  const { code, stderr } = await run("lab", "up", "--out", folder, "--teleport-version", "12");
  assert.equal(code, 2);
  assert.match(stderr, /^Error: the lab has no column for Teleport "12"; it behaves as one of: /);
  assert.equal(existsSync(folder), false);
});

test("help goes to the standard output", async () => {
  assert.match((await run("--help")).stdout, /^Usage: teleport-trust COMMAND/);
  const help = await run("lab", "up", "--help");
  assert.equal(help.code, 0);
  assert.match(help.stdout, /^Usage: teleport-trust lab up --out DIR/);
});
