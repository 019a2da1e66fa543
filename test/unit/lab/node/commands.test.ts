import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { after, describe, test } from "node:test";

import { Homes } from "../../../../lab/node";
import type { CommandControl } from "../../../../lab/node/child-process";
import { runCommand } from "../../../../lab/node/commands";
import { isLoginName } from "../../../../lab/node/homes";
import { runShell } from "../../../../lab/node/shell";

const homes = new Homes();
const account = { login: "visitor", hostname: "node-1", folder: homes.folderOf("leaf.lab", "node-1", "visitor") };
after(() => homes.dispose());

function newOutput() {
  const said = { out: "", err: "" };
  const output = {
    write: async (data: Buffer | string) => {
      said.out += String(data);
    },
    writeError: async (data: Buffer | string) => {
      said.err += String(data);
    },
  };
  return { said, output };
}

async function run(line: string, input?: string) {
  const { said, output } = newOutput();
  const control: CommandControl = { kill: undefined, ended: new AbortController().signal };
  const outcome = await runCommand(
    line,
    account,
    output,
    control,
    input === undefined ? undefined : Readable.from([input]),
  );
  return { outcome, ...said };
}

const status = (code: number) => ({ status: code });

describe("a node's commands", () => {
  const answers: readonly (readonly [line: string, out: string])[] = [
    ["whoami", "visitor\n"],
    ["hostname", "node-1\n"],
    ["pwd", "/home/visitor\n"],
    ["pwd -P", "/home/visitor\n"],
    ["uname -n", "node-1\n"],
    ["uname", `${os.type()}\n`],
    ["uname -mr", `${os.release()} ${os.machine()}\n`],
    ["uname --kernel-release", `${os.release()}\n`],
    ["uname -n -s", `${os.type()} node-1\n`],
    ["echo one 'two  three'", "one two  three\n"],
    ["true", ""],
    ["", ""],
  ];
  for (const [line, out] of answers) {
    test(`${line || "an empty line"} answers`, async () => {
      assert.deepEqual(await run(line), { outcome: status(0), out, err: "" });
    });
  }

  test("uname -a has the node's name where the machine's would stand", async () => {
    const { out } = await run("uname -a");
    const system = os.type() === "Linux" ? "GNU/Linux" : os.type();
    assert.equal(out, `${[os.type(), "node-1", os.release(), os.version(), os.machine(), system].join(" ")}\n`);
    assert.equal((await run("uname --all")).out, out);
  });

  test("a program ends with its own status, reads its input, and has nothing of the lab's environment", async () => {
    assert.deepEqual((await run("false")).outcome, status(1));
    assert.equal((await run("wc -c", "12345")).out.trim(), "5");
    const { out } = await run("env");
    assert.deepEqual(out.split("\n").sort().filter(Boolean), [
      `HOME=${account.folder}`,
      "LANG=C",
      "LOGNAME=visitor",
      "PATH=/usr/bin:/bin",
      "TZ=UTC",
      "USER=visitor",
    ]);
  });

  const refused = ["id", "sh", "/bin/sh", "ls /", "cat /etc/passwd", "date -s 0", "date -f x", "env id", "sleep inf"];
  for (const line of [...refused, "uname -x", "whoami x", "toString", "__proto__", "wc /etc/passwd", "echo $HOME"]) {
    test(`${line} ends with 127, and nothing runs`, async () => {
      const { outcome, out, err } = await run(line);
      assert.deepEqual([outcome, out], [status(127), ""]);
      assert.match(err, /\n$/);
    });
  }

  test("an unknown command is told what there is", async () => {
    const known = "cat, date, echo, env, false, hostname, ls, pwd, sleep, true, uname, wc, whoami";
    assert.equal((await run("id")).err, `id: command not found; a node of the lab has: ${known}\n`);
  });

  test("ends with the session, and by a signal", async () => {
    for (const end of [
      (_control: CommandControl, session: AbortController) => session.abort(),
      (control: CommandControl) => control.kill?.("SIGTERM"),
    ]) {
      const session = new AbortController();
      const control: CommandControl = { kill: undefined, ended: session.signal };
      const running = runCommand("sleep 3600", account, newOutput().output, control);
      end(control, session);
      const outcome = await running;
      assert.ok("signal" in outcome && ["SIGKILL", "SIGTERM"].includes(outcome.signal));
      assert.equal(control.kill, undefined);
    }
  });
});

describe("a node's shell", () => {
  async function shell(text: string) {
    const { said, output } = newOutput();
    const control: CommandControl = { kill: undefined, ended: new AbortController().signal };
    const outcome = await runShell({ lines: Readable.from([text]) }, account, output, control);
    return { outcome, ...said };
  }

  test("runs line after line and ends with the last one's status", async () => {
    const { outcome, out } = await shell("echo one\nsleep 0.05\nwhoami\r\nfalse");
    assert.deepEqual([outcome, out], [status(1), "one\nvisitor\n"]);
  });

  test("ends at exit, with the status that it is given", async () => {
    assert.deepEqual(await shell("exit 300\nwhoami\n"), { outcome: status(44), out: "", err: "" });
    assert.deepEqual((await shell("nope\n logout \nwhoami\n")).outcome, status(127));
  });

  test("ends with the session", async () => {
    const session = new AbortController();
    const control: CommandControl = { kill: undefined, ended: session.signal };
    const running = runShell({ lines: new PassThrough() }, account, newOutput().output, control);
    session.abort();
    assert.deepEqual(await running, status(0));
  });
});

describe("homes", () => {
  test("are for their owner alone, one a cluster, node and login, and go with the lab", () => {
    const parent = join(mkdtempSync(join(tmpdir(), "tt-homes-")), "nodes");
    const some = new Homes(parent);
    assert.equal(existsSync(parent), false);
    const folder = some.folderOf("leaf.lab", "node-1", "root");
    assert.equal(folder, join(parent, "leaf.lab", "node-1", "home", "root"));
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    some.dispose();
    some.dispose();
    assert.equal(existsSync(parent), false);
    rmSync(join(parent, ".."), { recursive: true });
  });

  test("have the names of accounts, and of nothing else", () => {
    for (const name of ["visitor", "_apt", "ec2-user", "a.b", "Administrator"]) assert.ok(isLoginName(name), name);
    for (const name of ["", ".", "..", "a/b", "-teleport-internal-join", "a b", "é", "x".repeat(33), "a\0"]) {
      assert.ok(!isLoginName(name), name);
    }
  });
});
