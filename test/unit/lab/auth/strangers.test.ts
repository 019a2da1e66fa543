import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { Code } from "@connectrpc/connect";
import { encodeClusterName } from "../../../../lab/auth";
import type { CertificateAuthorities, TlsKeyPair } from "../../../../lab/ca";
import { createAuthorities } from "../../../../lab/ca";
import { grpcFailure as failure } from "../../../support/failure";
import type { AuthClients } from "../../../support/lab-auth";
import { anyLabels, LabAuth } from "../../../support/lab-auth";

let root: LabAuth;
const hour = 3_600_000;

before(async () => {
  root = await LabAuth.start("root.example.com");
  root.addRole("access", { allow: { clusterLabels: anyLabels } });
});
after(() => root.close());

async function all<Item>(stream: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** Authorities that claim to be another cluster's. */
function authoritiesOf(clusterName: string, realNow: () => number = Date.now): Promise<CertificateAuthorities> {
  return createAuthorities({ clusterName, proxyHost: "127.0.0.1" }, "balanced-v1", { realNow, randomBytes });
}

const alice = { user: "alice", roles: ["access"], logins: [], traits: {} };

test("a user with a certificate of this cluster is let in", async () => {
  const { auth } = root.connect({ credentials: await root.login("alice", ["access"]) });
  assert.equal((await auth.ping({})).clusterName, "root.example.com");
  assert.equal((await auth.getRole({ name: "access" })).metadata?.name, "access");
});

test("nobody's certificate: the cluster says who it is, and nothing that needs a role", async () => {
  const { auth, presence, trust, users } = root.connect();
  assert.equal((await auth.ping({})).serverVersion, "17.7.0");
  assert.equal((await auth.getDomainName({})).domainName, "root.example.com");
  assert.match(Buffer.from((await auth.getClusterCACert({})).tlsCa).toString(), /BEGIN CERTIFICATE/);
  const named = { metadata: { name: "x" } };
  const trusted = { ...named, spec: { roleMap: [{ remote: "*", local: ["access"] }] } };
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    getTrustedCluster: () => auth.getTrustedCluster({ name: "x" }),
    getTrustedClusters: () => auth.getTrustedClusters({}),
    upsertTrustedCluster: () => auth.upsertTrustedCluster(trusted),
    deleteTrustedCluster: () => auth.deleteTrustedCluster({ name: "x" }),
    updateRemoteClusterLegacy: () => auth.updateRemoteCluster(named),
    getToken: () => auth.getToken({ name: "x" }),
    getTokens: () => auth.getTokens({}),
    createTokenV2: () => auth.createTokenV2({ token: { case: "v2", value: named } }),
    upsertTokenV2: () => auth.upsertTokenV2({ token: { case: "v2", value: named } }),
    deleteToken: () => auth.deleteToken({ name: "x" }),
    getUser: () => auth.getUser({ name: "x" }),
    getCurrentUser: () => auth.getCurrentUser({}),
    getCurrentUserRoles: () => all(auth.getCurrentUserRoles({})),
    getUsers: () => all(auth.getUsers({})),
    createUser: () => auth.createUser(named),
    updateUser: () => auth.updateUser(named),
    deleteUser: () => auth.deleteUser({ name: "x" }),
    getRole: () => auth.getRole({ name: "access" }),
    listRoles: () => auth.listRoles({}),
    createRole: () => auth.createRole({ role: named }),
    updateRole: () => auth.updateRole({ role: named }),
    upsertRoleV2: () => auth.upsertRoleV2({ role: named }),
    upsertRole: () => auth.upsertRole(named),
    deleteRole: () => auth.deleteRole({ name: "x" }),
    getNode: () => auth.getNode({ name: "x" }),
    upsertNode: () => auth.upsertNode(named),
    deleteNode: () => auth.deleteNode({ name: "x" }),
    listResources: () => auth.listResources({ resourceType: "node" }),
    getCertAuthority: () => trust.getCertAuthority({ type: "host", domain: "root.example.com" }),
    getCertAuthorities: () => trust.getCertAuthorities({ type: "host" }),
    trustUpsert: () => trust.upsertTrustedCluster({ trustedCluster: trusted }),
    trustCreate: () => trust.createTrustedCluster({ trustedCluster: trusted }),
    trustUpdate: () => trust.updateTrustedCluster({ trustedCluster: trusted }),
    getRemoteCluster: () => presence.getRemoteCluster({ name: "x" }),
    listRemoteClusters: () => presence.listRemoteClusters({}),
    updateRemoteCluster: () => presence.updateRemoteCluster({ remoteCluster: named }),
    deleteRemoteCluster: () => presence.deleteRemoteCluster({ name: "x" }),
    usersGet: () => users.getUser({ name: "x" }),
    usersList: () => users.listUsers({}),
    usersUpsert: () => users.upsertUser({ user: named }),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = await failure(call());
    assert.equal(error.code, Code.PermissionDenied, `${name}: ${error.message}`);
    assert.match(error.rawMessage, /^access denied/, name);
  }
});

