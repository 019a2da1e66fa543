import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Code } from "@connectrpc/connect";

import { tokenHash } from "../../../../lab/auth";
import { grpcFailure as failure } from "../../../support/failure";
import type { AuthClients } from "../../../support/lab-auth";
import { LabAuth } from "../../../support/lab-auth";

let cluster: LabAuth;
let admin: AuthClients;

before(async () => {
  cluster = await LabAuth.start("root.example.com");
  admin = await cluster.admin();
});
after(() => cluster.close());

function newToken(name: string, spec: Record<string, unknown> = { roles: ["trusted_cluster"] }) {
  return { token: { case: "v2" as const, value: { metadata: { name }, spec } } };
}

test("a token reads back as the server spells it, in clear", async () => {
  await admin.auth.createTokenV2(newToken("t1", { roles: [" TrustedCluster", "windows_desktop"] }));
  const token = await admin.auth.getToken({ name: "t1" });
  assert.deepEqual(token.spec?.roles, ["Trusted_cluster", "WindowsDesktop"]);
  assert.equal(token.spec?.joinMethod, "token");
  assert.equal(token.kind, "token");
  assert.equal(token.version, "v2");
  assert.equal(token.metadata?.expires, undefined);
});

test("a token is made once, written over by upsert, and forgotten after delete", async () => {
  await admin.auth.createTokenV2(newToken("t2"));
  const twice = await failure(admin.auth.createTokenV2(newToken("t2")));
  assert.equal(twice.code, Code.AlreadyExists);
  await admin.auth.upsertTokenV2(newToken("t2", { roles: ["Node"] }));
  assert.deepEqual((await admin.auth.getToken({ name: "t2" })).spec?.roles, ["Node"]);
  await admin.auth.deleteToken({ name: "t2" });
  const gone = await failure(admin.auth.deleteToken({ name: "t2" }));
  assert.equal(gone.code, Code.NotFound);
  assert.ok(cluster.context.tokens.names.includes("t2"), "the lab remembers it for those who look for leaks");
});

test("a token that is not there shows a quarter of its name", async () => {
  const missing = await failure(admin.auth.getToken({ name: "12345678" }));
  assert.equal(missing.code, Code.NotFound);
  assert.equal(missing.rawMessage, "provisioning token(******78) not found");
  assert.equal((await failure(admin.auth.getToken({ name: "" }))).rawMessage, "missing parameter token");
});

test("tokens never stand in the audit log, hashes do", async () => {
  await admin.auth.upsertTokenV2(newToken("very-secret"));
  const log = JSON.stringify(cluster.context.audit.events);
  assert.ok(!log.includes("very-secret"));
  assert.ok(log.includes(tokenHash("very-secret")));
});

const badTokens: readonly (readonly [name: string, spec: Record<string, unknown>, message: string])[] = [
  ["x", { roles: [] }, "provisioning token is missing roles"],
  ["x", { roles: ["pirate"] }, "role pirate is not registered"],
  ["x", { roles: ["no_de"] }, "role no_de is not registered"],
  ["x", { roles: ["Node", "node"] }, 'duplicate role "Node"'],
  ["", { roles: ["node"] }, "missing parameter Name"],
  ["x", { roles: ["bot"] }, 'token with role "Bot" must set bot_name'],
  ["x", { roles: ["node"], botName: "b" }, 'can only set bot_name on token with role "Bot"'],
  [
    "x",
    { roles: ["node"], joinMethod: "token", allow: [{}] },
    'allow rules are not compatible with the "token" join method',
  ],
  ["x", { roles: ["node"], joinMethod: "iam" }, 'the "iam" join method requires defined token allow rules'],
  ["x", { roles: ["node"], joinMethod: "magic" }, 'unknown join method "magic"'],
  [
    "x",
    { roles: ["node"], joinMethod: "circleci" },
    '"cirleci" configuration must be provided for join method "circleci"',
  ],
  [
    "x",
    { roles: ["node"], joinMethod: "kubernetes" },
    '"kubernetes" configuration must be provided for the join method "kubernetes"',
  ],
  [
    "x",
    { roles: ["node"], joinMethod: "gitlab", gitlab: {} },
    'the "gitlab" join method requires defined gitlab allow rules',
  ],
  [
    "x",
    { roles: ["node"], joinMethod: "github", github: {} },
    'the "github" join method requires at least one token allow rule',
  ],
  [
    "x",
    { roles: ["node"], joinMethod: "github", github: { allow: [{ actor: "me" }] } },
    'allow rule for "github" must include at least one of "repository", "repository_owner" or "sub"',
  ],
];

