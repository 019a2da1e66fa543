// Ways to a cluster's Auth, over real sockets and real TLS.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { afterEach, before, test } from "node:test";

import type { CertificateAuthorities } from "../../../../lab/ca";
import { type Connections, createConnections } from "../../../../provider/cluster";
import { PingRequest, PingResponse } from "../../../../provider/cluster/gen/teleport/auth/auth_service";
import { grpcMethod, unaryRoute } from "../../../../provider/grpc";
import { Problem, Secret } from "../../../../trust";
import {
  authPeer,
  identityOf,
  listening,
  newAuthorities,
  routingProxy,
  type TestServer,
  tlsAuthority,
  webPeer,
} from "../../../support/auth-peer";
import { settingsOf, testSurroundings } from "../../../support/cluster-surroundings";
import { Cleanup } from "../../../support/grpc-peers";

const ping = grpcMethod("/proto.AuthService/Ping", PingRequest, PingResponse);
const cleanup = new Cleanup();
afterEach(() => cleanup.run());

let leaf: CertificateAuthorities;
let root: CertificateAuthorities;
let leafIdentity: string;

before(async () => {
  [leaf, root] = await Promise.all([newAuthorities("leaf.example.com"), newAuthorities("root.example.com")]);
  leafIdentity = await identityOf(leaf);
});

function ends<T extends { close(): Promise<void> }>(thing: T): T {
  cleanup.add(() => thing.close());
  return thing;
}

async function auth(authorities: CertificateAuthorities, trusts = authorities): Promise<TestServer> {
  const answer = PingResponse.fromPartial({ cluster_name: authorities.clusterName, server_version: "17.7.0" });
  return ends(await authPeer({ authorities, trusts, routes: [unaryRoute(ping, () => answer)] }));
}

function connect(addr: string, identity = leafIdentity, change: Parameters<typeof settingsOf>[2] = {}): Connections {
  const clusters = new Map([["leaf", settingsOf(addr, identity, change)]]);
  return ends(createConnections({ default: undefined, clusters, clustersUnknown: false }, testSurroundings()));
}

const pingLeaf = (connections: Connections) => connections.get("leaf").ping(new AbortController().signal);