const refusedConnections: readonly (readonly [name: string, credentials: () => Promise<TlsKeyPair>])[] = [
  [
    "another cluster's authority",
    async () => (await (await authoritiesOf("foreign.example.com")).issueUser(alice, hour)).tls,
  ],
  [
    "an authority that has our name and not our key",
    async () => (await (await authoritiesOf("root.example.com")).issueUser(alice, hour)).tls,
  ],
  ["an expired certificate", async () => (await root.authorities.issueUser(alice, -1000)).tls],
];

for (const [name, credentials] of refusedConnections) {
  test(`a connection is refused: ${name}`, async () => {
    const { auth } = root.connect({ credentials: await credentials() });
    const error = await failure(auth.ping({}));
    assert.notEqual(error.code, Code.PermissionDenied);
    assert.doesNotMatch(error.message, /access denied/);
  });
}

test("a certificate without its key proves nothing: TLS itself refuses it", async () => {
  const { certificate } = await root.login("alice", ["access"]);
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const stolen = { certificate, privateKey: privateKey.export({ type: "pkcs8", format: "pem" }) as string };
  await assert.rejects(async () => root.connect({ credentials: stolen }).auth.ping({}));
});

test("a chain of certificates is refused by every call", async () => {
  const { certificate, privateKey } = await root.login("alice", ["access"]);
  const [authority] = root.authorities.public("user").spec?.activeKeys?.tls ?? [];
  const chain = { certificate: `${certificate}\n${Buffer.from(authority?.cert ?? []).toString()}`, privateKey };
  const error = await failure(root.connect({ credentials: chain }).auth.ping({}));
  assert.equal(error.rawMessage, "access denied: intermediaries are not supported");
});

test("a user authority cannot make a service", async () => {
  const user = await root.login("alice", ["Proxy"]);
  const error = await failure(root.connect({ credentials: user }).auth.ping({}));
  assert.equal(error.rawMessage, "access denied: invalid client certificate");
});

test("a service of this cluster is a service, not a user", async () => {
  const host = await root.authorities.issueHost({ role: "Proxy", hostId: "p1", names: [] });
  const { auth, trust } = root.connect({ credentials: host.tls, unchecked: true });
  assert.equal((await trust.getCertAuthorities({ type: "host" })).certAuthoritiesV2.length, 1);
  assert.equal((await failure(auth.getTokens({}))).rawMessage, 'access denied to perform action "list" on "token"');
});

test("a role that is gone ends every call of who has it", async () => {
  const { auth } = root.connect({ credentials: await root.login("bob", ["gone"]) });
  const error = await failure(auth.ping({}));
  assert.equal(error.code, Code.NotFound);
  assert.equal(error.rawMessage, "role gone is not found");
});

test("private keys of authorities are given to nobody", async () => {
  const { trust } = await root.admin();
  const error = await failure(trust.getCertAuthority({ type: "user", domain: "root.example.com", includeKey: true }));
  assert.equal(error.code, Code.PermissionDenied);
  const { spec } = await trust.getCertAuthority({ type: "user", domain: "root.example.com" });
  assert.equal(spec?.activeKeys?.tls[0]?.key.length, 0);
  assert.equal(spec?.activeKeys?.ssh[0]?.privateKey.length, 0);
});

async function trustUsersOf(other: CertificateAuthorities, local: string[]): Promise<void> {
  const authority = other.public("user");
  if (authority.spec !== undefined) authority.spec.roleMap = [{ $typeName: "types.RoleMapping", remote: "dev", local }];
  root.context.storage.upsert("cert_authority", authority);
  root.context.storage.upsert("cert_authority", other.public("host"));
}

