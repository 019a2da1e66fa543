// `teleport_provision_token` by real terraform: names and expiry that the provider makes, what others change, import, the end; no secret where none belongs.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import type { LabCluster } from "../../lab";
import type { ProvisionTokenV2 } from "../../lab/gen/teleport/types/provision_token_pb";
import { Acceptance } from "../support/acceptance";
import { leftovers, outside } from "../support/outside";
import {
  applySettled,
  assertEmptyPlan,
  assertRefused,
  assertSays,
  assertSettled,
  changesOf,
  deeds,
  deedsOf,
} from "../support/plans";

const address = "teleport_provision_token.it";
const hour = 3_600_000;

const token = (body: string) => `resource "teleport_provision_token" "it" {
  cluster = "root"
  version = "v2"
  ${body}
}
`;

const named = (more = "", roles = '["trusted_cluster"]') =>
  token(`metadata = { name = "t0p-s3cret-name" ${more} }\n  spec = { roles = ${roles} }`);

function hash(name: string): string {
  return `sha256:${createHash("sha256").update(name).digest("hex")}`;
}

function tokensOf(cluster: LabCluster): ProvisionTokenV2[] {
  return cluster.storage.list("token");
}

function only(cluster: LabCluster): ProvisionTokenV2 {
  const [first, ...rest] = tokensOf(cluster);
  assert.ok(first !== undefined && rest.length === 0, "exactly one token");
  return first;
}

function expiryMs({ metadata }: ProvisionTokenV2): number {
  return Number(metadata?.expires?.seconds ?? 0n) * 1000;
}

/** Changes a token as an administrator would. */
function editToken(cluster: LabCluster, edit: (token: ProvisionTokenV2) => void): Promise<void> {
  return outside(cluster, async ({ auth }) => {
    const found = only(cluster);
    edit(found);
    await auth.upsertTokenV2({ token: { case: "v2", value: found } });
  });
}

async function stateOf(acceptance: Acceptance): Promise<Readonly<Record<string, unknown>>> {
  const { values } = await acceptance.terraform.state();
  const found = values?.root_module.resources?.find((resource) => resource.address === address);
  assert.ok(found, "the token is not in the state");
  return found.values;
}

test("a token with every sort of attribute is settled after each apply, and what others change is put right", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const { root } = acceptance.lab;
  const whole = (domain: string, expires: string) =>
    token(`
  metadata = {
    name        = "ci"
    description = "for \\"CI\\""
    labels      = { team = "platform" }
    expires     = "${expires}"
  }
  spec = {
    roles       = ["node", "WINDOWSDESKTOP"]
    join_method = "gitlab"
    suggested_labels = { env = ["a", "b"] }
    suggested_agent_matcher_labels = {}
    gitlab = {
      ${domain}
      allow = [
        { project_path = "group/app", ref_protected = false, environment = "" },
        { namespace_path = "group", ref_protected = true },
        { user_login = "somebody" },
      ]
    }
  }`);
  const run = await applySettled(acceptance, whole("", "2096-02-29T12:00:00.5+01:00"));
  assert.ok(!run.output.includes("TOKEN_IN_STATE"), "the name of such a token is no secret");
  assert.deepEqual(only(root).spec?.roles, ["Node", "WindowsDesktop"]);
  assert.equal(only(root).spec?.gitlab?.domain, "gitlab.com");
  assert.deepEqual(
    only(root).spec?.gitlab?.allow.map(({ refProtected }) => refProtected?.value),
    [false, true, undefined],
  );
  // Another way to write the same is no change.
  acceptance.configure(
    whole("", "2096-02-29T11:00:00.500Z").replace('["node", "WINDOWSDESKTOP"]', '["Node", "windows_desktop"]'),
  );
  await assertEmptyPlan(acceptance);

  await editToken(root, ({ metadata, spec }) => {
    if (metadata === undefined || spec?.gitlab === undefined) return;
    metadata.labels = { team: "intruders", extra: "x" };
    spec.roles.push("Proxy");
    spec.suggestedLabels = undefined as never;
    spec.gitlab.domain = "gitlab.example.com";
    spec.gitlab.allow.pop();
  });
  const { plan } = await acceptance.planned();
  assert.deepEqual(deedsOf(plan), { [address]: "update" });
  assert.equal(plan.resource_drift?.[0]?.address, address);
  await applySettled(acceptance);
  const text = JSON.stringify(root.dump().tokens);
  for (const trace of ["intruders", "Proxy", "gitlab.example.com"]) assert.ok(!text.includes(trace), trace);

  await applySettled(acceptance, whole('domain = "gitlab.example.com"', "2097-01-01T00:00:00Z"));
  assert.equal(only(root).spec?.gitlab?.domain, "gitlab.example.com");
  await acceptance.destroyed();
  assert.deepEqual(leftovers(acceptance.lab), []);
});