async function failure(connections: Connections): Promise<Problem> {
  const error = await pingLeaf(connections).then(
    () => assert.fail("the call succeeded"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
}

test("reaches Auth directly, and shares one connection among all calls", async () => {
  const server = await auth(leaf);
  const connections = connect(server.addr);
  const answers = await Promise.all([pingLeaf(connections), pingLeaf(connections)]);
  assert.equal(answers[0]?.clusterName, "leaf.example.com");
  assert.equal(answers[1]?.serverVersion, "17.7.0");
  assert.equal(server.connections(), 1);
});

test("reaches Auth through a proxy with TLS routing, by the cluster that issued the identity", async () => {
  const server = await auth(leaf);
  const proxy = ends(await routingProxy({ "leaf.example.com": server.addr }, "127.0.0.1:1"));
  assert.equal((await pingLeaf(connect(proxy.addr))).clusterName, "leaf.example.com");
});

test("asks a proxy of another cluster for its name, where the identity's own is not served", async () => {
  // A root's user on a leaf: the leaf's authority is among those of the identity.
  const rootUser = (await identityOf(root)) + tlsAuthority(leaf, "host");
  const server = await auth(leaf, root);
  const web = ends(await webPeer({ cluster_name: "leaf.example.com", server_version: "17.7.0" }));
  const proxy = ends(await routingProxy({ "leaf.example.com": server.addr }, web.addr));
  const connections = connect(proxy.addr, rootUser, { insecure: true });
  assert.equal((await pingLeaf(connections)).clusterName, "leaf.example.com");
});

test("takes the second credentials where the first have expired or are refused", async () => {
  const server = await auth(leaf);
  const expired = new Secret(await identityOf(leaf, { ttlMs: -60_000 }));
  const foreign = new Secret((await identityOf(root)) + tlsAuthority(leaf, "host"));
  const credentials = [expired, foreign, new Secret(leafIdentity)].map(
    (content) => ({ kind: "identity", content, argument: "identity_file" }) as const,
  );
  assert.equal((await pingLeaf(connect(server.addr, "", { credentials }))).clusterName, "leaf.example.com");
});

test("connects again after the connection was lost", async () => {
  const server = await auth(leaf);
  const connections = connect(server.addr);
  const { roles } = connections.get("leaf");
  const call = () => roles.get("access", new AbortController().signal).catch((error: unknown) => error);
  const before = await call();
  server.drop();
  const after = await call();
  assert.equal((before as Problem).code, "API_UNSUPPORTED");
  assert.equal((after as Problem).code, "API_UNSUPPORTED");
  assert.equal(server.connections(), 2);
});

test("works with RSA keys of the legacy suite", async () => {
  const old = await newAuthorities("old.example.com", "legacy");
  const server = await auth(old);
  assert.equal((await pingLeaf(connect(server.addr, await identityOf(old)))).clusterName, "old.example.com");
});

test("says that nothing listens", async () => {
  const free = await listening(createServer(), "connection");
  await free.close();
  const problem = await failure(connect(free.addr));
  assert.equal(problem.code, "CONNECTION_FAILED");
  assert.equal(
    problem.what,
    `cannot connect to cluster "leaf" at ${free.addr} with the identity in \`identity_file\`: nothing listens there (connection refused)`,
  );
  assert.equal(problem.next, "Check `addr` and that the cluster is up and reachable from this machine.");
});

test("says that the server is of another cluster", async () => {
  const server = await auth(root, leaf);
  const problem = await failure(connect(server.addr));
  assert.equal(problem.code, "CONNECTION_UNTRUSTED");
  assert.equal(
    problem.what,
    `cannot connect to cluster "leaf" at ${server.addr} with the identity in \`identity_file\`: its certificate is signed by an authority that the credentials do not hold`,
  );
  assert.equal(
    problem.next,
    "`addr` and the credentials must belong to the same cluster; after a rotation of its host authority issue the credentials again.",
  );
});

test("says that the address is another cluster's proxy", async () => {
  const server = await auth(root);
  const web = ends(await webPeer({ cluster_name: "root.example.com", server_version: "17.7.0" }));
  const proxy = ends(await routingProxy({ "root.example.com": server.addr }, web.addr));
  const problem = await failure(connect(proxy.addr, leafIdentity, { insecure: true }));
  assert.equal(problem.code, "CONNECTION_UNTRUSTED");
  assert.match(
    problem.what,
    /: it belongs to cluster "root\.example\.com", the credentials to cluster "leaf\.example\.com"$/,
  );
  assert.equal(problem.next, "Use credentials of that cluster, or the address of theirs.");
});

test("says that something in front of the proxy ends TLS", async () => {
  const web = ends(await webPeer({ cluster_name: "leaf.example.com", server_version: "17.7.0" }));
  const problem = await failure(connect(web.addr, leafIdentity, { insecure: true }));
  assert.equal(problem.code, "CONNECTION_UNTRUSTED");
  assert.match(problem.what, /, although the web proxy there is of the right cluster, "leaf\.example\.com"$/);
  assert.match(problem.next, /a load balancer in front of the proxy must pass TLS through\.$/);
});

test("tells why the proxy could not be asked, where that might have helped", async () => {
  const web = ends(await webPeer({ cluster_name: "root.example.com", server_version: "17.7.0" }));
  const proxy = ends(await routingProxy({}, web.addr));
  const problem = await failure(connect(proxy.addr));
  assert.equal(problem.code, "CONNECTION_FAILED");
  assert.match(
    problem.what,
    /: it closed the connection before the TLS handshake was done; the cluster's name cannot be asked for: cannot connect to the web proxy at .* that this machine does not trust$/,
  );
});

test("says that the server refuses the identity", async () => {
  const server = await auth(leaf, root);
  const problem = await failure(connect(server.addr));
  assert.equal(problem.code, "CONNECTION_UNTRUSTED");
  assert.match(
    problem.what,
    /refuses the identity's certificate|closed the connection when it had seen the identity's certificate/,
  );
  assert.equal(
    problem.next,
    "The credentials must come from this cluster or from one that it trusts; after a rotation of its user authority issue them again.",
  );
});

test("says that the port does not speak TLS", async () => {
  const ssh = ends(
    await listening(
      createServer((socket) => socket.write("SSH-2.0-Teleport\r\n")),
      "connection",
    ),
  );
  const problem = await failure(connect(ssh.addr));
  assert.equal(problem.code, "CONNECTION_FAILED");
  assert.match(problem.what, /: it does not speak TLS \(a plain HTTP or an SSH port\?\)$/);
  assert.equal(problem.next, "Use the port of the web proxy (443 or 3080) or of Auth (3025).");
});

test("gives up on a server that says nothing, and does not try it again at once", async () => {
  const mute = ends(await listening(createServer(), "connection"));
  const connections = connect(mute.addr, leafIdentity, { dialTimeoutMs: 100 });
  const problem = await failure(connections);
  assert.equal(problem.code, "CONNECTION_FAILED");
  assert.match(problem.what, /: no answer within 0\.1 s$/);
  assert.equal(await failure(connections), problem);
  assert.equal(mute.connections(), 1);
});

test("is cancelled while it dials", async () => {
  const mute = ends(await listening(createServer(), "connection"));
  const controller = new AbortController();
  const call = connect(mute.addr).get("leaf").ping(controller.signal);
  setImmediate(() => controller.abort(new Error("stopped")));
  await assert.rejects(call, {
    code: "API_CANCELLED",
    what: /^cannot ping Auth in cluster "leaf" .*: the call was cancelled$/,
  });
});
