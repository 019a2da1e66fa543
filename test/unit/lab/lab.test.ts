import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import tls from "node:tls";
import { ConnectError } from "@connectrpc/connect";

import { Lab } from "../../../lab";
import { createAuthorities } from "../../../lab/ca";
import { authProtocol } from "../../../lab/proxy";
import { botOf, identityOf, joinLab, labClients, trustedCluster } from "../../support/lab-clients";

/** The text of a refused call, as a client shows it. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return ConnectError.from(error).message;
  }
  return "not refused";
}

/** Kinds of open handles that a lab could leave behind. */
async function openHandles(): Promise<string[]> {
  // Handles that were closed in this turn of the event loop are gone in a later one.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCP|TLS|Timeout|Pipe(?!Wrap)|HTTP/.test(name))
    .sort();
}

describe("a leaf and its root", () => {
  let lab: Lab;

  before(async () => {
    lab = await new Lab({ statusRefreshMs: 50 }).ready;
    await joinLab(lab.root, lab.leaf(), randomUUID());
  });

  after(() => lab.dispose());

  test("the root sees the leaf online, by one tunnel, and has heard of it", () => {
    const leaf = lab.root.storage.get("remote_cluster", "leaf.lab");
    assert.equal(leaf?.status?.connection, "online");
    assert.ok(Math.abs(Number(leaf.status.lastHeartbeat?.seconds) * 1000 - lab.clock.now()) < 5_000);
    assert.equal(lab.root.link("tunnel").connections, 1);
    assert.equal(lab.leaf().link("tunnel").connections, 1);
  });

  test("the leaf's Auth is reached through the root's proxy and the tunnel", async () => {
    const clients = labClients(lab.leaf(), { tls: botOf(lab.leaf()), proxyAddr: lab.root.addresses.proxy });
    const { clusterName, serverVersion } = await clients.auth.ping({});
    assert.deepEqual({ clusterName, serverVersion }, { clusterName: "leaf.lab", serverVersion: "17.7.0" });
    clients.close();
  });

  test("the own Auth is reached through the proxy", async () => {
    const clients = labClients(lab.root, { tls: botOf(lab.root), proxyAddr: lab.root.addresses.proxy });
    assert.equal((await clients.auth.ping({})).clusterName, "root.lab");
    clients.close();
  });

  test("a proxy closes connections to the Auth of a cluster that it does not know", async () => {
    const [host, port] = lab.root.addresses.proxy.split(":");
    const options = { host: host as string, port: Number(port), rejectUnauthorized: false };
    const socket = tls.connect({ ...options, ALPNProtocols: [authProtocol("nowhere.lab"), "h2"] });
    const [error] = await once(socket, "error");
    assert.match(String(error), /ECONNRESET|disconnected/);
  });

  test("a cut tunnel shows as offline and comes back by itself", async () => {
    const { root } = lab;
    const leaf = lab.leaf();
    leaf.link("tunnel").cut();
    await root.offline("leaf.lab", AbortSignal.timeout(5_000));
    leaf.link("tunnel").restore();
    // The next attempt comes after a pause, which the lab's clock counts.
    const online = root.online("leaf.lab", AbortSignal.timeout(5_000));
    await lab.clock.advance(60_000);
    await online;
    await leaf.connected("root.lab");
  });

  test("a leaf that sends nothing is offline after a quarter of an hour", async () => {
    lab.leaf().link("tunnel").blackhole();
    const offline = lab.root.offline("leaf.lab", AbortSignal.timeout(5_000));
    await lab.clock.advance(16 * 60_000);
    await offline;
    const back = lab.root.online("leaf.lab", AbortSignal.timeout(5_000));
    lab.leaf().link("tunnel").restore();
    await lab.clock.advance(5 * 60_000);
    await back;
  });

  test("a leaf that the root forgets loses its tunnel", async () => {
    const clients = labClients(lab.root, { tls: botOf(lab.root) });
    const gone = lab.root.events.next("tunnel.disconnected", AbortSignal.timeout(5_000));
    await clients.presence.deleteRemoteCluster({ name: "leaf.lab" });
    assert.equal((await gone).name, "leaf.lab");
    clients.close();
  });
});

