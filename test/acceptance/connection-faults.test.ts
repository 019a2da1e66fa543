// What can be known of a connection without a server: said once, as an error, by the plan of whatever uses it, and never by validate.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Acceptance } from "../support/acceptance";
import { identityOf } from "../support/auth-peer";
import { applyEmpty } from "../support/plans";
import { assertErrors, errorsOf, onOneLine } from "../support/refusals";

let acceptance: Acceptance;
before(async () => {
  acceptance = await Acceptance.start();
});
after(() => acceptance.dispose());

/** The provider block with this path for the leaf's identity. */
function provider(path: string): string {
  const { root } = acceptance.lab;
  return `provider "teleport" {
  clusters = {
    root   = { addr = "${root.addresses.proxy}", identity_file_path = "${acceptance.identity(root)}" }
    leaf   = { addr = "${acceptance.lab.leaf().addresses.proxy}", identity_file_path = ${path} }
    unused = { addr = "127.0.0.1:1", identity_file_path = "nobody-looks-here.pem" }
  }
}\n`;
}

/** One new resource of every type, each on the leaf. */
const resources: Readonly<Record<string, string>> = {
  teleport_role: 'cluster = "leaf"\n version = "v7"\n metadata = { name = "new" }\n spec = {}',
  teleport_trusted_cluster:
    'cluster = "leaf"\n version = "v2"\n metadata = { name = "root.lab" }\n spec = { token = "t", web_proxy_addr = "127.0.0.1:1", role_map = [{ remote = "access", local = ["access"] }] }',
  teleport_provision_token:
    'cluster = "leaf"\n version = "v2"\n metadata = { name = "t" }\n spec = { roles = ["Node"] }',
  teleport_trust: 'root = "root"\n leaf = "leaf"\n role_map = [{ remote = "access", local = ["access"] }]',
  teleport_remote_cluster: 'cluster = "leaf"\n name = "other.lab"',
  teleport_user_grant: 'cluster = "leaf"\n user = "alice"\n roles = ["access"]',
  teleport_rotating_token: 'cluster = "leaf"\n name = "new"\n ttl = "2h"\n rotate_after = "1h"\n overlap = "10m"',
};

const hcl = (type: string) => `resource "${type}" "new" {\n ${resources[type]}\n}\n`;

const howToIssue = "Issue it with `tctl auth sign --format=file --user=… --out=…`, or let Machine ID (tbot) write it.";

for (const type of Object.keys(resources)) {
  test(`a new ${type} on a connection without its identity file is refused at plan, at the argument that names the connection`, async () => {
    acceptance.terraform.configure(provider('"missing.pem"') + hcl(type));
    const run = await acceptance.plan();
    assertErrors(run, {
      summary: 'cluster "leaf": the identity file "missing.pem" cannot be read: missing.pem: no such file',
      with: `${type}.new`,
      detail: `A relative path starts where terraform runs. ${howToIssue} [IDENTITY_INVALID]`,
    });
    const argument = type === "teleport_trust" ? "leaf" : "cluster";
    assert.match(run.output, new RegExp(`^│? *\\d+: +${argument} += "leaf"$`, "m"));
    assert.doesNotMatch(run.output, /nobody-looks-here|not checked/);
  });
}

const everything = Object.keys(resources).map(hcl).join("");

test("all that use a connection share one error, whatever is wrong with the file", async () => {
  const garbage = acceptance.file("garbage.pem", "garbage\n");
  const expired = acceptance.file(
    "expired.pem",
    await identityOf(acceptance.lab.leaf().authorities, { ttlMs: -60_000 }),
  );
  const faults = [
    [garbage, "identity file could not be decoded: could not find SSH cert in the identity file"],
    [expired, 'of user "bot-terraform" expired at '],
    [acceptance.path(""), "it is a directory"],
  ] as const;
  for (const [path, what] of faults) {
    acceptance.terraform.configure(provider(JSON.stringify(path)) + everything);
    const run = await acceptance.plan();
    const errors = errorsOf(run);
    assert.equal(errors.length, 1, run.output);
    assert.ok(errors[0]?.summary.includes(what), run.output);
    assert.equal(run.code, 1);
  }
});

test("validate does not look: a pipeline may validate without secrets", async () => {
  acceptance.terraform.configure(provider('"missing.pem"') + everything);
  const run = await acceptance.run(["validate", "-no-color"]);
  assert.equal(run.code, 0, run.output);
});

test("a connection that nobody uses is not looked at", async () => {
  const path = JSON.stringify(acceptance.identity(acceptance.lab.leaf()));
  acceptance.terraform.configure(provider(path) + hcl("teleport_role"));
  const { run } = await acceptance.planned();
  assert.doesNotMatch(run.output, /nobody-looks-here|Warning/);
});

test("a path that is known only after apply is not judged", async () => {
  const unknown = 'resource "terraform_data" "path" { input = "missing.pem" }\n';
  acceptance.terraform.configure(
    unknown + provider("terraform_data.path.output") + hcl("teleport_role") + hcl("teleport_trust"),
  );
  const { run } = await acceptance.planned();
  assert.doesNotMatch(run.output, /missing\.pem" cannot be read/);
});

test("settings that cannot be used are an error for a trust as well, in place of a check that was not made", async () => {
  const { root } = acceptance.lab;
  const leaf = '{ addr = "no port here:", identity_file_path = "missing.pem" }';
  const rootEntry = `{ addr = "${root.addresses.proxy}", identity_file_path = "${acceptance.identity(root)}" }`;
  acceptance.terraform.configure(
    `provider "teleport" {\n clusters = {\n root = ${rootEntry}\n leaf = ${leaf}\n }\n}\n${hcl("teleport_trust")}`,
  );
  const run = await acceptance.plan();
  assert.equal(run.code, 1, run.output);
  assert.equal(errorsOf(run).length, 1, run.output);
  assert.doesNotMatch(onOneLine(run), /not checked/);
});

test("what is to be removed by such a connection is refused at plan, before anything else is applied", async () => {
  await using own = await Acceptance.start({ leaves: [] });
  const named = {
    teleport_role: 'role "new"',
    teleport_user_grant: 'user grant "root.lab/alice"',
    teleport_rotating_token: 'rotating token "root.lab/new"',
  };
  const onRoot = (type: string) => hcl(type).replace('"leaf"', '"root"');
  await applyEmpty(own, Object.keys(named).map(onRoot).join(""));
  const address = own.lab.root.addresses.proxy;
  const block = `provider "teleport" {\n clusters = {\n root = { addr = "${address}", identity_file_path = "missing.pem" }\n }\n}\n`;
  for (const [type, title] of Object.entries(named)) {
    const others = Object.keys(named).filter((other) => other !== type);
    own.terraform.configure(block + others.map(onRoot).join(""));
    const run = await own.run(["plan", "-no-color", "-input=false", "-refresh=false"]);
    assertErrors(run, {
      summary: `${title} cannot be deleted: cluster "root": the identity file "missing.pem" cannot be read: missing.pem: no such file`,
      detail: `A relative path starts where terraform runs. ${howToIssue} [IDENTITY_INVALID]`,
    });
  }
});
