import assert from "node:assert/strict";
import { request } from "node:https";
import { after, before, test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";

import { zeroTime } from "../../../../lab/auth";
import type { TlsKeyPair } from "../../../../lab/ca";
import { RemoteClusterV3Schema } from "../../../../lab/gen/teleport/types/remote_cluster_pb";
import { grpcFailure as failure } from "../../../support/failure";
import { LabAuth } from "../../../support/lab-auth";

let cluster: LabAuth;

before(async () => {
  cluster = await LabAuth.start("root.example.com", { rules: { legacyRemoteClusters: true } });
});
after(() => cluster.close());

test("call n is carried out, and its answer comes when it is released", async () => {
  const { auth } = await cluster.admin("bot");
  const other = await cluster.admin("admin");
  const hold = cluster.context.calls.holdAnswerOf(2, { user: "bot" });
  await auth.ping({});
  await other.auth.ping({});
  await cluster.connect().auth.ping({});
  const withheld = auth.upsertRoleV2({ role: { version: "v7", metadata: { name: "made" } } });
  const reached = await hold.reached;
  assert.deepEqual(reached, {
    cluster: "root.example.com",
    user: "bot",
    method: "/proto.AuthService/UpsertRoleV2",
    n: 2,
  });
  assert.equal((await other.auth.getRole({ name: "made" })).metadata?.name, "made", "it was carried out");
  const settled = await Promise.race([withheld.then(() => true), other.auth.ping({}).then(() => false)]);
  assert.equal(settled, false, "and not answered");
  hold.release();
  assert.equal((await withheld).metadata?.name, "made");
});

test("a hold can count the calls of one method alone", async () => {
  const { auth } = await cluster.admin("bot");
  const hold = cluster.context.calls.holdAnswerOf(1, { user: "bot", method: "/proto.AuthService/GetRole" });
  await auth.ping({});
  const withheld = auth.getRole({ name: "everything" });
  assert.equal((await hold.reached).method, "/proto.AuthService/GetRole");
  assert.equal(hold.counted, 1);
  hold.release();
  await withheld;
});

test("a failure is withheld like an answer", async () => {
  const { auth } = await cluster.admin("bot");
  const hold = cluster.context.calls.holdAnswerOf(1, { user: "bot" });
  const withheld = failure(auth.getRole({ name: "nothing" }));
  await hold.reached;
  hold.release();
  assert.equal((await withheld).code, Code.NotFound);
});

test("streams are withheld before their first message", async () => {
  const { auth } = await cluster.admin("bot");
  const hold = cluster.context.calls.holdAnswerOf(1, { user: "bot" });
  const first = auth.getCurrentUserRoles({})[Symbol.asyncIterator]().next();
  assert.equal((await hold.reached).method, "/proto.AuthService/GetCurrentUserRoles");
  hold.release();
  assert.equal((await first).done, false);
});

test("a caller that goes away frees what was withheld for it", async () => {
  const { auth } = await cluster.admin("bot");
  const hold = cluster.context.calls.holdAnswerOf(1, { user: "bot" });
  const gone = new AbortController();
  const call = failure(auth.ping({}, { signal: gone.signal }));
  await hold.reached;
  gone.abort();
  assert.equal((await call).code, Code.Canceled);
});

test("a hold that is not reached says how far it came", async () => {
  const { auth } = await cluster.admin("bot");
  const hold = cluster.context.calls.holdAnswerOf(3, { user: "bot", cluster: "root.example.com" });
  await auth.ping({});
  await auth.ping({});
  assert.equal(hold.counted, 2);
  hold.release();
  await auth.ping({});
});

interface HttpResult {
  readonly status: number | undefined;
  readonly body: unknown;
}

function http(method: string, path: string, credentials?: TlsKeyPair): Promise<HttpResult> {
  const [host, port] = cluster.address.split(":");
  const options = {
    host,
    port,
    method,
    path,
    ca: cluster.hostCertificate,
    servername: "teleport.cluster.local",
    agent: false as const,
    ...(credentials && { cert: credentials.certificate, key: credentials.privateKey }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) });
      });
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

test("the legacy HTTP API serves remote clusters on the same port", async () => {
  await cluster.admin();
  const credentials = await cluster.login("admin", ["everything"]);
  const status = { connection: "offline", lastHeartbeat: zeroTime() };
  const leaf = { kind: "remote_cluster", version: "v3", metadata: { name: "leaf/1", labels: { env: "x" } }, status };
  const { storage } = cluster.context;
  storage.upsert("remote_cluster", create(RemoteClusterV3Schema, leaf));

  const expected = {
    kind: "remote_cluster",
    version: "v3",
    metadata: {
      name: "leaf/1",
      labels: { env: "x" },
      revision: storage.get("remote_cluster", "leaf/1")?.metadata?.revision,
    },
    status: { connection: "offline", last_heartbeat: "0001-01-01T00:00:00Z" },
  };
  assert.deepEqual(await http("GET", "/v2/remoteclusters", credentials), { status: 200, body: [expected] });
  assert.deepEqual(await http("GET", "/v2/remoteclusters/leaf%2F1", credentials), { status: 200, body: expected });
  assert.deepEqual(await http("DELETE", "/v2/remoteclusters/leaf%2F1", credentials), {
    status: 200,
    body: { message: "ok" },
  });
  const message = 'remote cluster "leaf/1" is not found';
  assert.deepEqual(await http("GET", "/v2/remoteclusters/leaf%2F1", credentials), {
    status: 404,
    body: { error: { message }, message },
  });
  assert.equal((await http("GET", "/v2/nothing", credentials)).status, 404);
  assert.equal((await http("GET", "/v2/remoteclusters")).status, 403);
});

test("legacy calls count and are withheld too", async () => {
  const credentials = await cluster.login("legacy", ["everything"]);
  const hold = cluster.context.calls.holdAnswerOf(1, { user: "legacy" });
  const answer = http("GET", "/v2/remoteclusters", credentials);
  assert.equal((await hold.reached).method, "GET /v2/remoteclusters");
  hold.release();
  assert.equal((await answer).status, 200);
});

test("releases from 17 on have no legacy calls for remote clusters", async () => {
  const newer = await LabAuth.start("newer.example.com");
  const before = cluster;
  try {
    cluster = newer;
    await newer.admin();
    const answer = await http("GET", "/v2/remoteclusters", await newer.login("admin", ["everything"]));
    assert.equal(answer.status, 404);
  } finally {
    cluster = before;
    await newer.close();
  }
});