describe("who calls", () => {
  let lab: Lab;

  before(async () => {
    lab = await new Lab().ready;
  });

  after(() => lab.dispose());

  test("nobody's certificate may connect and do nothing", async () => {
    const clients = labClients(lab.root);
    assert.match(await refusal(clients.auth.getRoles({})), /unimplemented|permission_denied/);
    assert.match(await refusal(clients.auth.getRole({ name: "access" })), /access denied/);
    clients.close();
  });

  test("another cluster's certificate ends the connection", async () => {
    const refused = lab.root.events.next("auth.refused", AbortSignal.timeout(5_000));
    const clients = labClients(lab.root, { tls: botOf(lab.leaf()) });
    assert.notEqual(await refusal(clients.auth.ping({})), "not refused");
    assert.match((await refused).detail ?? "", /certificate signed by unknown authority/);
    clients.close();
  });

  test("a forged certificate, right in every name, ends the connection", async () => {
    const forger = await createAuthorities({ clusterName: "root.lab", proxyHost: "127.0.0.1" }, "balanced-v1", {
      realNow: Date.now,
      randomBytes,
    });
    const forged = await forger.issueUser(identityOf(lab.root, "bot").identity, 3_600_000);
    const refused = lab.root.events.next("auth.refused", AbortSignal.timeout(5_000));
    const clients = labClients(lab.root, { tls: forged.tls });
    assert.notEqual(await refusal(clients.auth.ping({})), "not refused");
    assert.match((await refused).detail ?? "", /certificate signed by unknown authority/);
    clients.close();
  });

  test("an expired certificate ends the connection", async () => {
    const { identity } = identityOf(lab.root, "bot");
    const expired = await lab.root.authorities.issueUser(identity, -1_000);
    const refused = lab.root.events.next("auth.refused", AbortSignal.timeout(5_000));
    const clients = labClients(lab.root, { tls: expired.tls });
    assert.notEqual(await refusal(clients.auth.ping({})), "not refused");
    assert.match((await refused).detail ?? "", /certificate has expired/);
    clients.close();
  });

  test("alice may look but not touch", async () => {
    const { tls: credentials } = await lab.root.login("alice");
    const clients = labClients(lab.root, { tls: credentials });
    const denied = await refusal(clients.auth.deleteRole({ name: "access" }));
    assert.match(denied, /access denied to perform action "delete" on "role"/);
    clients.close();
  });

  test("a leaf whose host does not trust the proxy's certificate does not join", async () => {
    const leaf = lab.leaf();
    const roots = leaf.webRoots.splice(0);
    const clients = labClients(leaf, { tls: botOf(leaf) });
    const denied = await refusal(clients.trust.upsertTrustedCluster({ trustedCluster: trustedCluster(lab.root, "x") }));
    assert.match(denied, /the trusted cluster uses misconfigured HTTP\/TLS certificate\./);
    leaf.webRoots.push(...roots);
    clients.close();
  });

  test("a wrong token is refused in the proxy's words", async () => {
    const leaf = lab.leaf();
    const clients = labClients(leaf, { tls: botOf(leaf) });
    const denied = await refusal(clients.trust.upsertTrustedCluster({ trustedCluster: trustedCluster(lab.root, "x") }));
    assert.match(denied, /access denied: the cluster token has been rejected/);
    clients.close();
  });

  test("an unknown user cannot log in", async () => {
    await assert.rejects(lab.root.login("eve"), /user "eve" not found; users are: admin, alice, bot/);
  });
});

test("a cluster can announce another version than the one it behaves as", async () => {
  const lab = await new Lab({ teleportVersion: "17", root: { announcedVersion: "18.2.1" }, leaves: [] }).ready;
  assert.equal(lab.root.version, "18.2.1");
  await lab.dispose();
});

test("a leaf can do without a database authority and joins all the same", async () => {
  const lab = await new Lab({ leaves: [{ withoutAuthorities: ["db"] }], statusRefreshMs: 50 }).ready;
  assert.equal(lab.leaf().storage.get("cert_authority", "db/leaf.lab"), undefined);
  await joinLab(lab.root, lab.leaf(), randomUUID());
  await lab.dispose();
});

test("a whole version text is announced as it stands", async () => {
  const lab = await new Lab({ teleportVersion: "17.5.2", leaves: [] }).ready;
  assert.equal(lab.root.version, "17.5.2");
  await lab.dispose();
});

test("the legacy suite joins as well", async () => {
  const lab = await new Lab({ suite: "legacy", statusRefreshMs: 50 }).ready;
  await joinLab(lab.root, lab.leaf(), randomUUID());
  await lab.dispose();
});

