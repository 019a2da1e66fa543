import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";

import { createConnections, diskFiles } from "../../../../provider/cluster";
import { systemCertificates } from "../../../../provider/cluster/system-certificates";
import { webPeer } from "../../../support/auth-peer";
import { testSurroundings } from "../../../support/cluster-surroundings";
import { Cleanup } from "../../../support/grpc-peers";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());
const dir = mkdtempSync(join(tmpdir(), "teleport-trust-web-"));
after(() => rmSync(dir, { recursive: true }));
const signal = () => new AbortController().signal;

const pong = {
  cluster_name: "root.example.com",
  server_version: "17.7.0",
  edition: "oss",
  proxy: { tls_routing_enabled: true, ssh: { public_addr: "root.example.com:443" } },
};

async function proxy(body: unknown, status = 200) {
  const server = await webPeer(body, status);
  cleanup.add(() => server.close());
  return server;
}

function connections(env: Record<string, string> = {}) {
  const made = createConnections(
    { default: undefined, clusters: new Map(), clustersUnknown: false },
    testSurroundings({ env }),
  );
  cleanup.add(() => made.close());
  return made;
}

test("asks a proxy whose certificate a company signed, with SSL_CERT_FILE, once", async () => {
  const server = await proxy(pong);
  const path = join(dir, "company.pem");
  writeFileSync(path, server.authority);
  const { webPing } = connections({ SSL_CERT_FILE: path });
  const answers = [
    await webPing(server.addr, { insecure: false }, signal()),
    await webPing(server.addr, { insecure: false }, signal()),
  ];
  assert.deepEqual(answers[0], {
    addr: server.addr,
    clusterName: "root.example.com",
    serverVersion: "17.7.0",
    edition: "oss",
    webProxyAddr: "root.example.com:443",
    tunnelAddr: "root.example.com:443",
    sshProxyAddr: "root.example.com:443",
    tlsRouting: true,
  });
  assert.equal(answers[1], answers[0]);
  assert.equal(server.connections(), 1);
});

test("takes any certificate when it is told to", async () => {
  const server = await proxy(pong);
  const { clusterName } = await connections().webPing(server.addr, { insecure: true }, signal());
  assert.equal(clusterName, "root.example.com");
});

test("says how to trust a company's certificate", async () => {
  const server = await proxy(pong);
  await assert.rejects(connections().webPing(server.addr, { insecure: false }, signal()), {
    code: "CONNECTION_UNTRUSTED",
    what: `cannot connect to the web proxy at ${server.addr}: its certificate is signed by an authority that this machine does not trust`,
    next: "Name the file with that authority in SSL_CERT_FILE (or install it in the system), or set `insecure` for a test.",
  });
});

test("says that a name is not in the certificate", async () => {
  const server = await proxy(pong);
  const path = join(dir, "name.pem");
  writeFileSync(path, server.authority);
  const other = server.addr.replace("127.0.0.1", "127.0.0.2");
  // Only 127.0.0.1 listens; the other loopback address reaches it on Linux where the server listens on all.
  const call = connections({ SSL_CERT_FILE: path }).webPing(other, { insecure: false }, signal());
  await assert.rejects(call, { code: /^CONNECTION_(FAILED|UNTRUSTED)$/ });
});

for (const [name, body, status] of [
  ["a page", "<html>", 200],
  ["another API", { version: 1 }, 200],
  ["an error", { error: { message: "not now" } }, 503],
] as const) {
  test(`says that ${name} is no proxy`, async () => {
    const server = await proxy(body, status);
    await assert.rejects(connections().webPing(server.addr, { insecure: true }, signal()), {
      code: "API_UNEXPECTED",
      what: `what answers at ${server.addr} is not the web proxy of a Teleport cluster (HTTP status ${status})`,
    });
  });
}

const one = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
const two = "-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----";

test("reads SSL_CERT_DIR, several directories, and passes over what is none", async () => {
  const [first, second] = [mkdtempSync(join(dir, "a-")), mkdtempSync(join(dir, "b-"))];
  writeFileSync(join(first, "one.pem"), `remark\n${one}\n`);
  writeFileSync(join(second, "two.crt"), `${two}\n${one}\n`);
  writeFileSync(join(second, "README"), "nothing");
  const env = { SSL_CERT_FILE: join(dir, "none.pem"), SSL_CERT_DIR: `${first}:${second}:${join(dir, "none")}` };
  assert.deepEqual(await systemCertificates(diskFiles, env), [one, two]);
});

test("adds NODE_EXTRA_CA_CERTS", async () => {
  const path = join(dir, "extra.pem");
  writeFileSync(path, two);
  const empty = mkdtempSync(join(dir, "c-"));
  const bundle = join(dir, "bundle.pem");
  writeFileSync(bundle, one);
  const env = { SSL_CERT_FILE: bundle, SSL_CERT_DIR: empty, NODE_EXTRA_CA_CERTS: path };
  assert.deepEqual(await systemCertificates(diskFiles, env), [one, two]);
});

test("trusts what Node brings along where the system has nothing", async () => {
  const empty = mkdtempSync(join(dir, "d-"));
  const found = await systemCertificates(diskFiles, { SSL_CERT_FILE: join(dir, "none.pem"), SSL_CERT_DIR: empty });
  assert.ok(found.length > 50);
});