for (const [name, spec, message] of badTokens) {
  test(`refuses a token: ${message}`, async () => {
    const error = await failure(admin.auth.upsertTokenV2(newToken(name, spec)));
    assert.equal(error.code, Code.InvalidArgument);
    assert.equal(error.rawMessage, message);
  });
}

test("defaults of other join methods", async () => {
  await admin.auth.upsertTokenV2(newToken("ec2", { roles: ["node"], allow: [{ awsAccount: "1" }] }));
  const ec2 = (await admin.auth.getToken({ name: "ec2" })).spec;
  assert.equal(ec2?.joinMethod, "ec2");
  assert.equal(ec2?.awsIidTtl, 300_000_000_000n);
  await admin.auth.upsertTokenV2(
    newToken("gl", { roles: ["node"], joinMethod: "gitlab", gitlab: { allow: [{ sub: "x" }] } }),
  );
  assert.equal((await admin.auth.getToken({ name: "gl" })).spec?.gitlab?.domain, "gitlab.com");
});

const role = (name: string, spec: Record<string, unknown> = {}) => ({ version: "v7", metadata: { name }, spec });

test("a role goes through its life: create, conditional update, upsert, delete", async () => {
  const { auth } = admin;
  const created = await auth.createRole({ role: role("r1") });
  assert.equal(created.spec?.options?.certFormat, "standard");
  assert.equal((await failure(auth.createRole({ role: role("r1") }))).code, Code.AlreadyExists);
  const updated = await auth.updateRole({ role: created });
  assert.notEqual(updated.metadata?.revision, created.metadata?.revision);
  assert.equal((await failure(auth.updateRole({ role: created }))).code, Code.FailedPrecondition);
  assert.equal((await failure(auth.updateRole({ role: role("nobody") }))).code, Code.FailedPrecondition);
  const upserted = await auth.upsertRoleV2({ role: role("r1") });
  assert.notEqual(upserted.metadata?.revision, updated.metadata?.revision);
  await auth.upsertRole(role("r1", { allow: { logins: ["x"] } }));
  assert.deepEqual((await auth.getRole({ name: "r1" })).spec?.allow?.logins, ["x"]);
  await auth.deleteRole({ name: "r1" });
  assert.equal((await failure(auth.getRole({ name: "r1" }))).rawMessage, "role r1 is not found");
  assert.equal((await failure(auth.deleteRole({ name: "r1" }))).rawMessage, 'role "r1" is not found');
  assert.equal((await failure(auth.getRole({ name: "" }))).rawMessage, "missing role name");
});

test("a role that is in use stays", async () => {
  cluster.addRole("held");
  cluster.addUser("holder", ["held"]);
  const error = await failure(admin.auth.deleteRole({ name: "held" }));
  assert.equal(
    error.rawMessage,
    "failed to delete a role that is still in use by a user, check the system server logs for more details",
  );
});

test("both kinds of port forwarding in one role are refused; a role reads differently for an old client", async () => {
  const both = {
    options: { portForwarding: { value: true }, sshPortForwarding: { local: { enabled: { value: true } } } },
  };
  const error = await failure(admin.auth.upsertRoleV2({ role: role("pf", both) }));
  assert.equal(
    error.rawMessage,
    "options define both 'port_forwarding' and 'ssh_port_forwarding', only one can be set",
  );
  await admin.auth.upsertRoleV2({
    role: role("pf", { options: { sshPortForwarding: { local: { enabled: { value: false } } } } }),
  });
  const credentials = await cluster.login("admin", ["everything"]);
  const older = cluster.connect({ credentials, version: "17.0.9" });
  const folded = (await older.auth.getRole({ name: "pf" })).spec?.options;
  assert.equal(folded?.portForwarding?.value, false);
  assert.equal(folded?.sshPortForwarding, undefined);
  const newer = cluster.connect({ credentials, version: "17.1.0" });
  assert.notEqual((await newer.auth.getRole({ name: "pf" })).spec?.options?.sshPortForwarding, undefined);
  assert.notEqual((await admin.auth.getRole({ name: "pf" })).spec?.options?.sshPortForwarding, undefined);
});

test("roles come in pages whose key is the next role's name", async () => {
  for (let index = 0; index < 5; index++) cluster.addRole(`page-${index}`);
  const filter = { searchKeywords: ["PAGE-"] };
  const first = await admin.auth.listRoles({ limit: 3, filter });
  assert.deepEqual(
    first.roles.map(({ metadata }) => metadata?.name),
    ["page-0", "page-1", "page-2"],
  );
  assert.equal(first.nextKey, "page-3");
  const rest = await admin.auth.listRoles({ limit: 3, filter, startKey: first.nextKey });
  assert.equal(rest.roles.length, 2);
  assert.equal(rest.nextKey, "");
  const tooMany = await failure(admin.auth.listRoles({ limit: 16_001 }));
  assert.equal(tooMany.rawMessage, "page size of 16001 is too large");
});