test("a leaf joins by the plain tunnel port", async () => {
  const lab = await new Lab({ statusRefreshMs: 50 }).ready;
  const { root } = lab;
  const token = randomUUID();
  const clients = [root, lab.leaf()].map((cluster) => labClients(cluster, { tls: botOf(cluster) }));
  await clients[0]?.auth.createTokenV2({
    token: {
      case: "v2",
      value: { kind: "token", version: "v2", metadata: { name: token }, spec: { roles: ["trusted_cluster"] } },
    },
  });
  const wish = trustedCluster(root, token);
  await clients[1]?.trust.upsertTrustedCluster({
    trustedCluster: { ...wish, spec: { ...wish.spec, tunnelAddr: root.addresses.tunnel } },
  });
  await root.online("leaf.lab", AbortSignal.timeout(5_000));
  for (const client of clients) client.close();
  assert.deepEqual(lab.issuedTokens, [token]);
  await lab.dispose();
});

test("a leaf has a node, which stays registered as long as it is there; a root has none unless it is told so", async () => {
  const lab = await new Lab({ leaves: [{}, { nodes: [] }], root: { nodes: [{ hostname: "bastion" }] } }).ready;
  const [first, second] = lab.leaves;
  const { id, address } = first?.nodes[0] ?? {};
  assert.deepEqual(
    first?.nodes.map(({ hostname, labels }) => [hostname, labels]),
    [["node-1", { env: "demo" }]],
  );
  assert.deepEqual([second?.nodes, lab.root.nodes.map(({ labels }) => labels)], [[], [{}]]);
  await lab.clock.advance(60 * 60_000);
  const [node] = first?.storage.list("node") ?? [];
  assert.deepEqual([node?.metadata?.name, node?.spec?.addr, node?.spec?.hostname], [id, address, "node-1"]);
  const clients = labClients(lab.root, { tls: botOf(lab.root) });
  const { resources } = await clients.auth.listResources({ resourceType: "node", namespace: "default", limit: 10 });
  assert.deepEqual(
    resources.map(({ resource }) => (resource.case === "node" ? resource.value.spec?.hostname : undefined)),
    ["bastion"],
  );
  clients.close();
  await lab.dispose();
});

test("options that cannot be are refused before anything starts", () => {
  assert.throws(
    () => new Lab({ nodes: [{ hostname: "../x" }] }),
    /"..\/x" is not a host name: letters, digits, dots and/,
  );
  const twins = [{ hostname: "a" }, { hostname: "a" }];
  assert.throws(() => new Lab({ root: { nodes: twins } }), /two nodes of root\.lab are called "a"/);
  assert.throws(() => new Lab({ teleportVersion: "3" }), RangeError);
  assert.throws(() => new Lab({ root: { name: "a b" } }), /"a b" is not a cluster name/);
  assert.throws(() => new Lab({ leaves: [{ name: "root.lab" }] }), /two clusters are called "root.lab"/);
});

test("a lab says when it is asked too early, or for what it does not have", async () => {
  const lab = new Lab();
  assert.throws(() => lab.root, /await `lab.ready` first/);
  await lab.ready;
  assert.throws(() => lab.leaf("x"), /the lab has no leaf "x"; leaves are: leaf.lab/);
  assert.throws(() => lab.cluster("x"), /the lab has no cluster "x"; clusters are: root.lab, leaf.lab/);
  await lab.dispose();
});

test("dispose leaves nothing open, also with tunnels, clients and faults, twice and in the middle of the start", async () => {
  const before = await openHandles();
  const lab = await new Lab({ leaves: [{ name: "a.lab" }, { name: "b.lab" }], statusRefreshMs: 50 }).ready;
  await Promise.all(lab.leaves.map((leaf) => joinLab(lab.root, leaf, randomUUID())));
  const clients = labClients(lab.root, { tls: botOf(lab.root) });
  await clients.auth.ping({});
  const hold = lab.calls.holdAnswerOf(1, { cluster: "root.lab" });
  const held = clients.auth.getRole({ name: "access" }).catch((error: unknown) => error);
  await hold.reached;
  lab.leaf("a.lab").link("tunnel").blackhole();
  lab.leaf("b.lab").link("tunnel").pause();
  await Promise.all([lab.dispose(), lab.dispose()]);
  await held;
  clients.close();
  const early = new Lab();
  await early.dispose();
  assert.deepEqual(await openHandles(), before);
});
