// Real terraform judges what the framework plans and answers: every kind, on boxes that stand in a file.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";

import { Boxes } from "../support/fake-boxes";

const binary = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
const address = "registry.terraform.io/teleport-trust/fake";
const program = resolve(__dirname, "../support/fake-program.js");

describe("a provider of this framework, driven by real terraform", () => {
  let folder: string;
  let work: string;
  let boxes: Boxes;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "teleport-trust-fake-"));
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const executable = join(bin, "terraform-provider-fake_v0.0.1");
    writeFileSync(executable, `#!/bin/sh\nexec '${process.execPath}' --enable-source-maps '${program}'\n`);
    chmodSync(executable, 0o755);
    const overrides = `dev_overrides { "${address}" = ${JSON.stringify(bin)} }`;
    writeFileSync(join(folder, "terraform.rc"), `provider_installation {\n  ${overrides}\n}\n`);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  beforeEach(() => {
    work = mkdtempSync(join(folder, "work-"));
    boxes = new Boxes(join(work, "boxes.json"));
  });

  function run(...args: string[]): { readonly code: number | null; readonly output: string } {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(TF_|NODE_EXTRA|NODE_OPTIONS|NODE_TEST)/.test(name),
    );
    const env = {
      ...Object.fromEntries(inherited),
      TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
      CHECKPOINT_DISABLE: "1",
    };
    const { status, stdout, stderr } = spawnSync(binary, [...args, "-no-color"], { cwd: work, env, encoding: "utf8" });
    return { code: status, output: stdout + stderr };
  }

  function configure(text: string): void {
    const required = `terraform {\n  required_providers {\n    fake = { source = "${address}" }\n  }\n}\n`;
    writeFileSync(join(work, "main.tf"), `${required}provider "fake" {\n  file = "${boxes.file}"\n}\n${text}`);
  }

  function apply(text: string): string {
    configure(text);
    const { code, output } = run("apply", "-auto-approve", "-input=false");
    assert.equal(code, 0, output);
    return output;
  }

  function assertEmptyPlan(): void {
    const { code, output } = run("plan", "-detailed-exitcode", "-input=false");
    assert.equal(code, 0, output);
  }

  const box = (more: string) => `resource "fake_box" "a" {\n  name = "a"\n${more}\n}\n`;

  it("applies every sort of attribute, and the plan after is empty", () => {
    apply(
      box(`
        labels = { env = "x", "\u00e9" = "y" }
        note = ""
        secret = "s3cret"
        token_wo = "t0ken"
        token_wo_version = 1
        lid = { material = "tin" }`),
    );
    assertEmptyPlan();
    assert.equal(boxes.all().get("a")?.token, "t0ken");
    const state = readFileSync(join(work, "terraform.tfstate"), "utf8");
    assert.equal(state.includes("t0ken"), false);
  });

  it("updates in place, gives back what is no longer configured, replaces by name and destroys", () => {
    apply(box("size = 3"));
    assert.match(apply(box('size = 4\n  note = "n"')), /0 added, 1 changed, 0 destroyed/);
    assert.match(apply(box("")), /0 added, 1 changed, 0 destroyed/);
    assert.equal(boxes.all().get("a")?.size, 7);
    assertEmptyPlan();
    assert.match(apply(box("").replace('name = "a"', 'name = "b"')), /1 added, 0 changed, 1 destroyed/);
    assert.deepEqual([...boxes.all().keys()], ["b"]);
    assert.match(run("destroy", "-auto-approve").output, /1 destroyed/);
    assert.equal(boxes.all().size, 0);
  });

  it("plans what is not known yet, and keeps its word at apply", () => {
    const second =
      'resource "fake_box" "b" {\n  name = "b"\n  note = "size ${fake_box.a.size}"\n  size = fake_box.a.size\n}\n';
    apply(box("") + second);
    assert.equal(boxes.all().get("b")?.note, "size 7");
    assertEmptyPlan();
  });

  it("sees what somebody else changed, and puts it back", () => {
    apply(box('labels = { env = "x" }'));
    boxes.change("a", { labels: { env: "z" } });
    assert.match(run("plan", "-input=false").output, /"z" -> "x"/);
    apply(box('labels = { env = "x" }'));
    assertEmptyPlan();
  });

  it("imports, and the plan after is empty", () => {
    boxes.put({ name: "a", labels: {}, note: "n", size: 3, color: "red", secret: "", token: "", revision: "" });
    configure(box('note = "n"'));
    const { code, output } = run("import", "-input=false", "fake_box.a", "a");
    assert.equal(code, 0, output);
    assertEmptyPlan();
  });

  it("refuses to create what exists, and offers the import", () => {
    boxes.put({ name: "a", labels: {}, note: "", size: 3, color: "", secret: "", token: "", revision: "" });
    configure(box(""));
    const { code, output } = run("apply", "-auto-approve", "-input=false");
    assert.equal(code, 1);
    assert.match(output, /Error: box "a" already exists in home/);
    assert.match(output, /with fake_box\.a,/);
  });

  it("brings a relation about, repairs it in place with a warning, and removes it", () => {
    const both = `${box("lifecycle {\n    ignore_changes = [labels]\n  }")}resource "fake_box" "b" {\n  name = "b"\n  lifecycle {\n    ignore_changes = [labels]\n  }\n}\n`;
    const link = 'resource "fake_link" "it" {\n  from = fake_box.a.name\n  to = fake_box.b.name\n}\n';
    apply(both + link);
    assertEmptyPlan();
    boxes.change("b", { labels: {} });
    const repaired = apply(both + link);
    assert.match(repaired, /Warning: one side of the link is missing/);
    assert.match(repaired, /joined\s+= false -> true/);
    assert.deepEqual(boxes.all().get("b")?.labels, { link: "a" });
    assertEmptyPlan();
    apply(both);
    assert.deepEqual(
      [...boxes.all().values()].map(({ labels }) => labels),
      [{}, {}],
    );
  });

  it("reads data, opens an ephemeral resource into a write-only argument, and calls a function", () => {
    boxes.put({ name: "z", labels: {}, note: "", size: 5, color: "", secret: "", token: "", revision: "" });
    const output = apply(`
      data "fake_box" "z" { name = "z" }
      ephemeral "fake_ticket" "t" { name = "me" }
      output "said" { value = provider::fake::shout("size", tostring(data.fake_box.z.size)) }
      ${box("token_wo = ephemeral.fake_ticket.t.value\n  token_wo_version = 1")}`);
    assert.match(output, /said = "SIZE 5"/);
    assert.equal(boxes.all().get("a")?.token, "ticket of me");
  });
});