test("users of a cluster that is trusted hold the roles that the map gives them", async () => {
  const other = await authoritiesOf("upper.example.com");
  await trustUsersOf(other, ["access"]);
  const dev = { user: "dora", roles: ["dev"], logins: ["ubuntu"], traits: { team: ["x"], logins: ["root"] } };
  const { auth } = root.connect({ credentials: (await other.issueUser(dev, hour)).tls });
  const user = await auth.getCurrentUser({});
  assert.equal(user.metadata?.name, "remote-dora-upper.example.com");
  assert.deepEqual(user.spec?.roles, ["access"]);
  assert.deepEqual(user.spec?.traits?.values.logins?.values, ["ubuntu"]);
  assert.deepEqual(user.spec?.traits?.values.team?.values, ["x"]);
  const roles = await all(auth.getCurrentUserRoles({}));
  assert.deepEqual(
    roles.map((role) => role.metadata?.name),
    ["access"],
  );

  const ops = { user: "otto", roles: ["ops", "sec"], logins: [], traits: {} };
  const unmapped = await failure(root.connect({ credentials: (await other.issueUser(ops, hour)).tls }).auth.ping({}));
  assert.equal(
    unmapped.rawMessage,
    'no roles mapped for remote user "otto" from cluster "upper.example.com" with remote roles [ops sec]',
  );
});

test("a mapped role that the leaf lacks fails the call", async () => {
  const other = await authoritiesOf("upper2.example.com");
  await trustUsersOf(other, ["missing"]);
  const dev = { user: "dora", roles: ["dev"], logins: [], traits: {} };
  const error = await failure(root.connect({ credentials: (await other.issueUser(dev, hour)).tls }).auth.ping({}));
  assert.equal(error.code, Code.NotFound);
  assert.equal(error.rawMessage, "role missing is not found");
});

test("a root's proxy is known as one; its other services are not", async () => {
  const other = await authoritiesOf("upper3.example.com");
  await trustUsersOf(other, ["access"]);
  const proxy = await other.issueHost({ role: "Proxy", hostId: "p", names: [] });
  const { trust, auth } = root.connect({ credentials: proxy.tls, serverName: encodeClusterName("upper3.example.com") });
  assert.ok((await trust.getCertAuthorities({ type: "host" })).certAuthoritiesV2.length > 0);
  assert.equal((await failure(auth.getTokens({}))).code, Code.PermissionDenied);
  const node = await other.issueHost({ role: "Node", hostId: "n", names: [] });
  assert.equal((await failure(root.connect({ credentials: node.tls }).auth.ping({}))).code, Code.PermissionDenied);
});

test("a server name that encodes a cluster admits that cluster's certificates only", async () => {
  const credentials = await root.login("alice", ["access"]);
  const own = root.connect({ credentials, serverName: encodeClusterName("root.example.com") });
  assert.equal((await own.auth.ping({})).clusterName, "root.example.com");
  const other = root.connect({ credentials, serverName: encodeClusterName("upper.example.com") });
  assert.notEqual((await failure(other.auth.ping({}))).code, Code.PermissionDenied);
});

const versions: readonly (readonly [version: string, accepted: boolean])[] = [
  ["17.7.0", true],
  ["18.0.0-dev", true],
  ["16.0.0", true],
  ["16.0.0-beta.1", false],
  ["15.9.9", false],
  ["seventeen", false],
];

for (const [version, accepted] of versions) {
  test(`a client that says it is ${version} is ${accepted ? "served" : "turned away"}`, async () => {
    const { auth } = root.connect({ credentials: await root.login("alice", ["access"]), version });
    if (accepted) return void (await auth.ping({}));
    const error = await failure(auth.ping({}));
    assert.equal(error.code, Code.PermissionDenied);
    assert.equal(error.rawMessage, "client version is unsupported");
  });
}

test("what the server does not have is UNIMPLEMENTED", async () => {
  const { auth, trust }: AuthClients = await root.admin();
  assert.equal((await failure(auth.getRoles({}))).code, Code.Unimplemented);
  assert.equal((await failure(auth.generateToken({}))).code, Code.Unimplemented);
  assert.equal((await failure(trust.listTrustedClusters({}))).code, Code.Unimplemented);
});

test("an older release has no versioned services at all", async () => {
  const older = await LabAuth.start("old.example.com", { rules: { presenceV1: false, usersV1: false } });
  try {
    const { presence, users } = await older.admin();
    assert.equal((await failure(presence.listRemoteClusters({}))).code, Code.Unimplemented);
    assert.equal((await failure(users.listUsers({}))).code, Code.Unimplemented);
  } finally {
    await older.close();
  }
});
