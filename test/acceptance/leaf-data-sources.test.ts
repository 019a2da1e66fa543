// What can be asked of the trust, by real terraform: leaves, roots, tokens, nodes, role mapping, and what a root's user reaches through the tunnel.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { create } from "@bufbuild/protobuf";

import type { LabCluster } from "../../lab";
import { ServerV2Schema } from "../../lab/gen/teleport/types/server_pb";
import { Acceptance } from "../support/acceptance";
import { outside } from "../support/outside";
import { assertEmptyPlan, assertRefused, assertSays } from "../support/plans";

const trust = (roleMap: string, enabled = true) => `
resource "teleport_trust" "leaf" {
  root     = "root"
  leaf     = "leaf"
  enabled  = ${enabled}
  role_map = ${roleMap}
}
`;

const rows = '[{ remote = "access", local = ["access"] }, { remote = "^dev-(.*)$", local = ["$1", "visitor"] }]';

const visitor = `
resource "teleport_role" "visitor" {
  cluster  = "leaf"
  version  = "v7"
  metadata = { name = "visitor" }
  spec = {
    allow = { logins = ["visitor", "guest"], node_labels = { env = ["demo"] }, kubernetes_groups = ["viewers"] }
    deny  = { logins = ["guest"], node_labels = { env = ["secret"] } }
  }
}
`;

let acceptance: Acceptance;
let root: LabCluster;
let leaf: LabCluster;

before(async () => {
  acceptance = await Acceptance.start({ nodes: [] });
  root = acceptance.lab.root;
  leaf = acceptance.lab.leaf();
  for (const [hostname, env] of [
    ["node-2", "prod"],
    ["node-1", "demo"],
  ] as const) {
    const metadata = { name: `id-of-${hostname}`, labels: { env } };
    const spec = { hostname, addr: "127.0.0.1:3022", version: "17.7.0", cmdLabels: { kernel: { result: "6.1" } } };
    leaf.storage.upsert("node", create(ServerV2Schema, { kind: "node", version: "v2", metadata, spec }));
  }
  acceptance.configure(visitor + trust(rows));
  await acceptance.applied();
});
after(() => acceptance.dispose());

/** The root as alice, who has the role access in it; the others as the bot. */
const clusters = () => [
  { key: "root", cluster: root },
  { key: "leaf", cluster: leaf },
  { key: "alice", cluster: root, user: "alice" },
];

function configure(text: string, map = rows, enabled = true): void {
  acceptance.configure(visitor + trust(map, enabled) + text, clusters());
}