test("everybody may read their own roles and themselves, and no others", async () => {
  cluster.addRole("own");
  cluster.addRole("other");
  cluster.addUser("carol", ["own"]);
  const { auth } = cluster.connect({ credentials: await cluster.login("carol", ["own"]) });
  assert.equal((await auth.getRole({ name: "own" })).metadata?.name, "own");
  assert.equal((await auth.getUser({ name: "carol" })).metadata?.name, "carol");
  assert.equal((await auth.getCurrentUser({})).metadata?.name, "carol");
  const denied = await failure(auth.getRole({ name: "other" }));
  assert.equal(denied.rawMessage, 'access denied to perform action "read" on "role"');
  assert.equal((await failure(auth.getUser({ name: "admin" }))).code, Code.PermissionDenied);
});

test("a user goes through its life, by both services", async () => {
  const { auth, users } = admin;
  const dave = { metadata: { name: "dave" }, spec: { roles: ["everything"] } };
  await auth.createUser(dave);
  assert.equal((await failure(auth.createUser(dave))).rawMessage, 'user "dave" already exists');
  const read = await auth.getUser({ name: "dave" });
  assert.equal(read.spec?.createdBy?.user?.name, "admin");
  assert.equal(read.spec?.expires?.seconds, -62135596800n);
  const { user } = await users.updateUser({ user: read });
  assert.notEqual(user?.metadata?.revision, read.metadata?.revision);
  assert.equal((await failure(auth.updateUser(read))).code, Code.FailedPrecondition);
  await users.upsertUser({ user: dave });
  const bad = { ...dave, spec: { roles: ["nothing"] } };
  assert.equal((await failure(users.upsertUser({ user: bad }))).rawMessage, "role nothing is not found");
  assert.equal((await users.listUsers({ pageSize: 1 })).users.length, 1);
  await users.deleteUser({ name: "dave" });
  assert.equal((await failure(users.getUser({ name: "dave" }))).rawMessage, 'user "dave" not found');
});

test("nodes are those that the caller's roles show", async () => {
  cluster.addRole("devs", { allow: { nodeLabels: { values: { env: { values: ["dev"] } } } } });
  for (const env of ["dev", "prod"]) {
    await (await services()).auth.upsertNode({
      metadata: { name: env, labels: { env } },
      spec: { hostname: `${env}-1` },
    });
  }
  const { auth } = cluster.connect({ credentials: await cluster.login("erin", ["devs"]) });
  const shown = await auth.listResources({ resourceType: "node", needTotalCount: true });
  assert.deepEqual(
    shown.resources.map(({ resource }) => resource.value?.spec?.hostname),
    ["dev-1"],
  );
  assert.equal(shown.totalCount, 1);
  assert.deepEqual(shown.resources[0]?.logins, [], "nobody asked for them");
  assert.equal((await failure(auth.getNode({ name: "prod" }))).code, Code.NotFound);
  assert.equal((await auth.getNode({ name: "dev" })).spec?.hostname, "dev-1");
});

test("a list of nodes names the logins of the roles that show each, if it is asked to", async () => {
  const labels = (env: string) => ({ values: { env: { values: [env] } } });
  cluster.addRole("on-dev", {
    allow: { nodeLabels: labels("dev"), logins: ["dev", "{{internal.logins}}", "root", "dev"] },
  });
  cluster.addRole("on-prod", { allow: { nodeLabels: labels("prod"), logins: ["ops"] } });
  cluster.addRole("no-root", { deny: { logins: ["root"] } });
  for (const env of ["dev", "prod"]) {
    await (await services()).auth.upsertNode({ metadata: { name: env, labels: { env } }, spec: { hostname: env } });
  }
  const credentials = await cluster.login("erin", ["on-dev", "on-prod", "no-root"]);
  const { auth } = cluster.connect({ credentials });
  const { resources } = await auth.listResources({ resourceType: "node", includeLogins: true });
  assert.deepEqual(
    resources.map(({ logins }) => logins),
    [["dev"], ["ops"]],
  );
  const none = await (await services()).auth.listResources({ resourceType: "node", includeLogins: true });
  assert.deepEqual(none.resources[0]?.logins, [], "a service logs in nowhere");
});

async function services(): Promise<AuthClients> {
  const host = await cluster.authorities.issueHost({ role: "Proxy", hostId: "p", names: [] });
  return cluster.connect({ credentials: host.tls, unchecked: true });
}
