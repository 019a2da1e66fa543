// Real terraform as the host of the fixture provider: started by it, and attached to it.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { fixtureProgram, PluginHost } from "../support/plugin-host";

const binary = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
const address = "registry.terraform.io/teleport-trust/fixture";

let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "teleport-trust-fixture-"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  mkdirSync(join(folder, "sockets"));
  const program = join(bin, "terraform-provider-fixture_v0.1.0");
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' --enable-source-maps '${fixtureProgram}'\n`);
  chmodSync(program, 0o755);
  writeFileSync(
    join(folder, "terraform.rc"),
    `disable_checkpoint = true\nprovider_installation {\n  dev_overrides { "${address}" = ${JSON.stringify(bin)} }\n}\n`,
  );
  writeFileSync(join(folder, "empty.rc"), "disable_checkpoint = true\n");
});
after(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; output: string }>;
}

function terraform(work: string, args: readonly string[], env: Record<string, string> = {}): Run {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TF_|NODE_EXTRA|NODE_OPTIONS|NODE_TEST)/.test(name),
  );
  const child = spawn(binary, [...args, "-no-color"], {
    cwd: work,
    env: {
      ...Object.fromEntries(inherited),
      TF_IN_AUTOMATION: "1",
      TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
      TMPDIR: join(folder, "sockets"),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  return { child, ended: once(child, "close").then(([code]) => ({ code: code as number | null, output })) };
}

function workFolder(text: string): string {
  const work = mkdtempSync(join(folder, "work-"));
  note(work, text);
  return work;
}

function note(work: string, text: string): void {
  writeFileSync(
    join(work, "main.tf"),
    `terraform {\n  required_providers {\n    fixture = { source = "${address}" }\n  }\n}\nresource "fixture_note" "it" {\n  text = "${text}"\n}\n`,
  );
}

/** Processes of this test's own provider, told from others by the socket folder in their environment. */
function providerProcesses(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const isProvider = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(fixtureProgram);
        return isProvider && readFileSync(`/proc/${pid}/environ`, "utf8").includes(`TMPDIR=${folder}/`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function until(what: string, holds: () => boolean, withinMs = 10_000): Promise<void> {
  for (const began = performance.now(); !holds(); ) {
    assert.ok(performance.now() - began < withinMs, `not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function nothingLeft(): void {
  assert.deepEqual(providerProcesses(), []);
  assert.deepEqual(readdirSync(join(folder, "sockets")), []);
}

test("terraform starts it, applies, sees no change, changes, destroys; nothing is left running", async () => {
  const work = workFolder("one");
  const steps: readonly [readonly string[], number, RegExp][] = [
    [["validate"], 0, /The configuration is valid/],
    [["apply", "-auto-approve"], 0, /1 added, 0 changed, 0 destroyed/],
    [["plan", "-detailed-exitcode"], 0, /No changes/],
  ];
  for (const [args, expected, text] of steps) {
    const { code, output } = await terraform(work, args).ended;
    assert.equal(code, expected, output);
    assert.match(output, text);
  }
  note(work, "two");
  const changed = await terraform(work, ["apply", "-auto-approve"]).ended;
  assert.match(changed.output, /0 added, 1 changed, 0 destroyed/);
  const destroyed = await terraform(work, ["destroy", "-auto-approve"]).ended;
  assert.match(destroyed.output, /1 destroyed/);
  nothingLeft();
});

test("terraform without plugin TLS is served too", async () => {
  const { code, output } = await terraform(workFolder("one"), ["apply", "-auto-approve"], {
    TF_DISABLE_PLUGIN_TLS: "1",
  }).ended;
  assert.equal(code, 0, output);
  nothingLeft();
});

test("a crash is shown to the user without any log level", async () => {
  const { code, output } = await terraform(workFolder("crash"), ["apply", "-auto-approve"]).ended;
  assert.equal(code, 1);
  assert.match(output, /panic: RangeError: the fixture crashes \/ as it was told/);
  assert.match(output, /This is a bug in terraform-provider-fixture/);
  nothingLeft();
});

test("log lines appear under TF_LOG at their own level and with their fields", async () => {
  const { output } = await terraform(workFolder("log"), ["apply", "-auto-approve"], { TF_LOG: "debug" }).ended;
  assert.match(output, /\[DEBUG\] provider\.terraform-provider-fixture_v0\.1\.0: a note was written:.*@module=fixture/);
  assert.equal(output.includes("marker-of-a-secret"), false);
});

test("Ctrl-C during an apply stops the provider's work at once", async () => {
  const run = terraform(workFolder("wait"), ["apply", "-auto-approve"], { TF_LOG_PROVIDER: "warn" });
  const waiting = new Promise<void>((resolve) =>
    run.child.stderr?.on("data", (text: string) => (text.includes("waiting") ? resolve() : undefined)),
  );
  await waiting;
  const began = performance.now();
  run.child.kill("SIGINT");
  const { code, output } = await run.ended;
  assert.equal(code, 1, output);
  assert.ok(performance.now() - began < 5000);
  assert.match(output, /Interrupt received/);
  nothingLeft();
});

test("when terraform is killed, the provider goes too, and its socket", async () => {
  const run = terraform(workFolder("wait"), ["apply", "-auto-approve"], { TF_LOG_PROVIDER: "warn" });
  await new Promise<void>((resolve) =>
    run.child.stderr?.on("data", (text: string) => (text.includes("waiting") ? resolve() : undefined)),
  );
  assert.equal(providerProcesses().length > 0, true);
  run.child.kill("SIGKILL");
  await run.ended;
  await until("no provider process is left", () => providerProcesses().length === 0, 3000);
  nothingLeft();
});

test("terraform attaches to a provider that runs already, without init, phase after phase", async () => {
  const host = new PluginHost({
    args: ["--debug"],
    env: { TF_PLUGIN_MAGIC_COOKIE: undefined, TMPDIR: join(folder, "sockets") },
  });
  try {
    while (!host.stdout.includes("Ctrl-C")) await new Promise((resolve) => host.child.stdout?.once("data", resolve));
    const [, reattach = ""] = /export TF_REATTACH_PROVIDERS='(.*)'/.exec(host.stdout) ?? [];
    const env = { TF_REATTACH_PROVIDERS: reattach, TF_CLI_CONFIG_FILE: join(folder, "empty.rc") };
    const work = workFolder("attached");
    for (const args of [
      ["init"],
      ["apply", "-auto-approve"],
      ["plan", "-detailed-exitcode"],
      ["destroy", "-auto-approve"],
    ]) {
      const { code, output } = await terraform(work, args, env).ended;
      assert.equal(code, 0, output);
    }
    assert.equal(host.child.exitCode, null);
  } finally {
    await host.dispose();
  }
  nothingLeft();
});
