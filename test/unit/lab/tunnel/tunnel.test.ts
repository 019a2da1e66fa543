import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { connectSsh, type SshClientCredentials, SshError } from "../../../../lab/ssh";
import { remoteAuthServer } from "../../../../lab/tunnel";
import { dialThrough } from "../../../../lab/tunnel/transport-channel";
import { newCertificate, newKey } from "../../../support/ssh-fixtures";
import { join, leafHostId, newCluster, readAll, rootProxyId, serviceOf, type World, withWorld } from "./tunnel-world";

const signal = () => AbortSignal.timeout(10_000);
const minute = 60_000;

describe("a reverse tunnel", () => {
  it("registers the leaf with version, host name and a first heartbeat", () =>
    withWorld({}, async (world) => {
      const heartbeats: number[] = [];
      world.server.events.on("heartbeat", ({ lastHeartbeatAt }) => heartbeats.push(lastHeartbeatAt));
      const pool = await join(world);
      const [tunnel, ...others] = world.server.tunnels("leaf.lab");
      assert.ok(tunnel);
      assert.deepEqual(others, []);
      assert.equal(tunnel.version, "17.7.0");
      assert.equal(tunnel.hostName, `${leafHostId}.leaf.lab`);
      assert.equal(tunnel.invalid, undefined);
      assert.ok(heartbeats.length >= 1);
      assert.deepEqual(pool.proxies("root.lab"), [`${rootProxyId}.root.lab`]);
      assert.deepEqual(world.refusals, []);
    }));

  it("leads to the leaf's auth, and to any address, with an echo of 1 MB", () =>
    withWorld({}, async (world) => {
      await join(world);
      for (const address of [remoteAuthServer, "node-1.leaf.lab:22"]) {
        const stream = await world.server.dial("leaf.lab", { address, serverId: "uuid.leaf.lab" }, signal());
        const sent = "x".repeat(1024 * 1024);
        stream.end(sent);
        assert.equal(await readAll(stream), `${address} [uuid.leaf.lab] ${sent}`);
      }
    }));

  it("tells the dialer why the leaf could not connect", () =>
    withWorld({}, async (world) => {
      await join(world);
      await assert.rejects(world.server.dial("leaf.lab", { address: "nowhere:1" }, signal()), {
        name: "TraceError",
        kind: "connection_problem",
        message: "connection rejected: dial tcp: lookup nowhere: no such host",
      });
      await assert.rejects(world.server.dial("leaf.lab", {}, signal()), {
        message: "connection rejected: serverID or address required",
      });
    }));

  it("gives a dial up when it is told to, and tells the leaf's dialer", () =>
    withWorld({}, async (world) => {
      const abort = new AbortController();
      let reached: (value: AbortSignal) => void = () => {};
      const dialling = new Promise<AbortSignal>((done) => {
        reached = done;
      });
      await join(world, {
        dial: (_request, given) => {
          reached(given);
          return new Promise((_, fail) => given.addEventListener("abort", () => fail(new Error("given up"))));
        },
      });
      const dial = world.server.dial("leaf.lab", { address: remoteAuthServer }, abort.signal);
      const given = await dialling;
      abort.abort();
      await assert.rejects(dial, { kind: "connection_problem" });
      if (!given.aborted) await once(given, "abort");
    }));

  it("says what is wrong with a leaf that cannot be dialled", () =>
    withWorld({}, async (world) => {
      await assert.rejects(world.server.dial("other.lab", { address: remoteAuthServer }, signal()), {
        kind: "not_found",
        message: 'cluster "other.lab" is not found',
      });
      await assert.rejects(world.server.dial("leaf.lab", { address: remoteAuthServer }, signal()), {
        kind: "connection_problem",
        message: "leaf.lab is offline: no active tunnels to root.lab found",
      });
    }));

  it("goes when the trusted cluster is disabled, and comes back when it is enabled", () =>
    withWorld({}, async (world) => {
      const pool = await join(world);
      const gone = once(world.server.events, "disconnected");
      pool.setTunnels([]);
      const [tunnel, last] = await gone;
      assert.equal(tunnel.clusterName, "leaf.lab");
      assert.equal(last, true);
      assert.deepEqual(world.server.tunnels(), []);
      const back = once(world.server.events, "connected");
      pool.setTunnels([{ name: "root.lab", tunnelAddr: world.tunnelAddr }]);
      await back;
      await pool.connected("root.lab");
    }));

  it("comes back after it was cut, and after the root was down for a while", () =>
    withWorld({}, async (world) => {
      const pool = await join(world);
      const lost = once(pool.events, "disconnected");
      world.down.now = true;
      for (const socket of world.sockets) socket.resetAndDestroy();
      await lost;
      assert.deepEqual(pool.proxies("root.lab"), []);
      for (let failures = 0; failures < 3; failures += 1) await once(pool.events, "failed");
      world.down.now = false;
      await pool.connected("root.lab");
      assert.equal(world.server.tunnels("leaf.lab").length, 1);
    }));

  it("fails a stream inside it when it is cut", () =>
    withWorld({}, async (world) => {
      await join(world);
      const stream = await world.server.dial("leaf.lab", { address: "node:22" }, signal());
      stream.resume();
      const closed = once(stream, "close");
      for (const socket of world.sockets) socket.resetAndDestroy();
      await assert.rejects(closed, { name: "SshError", reason: "closed" });
      assert.ok(stream.destroyed);
    }));

  it("waits longer after each failure, half of it by chance", () =>
    withWorld({}, async (world) => {
      world.down.now = true;
      const pauses: number[] = [];
      const draws = [0, 0.5, 1, 0, 0];
      const pool = world.startLeaf({ backoff: { firstMs: 100, maxMs: 1000 }, random: () => draws.shift() ?? 0 });
      pool.events.on("failed", (_tunnel, _error, retryInMs) => pauses.push(retryInMs));
      pool.setTunnels([{ name: "root.lab", tunnelAddr: world.tunnelAddr }]);
      await once(pool.events, "failed");
      for (let i = 0; i < 4; i += 1) {
        const failed = once(pool.events, "failed");
        await world.clock.advance(1000);
        await failed;
      }
      assert.deepEqual(pauses, [50, 150, 400, 400, 500]);
    }));

  it("claims one connection a proxy", () =>
    withWorld({ proxies: () => [rootProxyId, "another-proxy"] }, async (world) => {
      // The second proxy that the root names is behind the same address, as behind a load balancer that always picks the first.
      const pool = world.startLeaf();
      const failed = once(pool.events, "failed");
      pool.setTunnels([{ name: "root.lab", tunnelAddr: world.tunnelAddr }]);
      await pool.connected("root.lab");
      const [, error] = await failed;
      assert.equal(error.message, `failed to claim proxy ${rootProxyId}.root.lab: proxy already claimed`);
      assert.deepEqual(pool.proxies("root.lab"), [`${rootProxyId}.root.lab`]);
      assert.equal(world.server.tunnels("leaf.lab").length, 1);
    }));

  it("drains when the proxy advises it, and another connection takes over", () =>
    withWorld({}, async (world) => {
      const pool = await join(world);
      const old = world.server.tunnels("leaf.lab")[0];
      const session = await world.server.dial("leaf.lab", { address: "node:22" }, signal());
      session.setEncoding("utf8");
      const replaced = once(world.server.events, "connected");
      await world.server.adviseReconnect();
      await replaced;
      assert.equal(world.server.tunnels("leaf.lab").length, 2, "the session keeps the old one");
      session.end("still there");
      assert.equal(await readAll(session), "node:22 [] still there");
      if (world.server.tunnels("leaf.lab").length > 1) await once(world.server.events, "disconnected");
      const [current, ...others] = world.server.tunnels("leaf.lab");
      assert.notEqual(current, old);
      assert.deepEqual(others, []);
      assert.deepEqual(pool.proxies("root.lab"), [`${rootProxyId}.root.lab`]);
    }));

  it("ends when the root removes the leaf, and the leaf keeps trying", () =>
    withWorld({}, async (world) => {
      const pool = await join(world);
      const back = once(world.server.events, "connected");
      world.server.disconnect("leaf.lab");
      await back;
      await pool.connected("root.lab");
    }));

  it("rejects what waits for a connection that nobody wants any more", () =>
    withWorld({}, async (world) => {
      world.down.now = true;
      const pool = world.startLeaf();
      pool.setTunnels([{ name: "root.lab", tunnelAddr: world.tunnelAddr }]);
      const removed = assert.rejects(pool.connected("root.lab"), { message: "the tunnel to root.lab was removed" });
      pool.setTunnels([]);
      await removed;
      const stopped = assert.rejects(pool.connected("root.lab"), { message: "the agent pool was stopped" });
      await pool.stop();
      await stopped;
      await assert.rejects(pool.connected("root.lab"), { message: "the agent pool was stopped" });
    }));
});