test("a name that is left out is drawn and kept; plan, output and ids never show it", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const { root } = acceptance.lab;
  const text = (more = "") =>
    `${token(`metadata = { ${more} }\n  spec = { roles = ["Trusted_cluster"] }`)}\noutput "id" { value = ${address}.id }\n`;
  const run = await applySettled(acceptance, text());
  assertSays(run, "Warning: the token is stored in state in clear: `metadata.name` is the secret itself");
  assertSays(
    run,
    'To join clusters use `teleport_trust`, to hand out a token `ephemeral "teleport_provision_token"`: both store nothing. Otherwise keep the state as safe as the token. [TOKEN_IN_STATE]',
  );
  const name = only(root).metadata?.name ?? "";
  assert.match(name, /^[0-9a-f]{64}$/);
  assertSays(run, `id = "${hash(name)}"`);
  const changed = await applySettled(acceptance, text('description = "changed"'));
  assert.equal(only(root).metadata?.name, name);
  for (const { output } of [run, changed]) assert.ok(!output.includes(name));
  const values = await stateOf(acceptance);
  assert.equal((values.metadata as { name: string }).name, name);
  assert.equal(values.id, hash(name));
});

test("`ttl` counts from the apply that makes the token, never again, and a token that ended is made anew", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const { root } = acceptance.lab;
  const { clock } = acceptance.lab;
  const env = { TELEPORT_TRUST_CLOCK_OFFSET_FILE: acceptance.file("offset", "") };
  const text = (ttl: string) =>
    token(`ttl = "${ttl}"\n  metadata = { name = "t0p-s3cret-name" }\n  spec = { roles = ["Node"] }`);
  const before = clock.now();
  await applySettled(acceptance, text("1h"));
  const first = expiryMs(only(root));
  assert.ok(first >= before + hour && first <= clock.now() + hour + 1000, new Date(first).toISOString());
  const { metadata } = await stateOf(acceptance);
  assert.equal((metadata as { expires: string }).expires, new Date(first).toISOString().replace(".000Z", "Z"));
  acceptance.configure(text("60m"));
  await assertEmptyPlan(acceptance);

  acceptance.configure(text("2h"));
  assert.deepEqual(await deeds(acceptance), { [address]: "update" });
  await applySettled(acceptance);
  assert.ok(expiryMs(only(root)) >= first + hour);

  // Somebody lets it live for ever: the plan shows it.
  await editToken(root, (found) => {
    if (found.metadata !== undefined) delete found.metadata.expires;
  });
  assert.deepEqual(await deeds(acceptance), { [address]: "update" });
  await applySettled(acceptance);
  assert.ok(expiryMs(only(root)) > first);

  await clock.advance(3 * hour);
  assert.deepEqual(tokensOf(root), []);
  acceptance.file("offset", "3h");
  const planned = await acceptance.plan({ env });
  assert.equal(planned.code, 2, planned.output);
  assertSays(planned, "will be created");
  await acceptance.applied({ env });
  assert.ok(expiryMs(only(root)) >= first + 3 * hour);

  await applySettled(acceptance, named("", '["Node"]'));
  assert.equal(only(root).metadata?.expires, undefined);
});

test("an expiry that somebody sets is seen where the configuration has none", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  await applySettled(acceptance, named());
  await editToken(acceptance.lab.root, ({ metadata }) => {
    const expires = { $typeName: "google.protobuf.Timestamp", seconds: 4_000_000_000n, nanos: 0 };
    Object.assign(metadata ?? {}, { expires });
  });
  assert.deepEqual(await deeds(acceptance), { [address]: "update" });
  await applySettled(acceptance);
  assert.equal(only(acceptance.lab.root).metadata?.expires, undefined);
});

const import_ = (acceptance: Acceptance, id: string) =>
  acceptance.run(["import", "-no-color", "-input=false", address, id]);

