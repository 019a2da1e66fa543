import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Code } from "@connectrpc/connect";

import { refreshRemoteClusters, zeroTime } from "../../../../lab/auth";
import { authorityKey } from "../../../../lab/storage";
import type { VersionRules } from "../../../../lab/versions";
import { grpcFailure as failure } from "../../../support/failure";
import type { AuthClients } from "../../../support/lab-auth";
import { LabAuth } from "../../../support/lab-auth";

const proxyAddr = "root.example.com:443";
const token = "the-secret-token";

let root: LabAuth;
let leaf: LabAuth;
let onRoot: AuthClients;
let onLeaf: AuthClients;

async function startBoth(rules: Partial<VersionRules> = {}): Promise<void> {
  root = await LabAuth.start("root.example.com", { rules });
  leaf = await LabAuth.start("leaf.example.com", { rules, roots: { [proxyAddr]: root, "leaf:443": {} as LabAuth } });
  leaf.addRole("access");
  onRoot = await root.admin();
  onLeaf = await leaf.admin();
  await addToken(token, ["trusted_cluster"], { env: "demo" });
}

async function stopBoth(): Promise<void> {
  await leaf.close();
  await root.close();
}

beforeEach(() => startBoth());
afterEach(stopBoth);

async function addToken(name: string, roles: string[], labels: Record<string, string> = {}): Promise<string> {
  const value = { metadata: { name, labels }, spec: { roles } };
  await onRoot.auth.upsertTokenV2({ token: { case: "v2", value } });
  return name;
}

function trusted(
  change: { name?: string; enabled?: boolean; token?: string; local?: string[]; tunnelAddr?: string } = {},
) {
  return {
    metadata: { name: change.name ?? "root.example.com" },
    spec: {
      enabled: change.enabled ?? true,
      token: change.token ?? token,
      webProxyAddr: proxyAddr,
      tunnelAddr: change.tunnelAddr ?? "",
      roleMap: [{ remote: "access", local: change.local ?? ["access"] }],
    },
  };
}

function authoritiesOnLeaf(kind: "cert_authority" | "deactivated_cert_authority"): string[] {
  const stored = leaf.context.storage.list(kind).filter(({ spec }) => spec?.clusterName === "root.example.com");
  return stored.map(({ spec }) => spec?.type ?? "").sort();
}

test("a leaf joins: objects on both sides, labels of the token, names of the root", async () => {
  const stored = await onLeaf.trust.createTrustedCluster({ trustedCluster: trusted() });
  assert.equal(stored.metadata?.name, "root.example.com");
  assert.equal(stored.kind, "trusted_cluster");
  assert.equal(stored.version, "v2");
  assert.equal(stored.spec?.tunnelAddr, proxyAddr, "the tunnel's address is the proxy's when none is given");
  assert.equal(stored.spec?.token, token, "the token is returned in clear");
  assert.ok((stored.metadata?.revision ?? "").length > 0);
  assert.deepEqual(authoritiesOnLeaf("cert_authority"), ["db", "host", "openssh", "user"]);
  const userAuthority = leaf.context.storage.get("cert_authority", authorityKey("user", "root.example.com"));
  assert.deepEqual(
    userAuthority?.spec?.roleMap.map(({ remote, local }) => ({ remote, local })),
    [{ remote: "access", local: ["access"] }],
  );
  assert.equal(userAuthority?.spec?.activeKeys?.tls[0]?.key.length, 0, "no private key leaves the root");
  assert.deepEqual(leaf.context.storage.get("tunnel", "root.example.com")?.spec?.dialAddrs, [proxyAddr]);

  const remote = await onRoot.presence.getRemoteCluster({ name: "leaf.example.com" });
  assert.equal(remote.version, "v3");
  assert.deepEqual(remote.metadata?.labels, { env: "demo" });
  assert.equal(remote.status?.connection, "offline");
  assert.equal(remote.status?.lastHeartbeat?.seconds, zeroTime().seconds);
  const known = await onRoot.trust.getCertAuthorities({ type: "user" });
  assert.equal(known.certAuthoritiesV2.length, 1, "the root learns the leaf's host authority only");
  assert.equal((await onRoot.trust.getCertAuthorities({ type: "host" })).certAuthoritiesV2.length, 2);
  assert.equal((await onRoot.auth.getToken({ name: token })).metadata?.name, token, "the token is not used up");
  assert.deepEqual(
    leaf.context.audit.events.map(({ event, user, name }) => `${event} ${user} ${name}`),
    ["trusted_cluster.create admin root.example.com"],
  );
});