describe("heartbeats, by the lab's clock", () => {
  it("come every five minutes, and keep the tunnel valid for hours", () =>
    withWorld({}, async (world) => {
      await join(world);
      const tunnel = world.server.tunnels("leaf.lab")[0];
      assert.ok(tunnel);
      const start = tunnel.lastHeartbeatAt;
      for (let i = 1; i <= 24; i += 1) {
        const heartbeat = once(world.server.events, "heartbeat");
        await world.clock.advance(5 * minute);
        await heartbeat;
        // The leaf counts from when it sent, the root from when it heard.
        assert.ok(Math.abs(tunnel.lastHeartbeatAt - (start + i * 5 * minute)) < minute);
      }
      assert.equal(tunnel.invalid, undefined);
    }));

  it("when they stay away, make the tunnel invalid after 15 minutes and close it after 45", () =>
    withWorld({}, async (world) => {
      // A leaf whose own interval is a day: as good as one that hangs.
      await join(world, { keepAliveIntervalMs: 24 * 60 * minute });
      const tunnel = world.server.tunnels("leaf.lab")[0];
      assert.ok(tunnel);
      const dial = () => world.server.dial("leaf.lab", { address: remoteAuthServer }, signal());
      await world.clock.advance(14 * minute);
      assert.equal(tunnel.invalid, undefined);
      (await dial()).destroy();
      await world.clock.advance(2 * minute);
      assert.equal(tunnel.invalid, "no heartbeats for 15m0s");
      await assert.rejects(dial(), { kind: "connection_problem", message: "cluster leaf.lab is offline" });
      await assert.rejects(world.server.dial("leaf.lab", { address: "node:22" }, signal()), {
        message: "node node:22 is offline",
      });
      const gone = once(world.server.events, "disconnected");
      await world.clock.advance(30 * minute);
      await gone;
    }));

  it("when they stay away, leave a tunnel alone that carries a session", () =>
    withWorld({}, async (world) => {
      await join(world, { keepAliveIntervalMs: 24 * 60 * minute });
      const session = await world.server.dial("leaf.lab", { address: "node:22" }, signal());
      await world.clock.advance(60 * minute);
      assert.equal(world.server.tunnels("leaf.lab").length, 1);
      session.end("alive");
      assert.equal(await readAll(session), "node:22 [] alive");
      const gone = once(world.server.events, "disconnected");
      await world.clock.advance(16 * minute);
      await gone;
    }));
});

