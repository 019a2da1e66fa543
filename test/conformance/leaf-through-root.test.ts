// A leaf as its root's users reach it: the provider's calls through the lab's proxy and reverse tunnel, decided by the leaf's own role map.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Lab, type LabCluster } from "../../lab";
import { ServerV2Schema } from "../../lab/gen/teleport/types/server_pb";
import { type Cluster, type Connections, createConnections } from "../../provider/cluster";
import { Problem } from "../../trust";
import { settingsOf, testSurroundings } from "../support/cluster-surroundings";
import { joinLab } from "../support/lab-clients";

const signal = () => AbortSignal.timeout(20_000);

let lab: Lab;
before(async () => {
  lab = await new Lab({ nodes: [] }).ready;
  await joinLab(lab.root, lab.leaf(), "a-token");
  for (const env of ["demo", "prod"]) {
    const metadata = { name: `id-of-${env}`, labels: { env } };
    lab
      .leaf()
      .storage.upsert(
        "node",
        create(ServerV2Schema, { kind: "node", version: "v2", metadata, spec: { hostname: env } }),
      );
  }
});
after(() => lab.dispose());

/** The root as one of its users sees it, for as long as `work` takes. */
async function as<T>(
  user: string,
  work: (root: Cluster) => Promise<T>,
  addr: (root: LabCluster) => string = ({ addresses }) => addresses.proxy,
): Promise<T> {
  const settings = settingsOf(addr(lab.root), lab.root.identities[user]?.identityFile ?? "", { insecure: true });
  const config = { default: settings, clusters: new Map(), clustersUnknown: false };
  const connections: Connections = createConnections(config, testSurroundings());
  try {
    return await work(connections.get());
  } finally {
    await connections.close();
  }
}

async function refusal(call: Promise<unknown>): Promise<Problem> {
  const error = await call.then(
    () => assert.fail("the call succeeded"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
}

const addresses: readonly [name: string, addr: (root: LabCluster) => string][] = [
  ["by the root's proxy", (root) => root.addresses.proxy],
  ["by the root's Auth, which knows its proxy", (root) => root.addresses.auth],
];

for (const [name, addr] of addresses) {
  test(`a user of the root is somebody on the leaf: ${name}`, async () => {
    await as(
      "alice",
      async (root) => {
        const leaf = root.throughTrust("leaf.lab");
        assert.equal((await leaf.currentUser(signal())).metadata?.name, "remote-alice-root.lab");
        assert.deepEqual(
          (await leaf.currentRoles(signal())).map((role) => role.metadata?.name),
          ["access"],
        );
        const nodes = await leaf.nodes.list({}, signal());
        assert.deepEqual(
          nodes.map(({ node, logins }) => [node.spec?.hostname, logins]),
          [
            ["demo", ["alice"]],
            ["prod", ["alice"]],
          ],
        );
        assert.equal((await leaf.nodes.list({ env: "prod" }, signal())).length, 1);
      },
      addr,
    );
  });
}

test("the root does not know the nodes of its leaf", async () => {
  assert.deepEqual(await as("alice", (root) => root.nodes.list({}, signal())), []);
});

test("a user whose roles have no row in the role map is refused in the leaf's words", async () => {
  const { code, what, next } = await as("bot", (root) => refusal(root.throughTrust("leaf.lab").currentRoles(signal())));
  assert.equal(code, "API_ACCESS_DENIED");
  assert.match(
    what,
    /^cannot read the roles of this identity in leaf\.lab \(through the default cluster \(127\.0\.0\.1:\d+\)\): no roles mapped for remote user "bot" from cluster "root\.lab" with remote roles \[teleport-trust-iac\]$/,
  );
  assert.equal(
    next,
    "The leaf's role map has no row for the roles of this identity: add one, or use an identity whose roles have one.",
  );
});

test("a leaf that the root does not have is named", async () => {
  const { code, what, next } = await as("bot", (root) => refusal(root.throughTrust("other.lab").currentUser(signal())));
  assert.equal(code, "TRUST_NOT_VISIBLE");
  assert.match(
    what,
    /^the default cluster \(127\.0\.0\.1:\d+\) has no leaf "other\.lab", or it is hidden from this identity$/,
  );
  assert.equal(
    next,
    "Check the leaf's real name; a leaf with labels is seen only with `cluster_labels` that fit them.",
  );
});

test("a leaf without a tunnel is said to be out of reach, with what the root says of it", async () => {
  const link = lab.leaf().link("tunnel");
  link.cut();
  try {
    await lab.root.offline("leaf.lab", signal());
    const { code, what } = await as("bot", (root) => refusal(root.throughTrust("leaf.lab").currentUser(signal())));
    assert.equal(code, "TRUST_NOT_ONLINE");
    assert.match(
      what,
      /^leaf\.lab cannot be reached through the default cluster \(127\.0\.0\.1:\d+\): it closed the connection before the TLS handshake was done; the root says that it is offline$/,
    );
  } finally {
    link.restore();
  }
  await lab.root.online("leaf.lab", signal());
  assert.equal((await as("alice", (root) => root.throughTrust("leaf.lab").nodes.list({}, signal()))).length, 2);
});