async function read(text: string): Promise<Record<string, unknown>> {
  configure(`${text}\noutput "it" { value = ${/data "(\w+)" "it"/.exec(text)?.[1]?.replace(/^/, "data.")}.it }`);
  await acceptance.applied();
  await assertEmptyPlan(acceptance);
  const { stdout } = await acceptance.run(["output", "-json", "it"]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function refused(text: string, ...sentences: string[]): Promise<void> {
  configure(text);
  assertRefused(await acceptance.plan(), ...sentences);
}

test("teleport_remote_cluster shows one leaf, and says when there is none", async () => {
  const found = await read('data "teleport_remote_cluster" "it" {\n cluster = "root"\n name = "leaf.lab"\n}');
  const { last_heartbeat, ...rest } = found;
  assert.ok(Date.parse(last_heartbeat as string) > Date.now() - 60_000);
  assert.deepEqual(rest, {
    cluster: "root",
    id: "leaf.lab",
    name: "leaf.lab",
    description: "",
    labels: {},
    status: "online",
  });
  await refused(
    'data "teleport_remote_cluster" "it" {\n cluster = "root"\n name = "other.lab"\n}',
    'has no leaf "other.lab"',
    "Check its real name; a leaf appears when it has joined (`teleport_trust`). [API_NOT_FOUND]",
  );
  // A label hides the leaf from everybody whose roles have no `cluster_labels`: for alice it may as well not be there.
  const label = (labels: Record<string, string>) =>
    outside(root, async ({ presence }) => {
      const remoteCluster = await presence.getRemoteCluster({ name: "leaf.lab" });
      Object.assign(remoteCluster.metadata ?? {}, { labels });
      await presence.updateRemoteCluster({ remoteCluster, updateMask: { paths: ["Metadata.Labels"] } });
    });
  await label({ env: "hidden" });
  await refused(
    'data "teleport_remote_cluster" "it" {\n cluster = "alice"\n name = "leaf.lab"\n}',
    'has no leaf "leaf.lab", or it is hidden from this identity',
    "Check its real name, and give the identity a role with `cluster_labels: {'*': '*'}`: without it labels hide leaves. [TRUST_NOT_VISIBLE]",
  );
  await label({});
});

test("teleport_trusted_clusters shows the roots and their role maps, never a token", async () => {
  const found = await read('data "teleport_trusted_clusters" "it" {\n cluster = "leaf"\n}');
  const id = createHash("sha256").update("root.lab/leaf.lab").digest("hex").slice(0, 8);
  assert.deepEqual(found, {
    cluster: "leaf",
    id: "leaf.lab",
    trusted_clusters: [
      {
        name: "root.lab",
        description: "",
        labels: { "teleport-trust/id": id },
        enabled: true,
        web_proxy_addr: root.addresses.proxy,
        tunnel_addr: root.addresses.proxy,
        role_map: [
          { remote: "access", local: ["access"] },
          { remote: "^dev-(.*)$", local: ["$1", "visitor"] },
        ],
        roles: [],
      },
    ],
  });
  const state = acceptance.terraform.read("terraform.tfstate");
  for (const token of root.tokens.names) assert.ok(!state.includes(token));
});

test("teleport_provision_tokens shows hash, prefix, roles and end of tokens, never their names", async () => {
  const ours = `tt-0123abcd-${"7".repeat(32)}`;
  const value = (name: string, more: object) => ({ kind: "token", version: "v2", metadata: { name, ...more } });
  await outside(root, async ({ auth }) => {
    const expires = { seconds: 4_000_000_000n, nanos: 0 };
    const first = { ...value(ours, { expires, labels: { env: "demo" } }), spec: { roles: ["Trusted_cluster"] } };
    const second = { ...value("h4nd-made", { description: "by hand" }), spec: { roles: ["Bot"], botName: "ci" } };
    for (const token of [first, second]) await auth.upsertTokenV2({ token: { case: "v2", value: token } });
  });
  const { provision_tokens } = await read('data "teleport_provision_tokens" "it" {\n cluster = "root"\n}');
  const hash = (name: string) => `sha256:${createHash("sha256").update(name).digest("hex")}`;
  const common = { join_method: "token" };
  const expected = [
    {
      ...common,
      id: hash(ours),
      prefix: "tt-0123abcd-",
      description: "",
      labels: { env: "demo" },
      expires: "2096-10-02T07:06:40Z",
      roles: ["Trusted_cluster"],
      bot_name: "",
    },
    {
      ...common,
      id: hash("h4nd-made"),
      prefix: null,
      description: "by hand",
      labels: {},
      expires: null,
      roles: ["Bot"],
      bot_name: "ci",
    },
  ].sort((a, b) => (a.id < b.id ? -1 : 1));
  assert.deepEqual(provision_tokens, expected);
  const state = acceptance.terraform.read("terraform.tfstate");
  for (const name of [ours, "h4nd-made"]) assert.ok(!state.includes(name), name);
});

const node = (hostname: string, env: string, logins: string[] | null) => ({
  name: `id-of-${hostname}`,
  hostname,
  addr: "127.0.0.1:3022",
  labels: { env, kernel: "6.1" },
  logins,
  version: "17.7.0",
});

test("teleport_nodes lists the nodes of the cluster that is asked, all or by label", async () => {
  const all = await read('data "teleport_nodes" "it" {\n cluster = "leaf"\n}');
  assert.deepEqual(all.nodes, [node("node-1", "demo", null), node("node-2", "prod", null)]);
  const some = await read('data "teleport_nodes" "it" {\n cluster = "leaf"\n labels = { env = "prod" }\n}');
  assert.deepEqual(some.nodes, [node("node-2", "prod", null)]);
  assert.deepEqual((await read('data "teleport_nodes" "it" {\n cluster = "root"\n}')).nodes, []);
});

const mapping = (roles: string, more = "") =>
  `data "teleport_role_mapping" "it" {\n cluster = "leaf"\n roles = ${roles}\n ${more}\n depends_on = [teleport_trust.leaf]\n}`;

test("teleport_role_mapping tells which roles of the leaf are held, why, and what they allow", async () => {
  const found = await read(mapping('["dev-visitor", "access", "other"]', 'root = "root.lab"'));
  const { mappings, ...rest } = found;
  assert.deepEqual(rest, {
    cluster: "leaf",
    root: "root.lab",
    roles: ["dev-visitor", "access", "other"],
    id: "root.lab/leaf.lab",
    enabled: true,
    local_roles: ["access", "visitor"],
    logins: ["{{internal.logins}}", "visitor"],
  });
  const common = { exists: true, denied_node_labels: {}, denied_logins: [], kubernetes_groups: [] };
  assert.deepEqual(mappings, [
    {
      ...common,
      role: "access",
      remote_role: "access",
      row: 0,
      logins: ["{{internal.logins}}"],
      node_labels: { "*": ["*"] },
    },
    {
      ...common,
      role: "visitor",
      remote_role: "dev-visitor",
      row: 1,
      logins: ["visitor", "guest"],
      denied_logins: ["guest"],
      node_labels: { env: ["demo"] },
      denied_node_labels: { env: ["secret"] },
      kubernetes_groups: ["viewers"],
    },
  ]);
  assert.deepEqual((await read(mapping('["auditor"]'))).local_roles, []);
});

test("teleport_role_mapping warns of roles that the leaf lacks, and names the roots that it has", async () => {
  configure(mapping('["dev-nobody"]'));
  const run = await acceptance.applied();
  assertSays(run, 'Warning: the role map leads to roles that cluster "leaf"');
  assertSays(run, "does not have: nobody");
  assertSays(
    run,
    "The leaf refuses such users wholly: create the roles there, or change the role map. [TRUST_LOCAL_ROLE]",
  );
  await refused(
    mapping('["access"]', 'root = "rot.lab"'),
    'trusts no cluster "rot.lab"',
    "Give the root's real name, as `teleport_trusted_clusters` shows it. [API_NOT_FOUND]",
  );
  await refused(mapping('["access", ""]'), "role 2 of the list is empty", "Name a role of the root. [API_INVALID]");
});

const access = (cluster: string, more = "") =>
  `data "teleport_leaf_access" "it" {\n cluster = "${cluster}"\n leaf = "leaf.lab"\n ${more}\n depends_on = [teleport_trust.leaf]\n}`;

test("teleport_leaf_access tells what the identity really reaches through the tunnel", async () => {
  assert.deepEqual(await read(access("alice")), {
    cluster: "alice",
    leaf: "leaf.lab",
    labels: null,
    id: "root.lab/leaf.lab",
    user: "remote-alice-root.lab",
    roles: ["access"],
    logins: ["alice"],
    nodes: [node("node-1", "demo", ["alice"]), node("node-2", "prod", ["alice"])],
  });
  const { nodes } = await read(access("alice", 'labels = { env = "demo" }'));
  assert.deepEqual(nodes, [node("node-1", "demo", ["alice"])]);
});

test("teleport_leaf_access fails with the reason when no role is mapped, when a mapped role is missing, and when there is no way", async () => {
  await refused(
    access("root"),
    'no roles mapped for remote user "bot" from cluster "root.lab" with remote roles [teleport-trust-iac]',
    "The leaf's role map has no row for the roles of this identity: add one, or use an identity whose roles have one. [API_ACCESS_DENIED]",
  );
  await refused(
    access("root").replace("leaf.lab", "other.lab"),
    'has no leaf "other.lab", or it is hidden from this identity',
    "Check the leaf's real name; a leaf with labels is seen only with `cluster_labels` that fit them. [TRUST_NOT_VISIBLE]",
  );
  configure(access("root"), '[{ remote = "*", local = ["x$1"] }]');
  assertRefused(
    await acceptance.apply(),
    "role xteleport-trust-iac is not found",
    "The role map leads to a role that leaf.lab does not have, so it refuses the identity wholly: create the role there, or change the role map. [TRUST_LOCAL_ROLE]",
  );
  configure(access("root"), rows, false);
  assertRefused(await acceptance.apply(), "leaf.lab cannot be reached through cluster", "[TRUST_NOT_ONLINE]");
  configure(mapping('["access"]'), rows, false);
  assertSays(await acceptance.applied(), "is disabled: nobody gets in by this role map");
});