describe("strangers at the tunnel port", () => {
  type Stranger = (world: World) => SshClientCredentials;
  const name = `${leafHostId}.leaf.lab`;
  const strangers: readonly (readonly [who: string, comesWith: Stranger, refusal: string])[] = [
    [
      "no certificate, only a key",
      () => ({ user: name, privateKey: newKey() }),
      `${name}: server doesn't support provided key type`,
    ],
    [
      "a certificate by a foreign authority that names the leaf",
      ({ leaf }) => host(name, serviceOf(leaf, leafHostId, { authority: newKey() })),
      `${name}: cluster leaf.lab has no matching CA keys`,
    ],
    [
      "a certificate of a cluster that nobody knows",
      () => host(`${leafHostId}.other.lab`, serviceOf(newCluster("other.lab"), leafHostId)),
      `${leafHostId}.other.lab: cluster other.lab has no matching CA keys`,
    ],
    [
      "the root's name on a certificate by the leaf's authority",
      ({ leaf }) =>
        host(
          name,
          serviceOf(leaf, leafHostId, {
            extensions: { "x-teleport-authority": "root.lab", "x-teleport-role": "Proxy" },
          }),
        ),
      `${name}: cluster root.lab has no matching CA keys`,
    ],
    [
      "an expired certificate",
      ({ leaf }) => host(name, serviceOf(leaf, leafHostId, { validBefore: new Date(Date.now() - 1000) })),
      `${name}: ssh: cert has expired`,
    ],
    [
      "a certificate of type user by the leaf's host authority",
      ({ leaf }) => host(name, serviceOf(leaf, leafHostId, { kind: "user" })),
      `${name}: cluster root.lab has no matching CA keys`,
    ],
    [
      "a certificate of type host by the leaf's user authority",
      ({ leaf }) => host(name, serviceOf(leaf, leafHostId, { authority: leaf.userAuthority })),
      `${name}: cluster leaf.lab has no matching CA keys`,
    ],
    [
      "a user's certificate of the leaf",
      ({ leaf }) => user(leaf.userAuthority, "alice"),
      "alice: cluster root.lab has no matching CA keys",
    ],
    [
      "a stolen certificate without its key",
      ({ leaf }) => ({ ...host(name, serviceOf(leaf, leafHostId)), privateKey: newKey() }),
      `${name}: the signature is not by the key that was offered`,
    ],
    [
      "another host's name",
      ({ leaf }) => host("somebody.leaf.lab", serviceOf(leaf, leafHostId)),
      `somebody.leaf.lab: ssh: principal "somebody.leaf.lab" not in the set of valid principals for given certificate: ["${name}"]`,
    ],
    [
      "a certificate without the cluster's name",
      ({ leaf }) => host(name, serviceOf(leaf, leafHostId, { extensions: { "x-teleport-role": "Proxy" } })),
      `${name}: certificate missing "x-teleport-authority" extension; this SSH host certificate was not issued by Teleport or issued by an older version of Teleport; try upgrading your Teleport nodes/proxies`,
    ],
    [
      "a certificate without a role",
      ({ leaf }) => host(name, serviceOf(leaf, leafHostId, { extensions: { "x-teleport-authority": "leaf.lab" } })),
      `${name}: certificate missing "x-teleport-role" extension; this SSH host certificate was not issued by Teleport or issued by an older version of Teleport; try upgrading your Teleport nodes/proxies`,
    ],
    [
      "a user certificate that is routed to the leaf",
      ({ root }) => user(root.userAuthority, "alice", { "teleport-route-to-cluster": "leaf.lab" }),
      'alice: this endpoint does not support cross-cluster routing (cannot route from "root.lab" to "leaf.lab")',
    ],
  ];

  function host(userName: string, { privateKey, parsed }: ReturnType<typeof serviceOf>): SshClientCredentials {
    return { user: userName, privateKey, certificate: parsed };
  }

  function user(
    authority: ReturnType<typeof newKey>,
    login: string,
    extensions: Record<string, string> = {},
  ): SshClientCredentials {
    const privateKey = newKey();
    const certificate = newCertificate(authority, privateKey, { kind: "user", principals: [login], extensions });
    return { user: login, privateKey, certificate };
  }

  function dial(world: World, credentials: SshClientCredentials) {
    const socket = connect({ port: world.port, host: "127.0.0.1" });
    return connectSsh(socket, { ...credentials, verifyHostKey: () => {} }, signal());
  }

  for (const [who, comesWith, refusal] of strangers) {
    it(`are refused: ${who}`, () =>
      withWorld({}, async (world) => {
        await assert.rejects(
          dial(world, comesWith(world)),
          (error) =>
            error instanceof SshError &&
            error.reason === "authentication" &&
            error.message.startsWith("ssh: handshake failed: ssh: unable to authenticate"),
        );
        assert.deepEqual(world.refusals, [refusal]);
        assert.deepEqual(world.server.tunnels(), []);
      }));
  }

  it("are let in, for control: the leaf's proxy, which is no tunnel before its heartbeat channel", () =>
    withWorld({}, async (world) => {
      const connection = await dial(world, host(name, serviceOf(world.leaf, leafHostId)));
      assert.deepEqual(world.refusals, []);
      assert.deepEqual(world.server.tunnels(), []);
      await assert.rejects(connection.openChannel("session"), {
        message: "reversetunnel received unknown channel request session",
      });
      await connection.close();
    }));

  it("are told that a leaf's node is no local service", () =>
    withWorld({}, async (world) => {
      const connection = await dial(world, host(name, serviceOf(world.leaf, leafHostId, { role: "Node" })));
      await assert.rejects(connection.openChannel("teleport-heartbeat"), {
        message: "agent from cluster leaf.lab cannot register local service Node",
      });
      await connection.whenClosed;
    }));

  it("but a user of the root reaches its auth here, and nothing else", () =>
    withWorld({}, async (world) => {
      const connection = await dial(
        world,
        user(world.root.userAuthority, "alice", { "teleport-route-to-cluster": "root.lab" }),
      );
      const stream = await dialThrough(connection, { address: remoteAuthServer }, signal());
      stream.end("hello");
      assert.equal(await readAll(stream), "the root's auth [] hello");
      await assert.rejects(dialThrough(connection, { address: "127.0.0.1:22" }, signal()), {
        message: 'connection rejected: users cannot dial "127.0.0.1:22" by this port',
      });
      await assert.rejects(connection.openChannel("teleport-heartbeat"), { reason: "refused" });
      await connection.close();
    }));
});