test("a user of the root then holds the mapped role on the leaf, and none when the trust is disabled or removed", async () => {
  await onLeaf.auth.upsertTrustedCluster(trusted());
  const credentials = await root.login("alice", ["access"]);
  const call = () => leaf.connect({ credentials }).auth.getCurrentUser({});
  assert.deepEqual((await call()).spec?.roles, ["access"]);
  await onLeaf.auth.upsertTrustedCluster(trusted({ enabled: false }));
  await assert.rejects(call);
  await onLeaf.auth.upsertTrustedCluster(trusted());
  assert.deepEqual((await call()).spec?.roles, ["access"]);
  await onLeaf.auth.deleteTrustedCluster({ name: "root.example.com" });
  await assert.rejects(call);
});

test("disabling moves all authorities aside and ends the tunnel; the root keeps everything", async () => {
  await onLeaf.auth.upsertTrustedCluster(trusted());
  const calls = root.context.calls.calls.length;
  await onLeaf.auth.upsertTrustedCluster(trusted({ enabled: false }));
  assert.deepEqual(authoritiesOnLeaf("cert_authority"), []);
  assert.deepEqual(authoritiesOnLeaf("deactivated_cert_authority"), ["db", "host", "openssh", "user"]);
  assert.equal(leaf.context.storage.get("tunnel", "root.example.com"), undefined);
  assert.equal(
    (await onRoot.presence.getRemoteCluster({ name: "leaf.example.com" })).metadata?.name,
    "leaf.example.com",
  );
  assert.equal(root.context.calls.calls.length, calls + 1, "the root heard nothing of it");
  await onLeaf.auth.upsertTrustedCluster(trusted());
  assert.deepEqual(authoritiesOnLeaf("cert_authority"), ["db", "host", "openssh", "user"]);
  assert.notEqual(leaf.context.storage.get("tunnel", "root.example.com"), undefined);
});

test("a trust can be made disabled: the root is joined, nothing is in force", async () => {
  await onLeaf.trust.createTrustedCluster({ trustedCluster: trusted({ enabled: false }) });
  assert.deepEqual(authoritiesOnLeaf("cert_authority"), []);
  assert.equal(leaf.context.storage.get("tunnel", "root.example.com"), undefined);
  assert.notEqual(root.context.storage.get("remote_cluster", "leaf.example.com"), undefined);
});

test("a changed role map is in force at once, without the root", async () => {
  leaf.addRole("visitor");
  await onLeaf.auth.upsertTrustedCluster(trusted());
  const updated = await onLeaf.auth.upsertTrustedCluster(trusted({ local: ["visitor"] }));
  assert.deepEqual(updated.spec?.roleMap[0]?.local, ["visitor"]);
  const credentials = await root.login("alice", ["access"]);
  assert.deepEqual((await leaf.connect({ credentials }).auth.getCurrentUser({})).spec?.roles, ["visitor"]);
});

test("an update without any change succeeds, and moves the revision", async () => {
  const first = await onLeaf.auth.upsertTrustedCluster(trusted());
  const second = await onLeaf.auth.upsertTrustedCluster(trusted());
  assert.notEqual(second.metadata?.revision, first.metadata?.revision);
});

test("releases before 17 refuse an update that changes nothing they look at", async () => {
  await stopBoth();
  await startBoth({ refusesNoOpUpsert: true });
  await onLeaf.auth.upsertTrustedCluster(trusted());
  const error = await failure(onLeaf.auth.upsertTrustedCluster(trusted()));
  assert.equal(error.code, Code.AlreadyExists);
  assert.equal(error.rawMessage, "leaf cluster is already enabled, this update would have no effect");
  await onLeaf.auth.upsertTrustedCluster(trusted({ enabled: false }));
  const again = await failure(onLeaf.auth.upsertTrustedCluster(trusted({ enabled: false })));
  assert.equal(again.rawMessage, "leaf cluster is already disabled, this update would have no effect");
});

const immutable = "for existing leaf cluster, delete and re-create this leaf cluster with updated";
const changes: readonly (readonly [field: string, change: () => ReturnType<typeof trusted>])[] = [
  ["token", () => trusted({ token: "another" })],
  ["web_proxy_address", () => withSpec({ webProxyAddr: "elsewhere:443", tunnelAddr: proxyAddr })],
  ["tunnel_addr", () => trusted({ tunnelAddr: "root.example.com:3024" })],
  ["roles", () => withSpec({ roles: ["access"], roleMap: [] })],
];

function withSpec(change: Record<string, unknown>): ReturnType<typeof trusted> {
  const cluster = trusted();
  return { ...cluster, spec: { ...cluster.spec, ...change } };
}