test("a token is imported by its hash, by its public prefix, or by its name with a warning; the plan is empty", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const name = `tt-0123abcd-${"5".repeat(32)}`;
  const configuration = token(`metadata = { name = "${name}" }\n  spec = { roles = ["trusted_cluster"] }`);
  await applySettled(acceptance, configuration);
  const imports: readonly [id: string, warned: boolean][] = [
    [`root/${hash(name)}`, false],
    [`root/${hash(name).toUpperCase()}`, false],
    ["root/tt-0123abcd-", false],
    [`root/${name}`, true],
  ];
  for (const [id, warned] of imports) {
    await acceptance.run(["state", "rm", address]);
    const run = await import_(acceptance, id);
    assert.equal(run.code, 0, run.output);
    assert.equal(run.output.includes("the import id is the token itself"), warned, run.output);
    assert.equal((await stateOf(acceptance)).id, hash(name));
    await assertSettled(acceptance);
  }
});

test("an import that fits no token, or several, says so without a name", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const names = ["5", "6"].map((digit) => `tt-0123abcd-${digit.repeat(32)}`);
  for (const name of names) {
    const value = { kind: "token", version: "v2", metadata: { name }, spec: { roles: ["Node"] } };
    await outside(acceptance.lab.root, ({ auth }) => auth.createTokenV2({ token: { case: "v2", value } }));
  }
  acceptance.configure(named());
  assertRefused(
    await import_(acceptance, `root/${hash("another")}`),
    `there is no provision token "${hash("another")}" in root.lab`,
    "Check the import id, which is `sha256:<hex>`, or `<cluster>/sha256:<hex>`, and whether the identity may read it. [API_NOT_FOUND]",
  );
  assertRefused(
    await import_(acceptance, "root/sha256:12ab"),
    '"sha256:12ab" is no hash of a token\'s name',
    "Write `sha256:` and 64 hexadecimal digits, as the data source `teleport_provision_tokens` shows them. [API_INVALID]",
  );
  const refused = await import_(acceptance, "root/tt-0123abcd-");
  assertRefused(refused, '2 tokens in cluster "root"', 'begin with "tt-0123abcd-"', "[TOKEN_IMPORT_ID]");
  for (const name of names) {
    assert.ok(!refused.output.includes(name));
    assertSays(refused, hash(name));
  }
});

test("a token that exists already is refused with its hash, and the way to import it", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  await applySettled(acceptance, named());
  await acceptance.run(["state", "rm", address]);
  const run = await acceptance.apply();
  assertRefused(
    run,
    `provision token "${hash("t0p-s3cret-name")}" already exists in root.lab`,
    `Import it with \`terraform import 'ADDRESS' root/${hash("t0p-s3cret-name")}\`, ADDRESS as shown above, or remove it first. [API_ALREADY_EXISTS]`,
  );
  assert.ok(!run.output.includes("t0p-s3cret-name"));
});

test("another name replaces the token", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  await applySettled(acceptance, named());
  acceptance.configure(named().replace("t0p-s3cret-name", "an0ther-s3cret"));
  const { plan } = await acceptance.planned();
  assert.deepEqual(deedsOf(plan), { [address]: "delete then create" });
  assert.deepEqual(changesOf(plan, address).id, [hash("t0p-s3cret-name"), hash("an0ther-s3cret")]);
  await applySettled(acceptance);
  assert.equal(only(acceptance.lab.root).metadata?.name, "an0ther-s3cret");
});

test("a state of the official provider is taken over with an empty plan", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const more = ', expires = "2096-01-01T00:00:00Z"';
  await applySettled(acceptance, named(more));
  const state = JSON.parse(acceptance.terraform.read("terraform.tfstate"));
  const [instance] = state.resources[0].instances;
  // As 15.3.1 leaves it: the revision for an id, nothing that it does not know, nothing in private.
  for (const name of ["ttl", "status", "cluster"]) delete instance.attributes[name];
  instance.attributes.id = "7f9e0f5a";
  instance.attributes.spec.join_method = null;
  delete instance.private;
  acceptance.terraform.write({ "terraform.tfstate": JSON.stringify({ ...state, serial: state.serial + 1 }) });
  const env = {
    TF_TELEPORT_ADDR: acceptance.lab.root.addresses.proxy,
    TF_TELEPORT_IDENTITY_FILE_PATH: acceptance.identity(acceptance.lab.root),
  };
  acceptance.terraform.configure(named(more).replace('cluster = "root"', ""));
  const run = await acceptance.plan({ env });
  assert.equal(run.code, 0, run.output);
});