describe("a leaf refuses a root", () => {
  const roots: readonly (readonly [
    why: string,
    credentials: (root: ReturnType<typeof newCluster>) => ReturnType<typeof serviceOf>,
    text: RegExp,
  ])[] = [
    [
      "of a foreign authority",
      (root) => serviceOf(root, rootProxyId, { authority: newKey() }),
      /no authorities for hostname/,
    ],
    [
      "whose certificate has expired",
      (root) => serviceOf(root, rootProxyId, { validBefore: new Date(Date.now() - 1000) }),
      /cert has expired/,
    ],
    [
      "with a user certificate",
      (root) => serviceOf(root, rootProxyId, { kind: "user" }),
      /certificate presented as a host key has type 1/,
    ],
    [
      "without a name",
      (root) => serviceOf(root, rootProxyId, { principals: [] }),
      /host certificate has no principals/,
    ],
    [
      "with a stolen certificate",
      (root) => ({ ...serviceOf(root, rootProxyId), privateKey: newKey() }),
      /signature verification failed/,
    ],
  ];
  for (const [why, credentialsOf, text] of roots) {
    it(why, () => {
      let credentials: ReturnType<typeof serviceOf> | undefined;
      return withWorld({ credentials: () => credentials as ReturnType<typeof serviceOf> }, async (world) => {
        credentials = credentialsOf(world.root);
        const pool = world.startLeaf();
        const failed = once(pool.events, "failed");
        pool.setTunnels([{ name: "root.lab", tunnelAddr: world.tunnelAddr }]);
        const [, error] = await failed;
        assert.match(error.message, text);
        assert.deepEqual(world.server.tunnels(), []);
      });
    });
  }

  it("that nobody answers for", () =>
    withWorld({}, async (world) => {
      const pool = world.startLeaf();
      const failed = once(pool.events, "failed");
      pool.setTunnels([{ name: "root.lab", tunnelAddr: "127.0.0.1:1" }]);
      const [, error] = await failed;
      assert.equal(error.message, "failed to dial 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1");
    }));
});