for (const [field, change] of changes) {
  test(`an established trust keeps its ${field}`, async () => {
    await onLeaf.auth.upsertTrustedCluster(trusted());
    const error = await failure(onLeaf.auth.upsertTrustedCluster(change()));
    assert.equal(error.code, Code.InvalidArgument);
    assert.equal(error.rawMessage, `can not update ${field} ${immutable} ${field}`);
  });
}

test("trust.v1 Update goes by the revision", async () => {
  const missing = await failure(onLeaf.trust.updateTrustedCluster({ trustedCluster: trusted() }));
  assert.equal(missing.code, Code.NotFound);
  assert.equal(missing.rawMessage, 'trusted cluster "root.example.com" is not found');
  const stored = await onLeaf.trust.createTrustedCluster({ trustedCluster: trusted() });
  const stale = await failure(onLeaf.trust.updateTrustedCluster({ trustedCluster: trusted() }));
  assert.equal(stale.code, Code.FailedPrecondition);
  assert.equal(stale.rawMessage, 'trusted cluster "root.example.com" has been modified, please retry');
  await onLeaf.trust.updateTrustedCluster({ trustedCluster: stored });
});

test("a wrong name: the legacy call renames, trust.v1 refuses after the root has registered the leaf", async () => {
  const error = await failure(onLeaf.trust.upsertTrustedCluster({ trustedCluster: trusted({ name: "other" }) }));
  assert.equal(error.code, Code.InvalidArgument);
  assert.equal(
    error.rawMessage,
    'trusted cluster resource name must be the same as the remote cluster name. got: "other", expected: "root.example.com"',
  );
  assert.notEqual(root.context.storage.get("remote_cluster", "leaf.example.com"), undefined);
  await onRoot.presence.deleteRemoteCluster({ name: "leaf.example.com" });
  const renamed = await onLeaf.auth.upsertTrustedCluster(trusted({ name: "" }));
  assert.equal(renamed.metadata?.name, "root.example.com");
});

const badMaps: readonly (readonly [name: string, spec: Record<string, unknown>, code: Code, message: string])[] = [
  ["no role map", { roleMap: [] }, Code.InvalidArgument, "missing 'role_map' parameter"],
  ["both forms", { roles: ["x"] }, Code.InvalidArgument, "should set either 'roles' or 'role_map', not both"],
  [
    "a local role that the leaf lacks",
    { roleMap: [{ remote: "a", local: ["access", "none"] }] },
    Code.NotFound,
    'a role "none" referenced in a mapping a:[access none] is not defined',
  ],
  [
    "a regular expression that is none",
    { roleMap: [{ remote: "^[$", local: ["access"] }] },
    Code.InvalidArgument,
    "failed to parse 'remote' parameter for role_map: error parsing regexp: missing closing ]: `[$`",
  ],
];

for (const [name, spec, code, message] of badMaps) {
  test(`refused before the root is asked: ${name}`, async () => {
    const error = await failure(onLeaf.auth.upsertTrustedCluster(withSpec(spec)));
    assert.equal(error.code, code);
    assert.equal(error.rawMessage, message);
    assert.equal(root.context.storage.get("remote_cluster", "leaf.example.com"), undefined);
  });
}

test("a leaf that is registered is refused until the root forgets it", async () => {
  await onLeaf.auth.upsertTrustedCluster(trusted());
  await onLeaf.auth.deleteTrustedCluster({ name: "root.example.com" });
  assert.notEqual(root.context.storage.get("remote_cluster", "leaf.example.com"), undefined, "the root is not told");
  const error = await failure(onLeaf.auth.upsertTrustedCluster(trusted()));
  assert.equal(error.code, Code.AlreadyExists);
  assert.match(error.rawMessage, /already registered/);
  assert.equal(leaf.context.storage.get("trusted_cluster", "root.example.com"), undefined);
  await onRoot.presence.deleteRemoteCluster({ name: "leaf.example.com" });
  await onLeaf.auth.upsertTrustedCluster(trusted());
});

test("releases that take a leaf back overwrite its authority and keep its labels", async () => {
  await stopBoth();
  await startBoth({ rejoin: "overwrite" });
  await onLeaf.auth.upsertTrustedCluster(trusted());
  await addToken(token, ["Trusted_cluster"], { env: "other" });
  await onLeaf.auth.deleteTrustedCluster({ name: "root.example.com" });
  await onLeaf.auth.upsertTrustedCluster(trusted());
  const remote = await onRoot.presence.getRemoteCluster({ name: "leaf.example.com" });
  assert.deepEqual(remote.metadata?.labels, { env: "demo" });
});

