// The provider's cluster calls against the lab, which speaks gRPC by another library and decides by its own code.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";

import { Lab, type LabCluster, versionTable } from "../../lab";
import {
  type Cluster,
  type Connections,
  caPins,
  createConnections,
  ProvisionTokenV2,
  RoleV6,
  TrustedClusterV2,
} from "../../provider/cluster";
import { Problem } from "../../trust";
import { identityOf, newAuthorities } from "../support/auth-peer";
import { settingsOf, testSurroundings } from "../support/cluster-surroundings";

const signal = () => AbortSignal.timeout(20_000);

function connect(lab: Lab, addrOf: (cluster: LabCluster) => string, user: "bot" | "alice" = "bot"): Connections {
  const clusters = new Map(
    lab.clusters.map((cluster) => {
      const identity = cluster.identities[user]?.identityFile ?? "";
      return [cluster.name, settingsOf(addrOf(cluster), identity, { insecure: true })] as const;
    }),
  );
  return createConnections({ default: undefined, clusters, clustersUnknown: false }, testSurroundings());
}

async function refusal(call: Promise<unknown>): Promise<Problem> {
  const error = await call.then(
    () => assert.fail("the call succeeded"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
}

function newToken(name: string): ProvisionTokenV2 {
  const expires = { seconds: BigInt(Math.floor(Date.now() / 1000) + 300), nanos: 0 };
  return ProvisionTokenV2.fromPartial({
    kind: "token",
    version: "v2",
    metadata: { name, expires },
    spec: { roles: ["Trusted_cluster"], join_method: "token" },
  });
}

for (const teleportVersion of Object.keys(versionTable)) {
  describe(`with Teleport ${teleportVersion}`, () => {
    let lab: Lab;
    let connections: Connections;
    let root: Cluster;
    let leaf: Cluster;

    before(async () => {
      lab = await new Lab({ teleportVersion }).ready;
      connections = connect(lab, ({ addresses }) => addresses.proxy);
      root = connections.get("root.lab");
      leaf = connections.get("leaf.lab");
    });
    after(async () => {
      await connections.close();
      await lab.dispose();
    });

    test("knows who the clusters are, through the proxy and directly", async () => {
      const direct = connect(lab, ({ addresses }) => addresses.auth);
      for (const each of [root, direct.get("root.lab")]) {
        const { clusterName, serverVersion, isCloud } = await each.ping(signal());
        assert.deepEqual([clusterName, serverVersion, isCloud], ["root.lab", lab.root.version, false]);
        const web = await each.webPing(signal());
        assert.equal(web.clusterName, "root.lab");
        assert.equal(web.serverVersion, lab.root.version);
        assert.equal(web.webProxyAddr, lab.root.addresses.proxy);
      }
      await direct.close();
    });

    test("reads authorities without private keys", async () => {
      const host = await root.certAuthorities.get({ type: "host", domain: "root.lab" }, signal());
      assert.ok(host);
      assert.deepEqual(caPins(host), lab.root.caPins);
      assert.ok((host.spec?.active_keys?.tls ?? []).every(({ key }) => key.length === 0));
      assert.equal(await root.certAuthorities.get({ type: "host", domain: "nobody" }, signal()), undefined);
      assert.equal((await root.certAuthorities.list("host", signal())).length, 1);
    });

    test("writes, reads, changes, lists and deletes a role", async () => {
      const role = RoleV6.fromPartial({
        kind: "role",
        version: "v6",
        metadata: { name: "visitor", description: "first" },
        spec: { allow: { logins: ["visitor"] } },
      });
      await leaf.roles.create(role, signal());
      assert.equal((await refusal(leaf.roles.create(role, signal()))).code, "API_ALREADY_EXISTS");
      const stored = await leaf.roles.get("visitor", signal());
      assert.deepEqual(stored?.spec?.allow?.logins, ["visitor"]);
      assert.ok(stored.metadata);
      await leaf.roles.update({ ...stored, metadata: { ...stored.metadata, description: "second" } }, signal());
      assert.equal((await leaf.roles.get("visitor", signal()))?.metadata?.description, "second");
      assert.ok((await leaf.roles.list(signal())).some(({ metadata }) => metadata?.name === "visitor"));
      await leaf.roles.delete("visitor", signal());
      await leaf.roles.delete("visitor", signal());
      assert.equal(await leaf.roles.get("visitor", signal()), undefined);
    });

    test("makes, reads, prolongs, lists and deletes a token, and never says its name", async () => {
      const name = `tt-00000000-${randomBytes(16).toString("hex")}`;
      await root.tokens.create(newToken(name), signal());
      const again = await refusal(root.tokens.create(newToken(name), signal()));
      assert.equal(again.code, "API_ALREADY_EXISTS");
      const stored = await root.tokens.get(name, signal());
      assert.deepEqual(stored?.spec?.roles, ["Trusted_cluster"]);
      await root.tokens.upsert(stored, signal());
      assert.ok((await root.tokens.list(signal())).some(({ metadata }) => metadata?.name === name));
      await root.tokens.delete(name, signal());
      await root.tokens.delete(name, signal());
      assert.equal(await root.tokens.get(name, signal()), undefined);
      assert.ok(!`${again.message}${again.stack}`.includes(name));
    });

    test("joins a leaf, changes and disables the trust, labels the leaf, and takes all of it back", async () => {
      const token = `tt-00000000-${randomBytes(16).toString("hex")}`;
      await root.tokens.create(newToken(token), signal());
      const wanted = TrustedClusterV2.fromPartial({
        kind: "trusted_cluster",
        version: "v2",
        metadata: { name: "root.lab" },
        spec: {
          enabled: true,
          token,
          web_proxy_addr: lab.root.addresses.proxy,
          tunnel_addr: lab.root.addresses.proxy,
          role_map: [{ remote: "access", local: ["access"] }],
        },
      });
      lab.leaf().webRoots.push(lab.root.proxyCa);
      await leaf.trustedClusters.create(wanted, signal());
      assert.equal((await refusal(leaf.trustedClusters.create(wanted, signal()))).code, "API_ALREADY_EXISTS");
      const joined = await leaf.trustedClusters.get("root.lab", signal());
      assert.ok(joined?.spec);
      await leaf.trustedClusters.update(joined, signal());
      const disabled = await leaf.trustedClusters.upsert(
        { ...joined, spec: { ...joined.spec, enabled: false } },
        signal(),
      );
      assert.equal(disabled.spec?.enabled, false);
      assert.equal((await leaf.trustedClusters.list(signal())).length, 1);

      const remote = await root.remoteClusters.get("leaf.lab", signal());
      assert.ok(remote?.metadata);
      await root.remoteClusters.update(
        { ...remote, metadata: { ...remote.metadata, labels: { env: "demo" } } },
        signal(),
      );
      const labelled = await root.remoteClusters.get("leaf.lab", signal());
      assert.deepEqual(labelled?.metadata?.labels, { env: "demo" });
      assert.equal((await root.remoteClusters.list(signal())).length, 1);
      assert.equal((await root.certAuthorities.list("host", signal())).length, 2);

      for (const _ of ["there", "gone"]) {
        await leaf.trustedClusters.delete("root.lab", signal());
        await root.remoteClusters.delete("leaf.lab", signal());
      }
      assert.equal(await leaf.trustedClusters.get("root.lab", signal()), undefined);
      assert.equal(await root.remoteClusters.get("leaf.lab", signal()), undefined);
      await root.tokens.delete(token, signal());
    });

    test("knows what the bot can see, and that a person cannot", async () => {
      assert.equal(await root.seesEveryRemoteCluster(signal()), true);
      assert.equal(await root.canSeeLabels({ env: "demo" }, signal()), true);
      const people = connect(lab, ({ addresses }) => addresses.proxy, "alice");
      assert.equal(await people.get("root.lab").seesEveryRemoteCluster(signal()), false);
      assert.equal(await people.get("root.lab").canSeeLabels({ env: "demo" }, signal()), false);
      await people.close();
    });

    test("says what a person may not do", async () => {
      const people = connect(lab, ({ addresses }) => addresses.proxy, "alice");
      const problem = await refusal(people.get("root.lab").tokens.list(signal()));
      assert.equal(problem.code, "API_ACCESS_DENIED");
      await people.close();
    });
  });
}

test("is refused with credentials of a cluster that nobody knows, by name and by key", async () => {
  const lab = await new Lab({ leaves: [] }).ready;
  // The same names, other keys: a forged cluster.
  const forged = await newAuthorities("root.lab");
  const own = lab.root.identities.bot?.identityFile ?? "";
  const foreignUser = (await identityOf(forged)) + own.slice(own.lastIndexOf("-----BEGIN CERTIFICATE"));
  for (const addr of [lab.root.addresses.auth, lab.root.addresses.proxy]) {
    const clusters = new Map([["root.lab", settingsOf(addr, foreignUser, { insecure: true })]]);
    const connections = createConnections({ default: undefined, clusters, clustersUnknown: false }, testSurroundings());
    const problem = await refusal(connections.get("root.lab").ping(signal()));
    assert.equal(problem.code, "CONNECTION_UNTRUSTED", problem.message);
    await connections.close();
  }
  await lab.dispose();
});