const rejected = "access denied: the cluster token has been rejected";
const tokens: readonly (readonly [name: string, prepare: () => Promise<string>, inLog: string])[] = [
  ["unknown", async () => "nobody-made-this", "the remote server denied access: invalid cluster token"],
  ["empty", async () => "", "the remote server denied access: invalid cluster token"],
  ["for another role", () => addToken("for-nodes", ["node"]), "role does not match"],
];

for (const [name, prepare, inLog] of tokens) {
  test(`a token is rejected without a reason: ${name}`, async () => {
    const error = await failure(onLeaf.auth.upsertTrustedCluster(trusted({ token: await prepare() })));
    assert.equal(error.code, Code.PermissionDenied);
    assert.equal(error.rawMessage, rejected);
    assert.equal(root.context.audit.events.at(-1)?.detail, inLog, "the reason is in the root's log");
  });
}

test("an expired token is rejected, and is gone, by the lab's clock", async () => {
  const value = {
    metadata: { name: "short", expires: { seconds: BigInt(Math.ceil(Date.now() / 1000) + 60), nanos: 0 } },
    spec: { roles: ["trusted_cluster"] },
  };
  await onRoot.auth.createTokenV2({ token: { case: "v2", value } });
  root.aheadMs = 62_000;
  const error = await failure(onLeaf.auth.upsertTrustedCluster(trusted({ token: "short" })));
  assert.equal(error.rawMessage, rejected);
  assert.equal((await failure(onRoot.auth.getToken({ name: "short" }))).code, Code.NotFound);
});

test("a proxy that cannot be reached is a connection problem", async () => {
  const error = await failure(onLeaf.auth.upsertTrustedCluster(withSpec({ webProxyAddr: "nowhere:1" })));
  assert.equal(error.code, Code.Unavailable);
  assert.match(error.rawMessage, /^failed to reach "https:\/\/nowhere:1\/v1\/webapi\/trustedclusters\/validate": /);
});

test("removing goes side by side: neither tells the other", async () => {
  await onLeaf.auth.upsertTrustedCluster(trusted());
  const own = await failure(onLeaf.auth.deleteTrustedCluster({ name: "leaf.example.com" }));
  assert.equal(
    own.rawMessage,
    'trusted cluster "leaf.example.com" is the name of this root cluster and cannot be removed.',
  );
  await onLeaf.auth.deleteTrustedCluster({ name: "root.example.com" });
  assert.deepEqual(authoritiesOnLeaf("cert_authority"), []);
  const gone = await failure(onLeaf.auth.deleteTrustedCluster({ name: "root.example.com" }));
  assert.equal(gone.rawMessage, 'trusted cluster "root.example.com" is not found');
  await onRoot.presence.deleteRemoteCluster({ name: "leaf.example.com" });
  assert.equal((await onRoot.trust.getCertAuthorities({ type: "host" })).certAuthoritiesV2.length, 1);
  const missing = await failure(onRoot.presence.deleteRemoteCluster({ name: "leaf.example.com" }));
  assert.equal(missing.rawMessage, 'remote cluster "leaf.example.com" is not found');
});

test("the status of a leaf follows its heartbeats, by the lab's clock", async () => {
  await onLeaf.auth.upsertTrustedCluster(trusted());
  const { context } = root;
  const get = () => onRoot.presence.getRemoteCluster({ name: "leaf.example.com" });
  const before = await get();
  refreshRemoteClusters(context);
  assert.equal((await get()).metadata?.revision, before.metadata?.revision, "nothing changed, nothing written");
  const proxy = { clusterName: "leaf.example.com", proxyName: "p1" };
  context.tunnels.upsert({ ...proxy, lastHeartbeatMs: context.now() });
  refreshRemoteClusters(context);
  const online = await get();
  assert.equal(online.status?.connection, "online");
  assert.notEqual(online.metadata?.revision, before.metadata?.revision);
  root.aheadMs = 15 * 60_000 + 1000;
  refreshRemoteClusters(context);
  assert.equal((await get()).status?.connection, "offline");
  context.tunnels.upsert({ ...proxy, lastHeartbeatMs: context.now() });
  refreshRemoteClusters(context);
  assert.equal((await get()).status?.connection, "online");
  context.tunnels.delete("leaf.example.com", "p1");
  refreshRemoteClusters(context);
  const offline = await get();
  assert.equal(offline.status?.connection, "offline");
  assert.notEqual(offline.status?.lastHeartbeat?.seconds, zeroTime().seconds, "the last heartbeat stays");
  assert.deepEqual(
    context.audit.events.map(({ event }) => event).filter((event) => /line$/.test(event)),
    ["remote_cluster.online", "remote_cluster.offline", "remote_cluster.online", "remote_cluster.offline"],
  );
});
