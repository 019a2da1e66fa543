// Judge: curl.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import tls from "node:tls";

import { Lab } from "../../../../lab";

const folder = mkdtempSync(join(tmpdir(), "teleport-trust-proxy-"));
let lab: Lab;

before(async () => {
  lab = await new Lab({ leaves: [], root: { name: "root.lab" } }).ready;
  writeFileSync(join(folder, "ca.pem"), lab.root.proxyCa);
});

after(async () => {
  await lab.dispose();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly version: string;
  readonly type: string;
  readonly json: Record<string, unknown>;
}

/** What curl gets from the proxy; it trusts the company CA and nothing else. */
async function curl(path: string, ...args: string[]): Promise<Answer> {
  const format = "\n%{http_code} %{http_version} %{content_type}";
  const url = `https://${lab.root.addresses.proxy}${path}`;
  const ca = join(folder, "ca.pem");
  const output = await new Promise<string>((resolve, reject) => {
    execFile("curl", ["-sS", "--noproxy", "*", "--cacert", ca, "-w", format, ...args, url], (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr, { cause: error }));
    });
  });
  const [status, version, type] = output.slice(output.lastIndexOf("\n") + 1).split(" ");
  const json = JSON.parse(output.slice(0, output.lastIndexOf("\n")));
  return { status: Number(status), version: version ?? "", type: type ?? "", json };
}

test("/webapi/ping tells how to reach the cluster and how to log in", async () => {
  const { status, type, json } = await curl("/webapi/ping");
  assert.deepEqual([status, type], [200, "application/json"]);
  const { proxy, tunnel, ssh } = lab.root.addresses;
  assert.equal(json.cluster_name, "root.lab");
  assert.equal(json.server_version, "17.7.0");
  assert.deepEqual(json.proxy, {
    kube: { enabled: false },
    ssh: {
      listen_addr: ssh,
      ssh_public_addr: ssh,
      tunnel_listen_addr: tunnel,
      web_listen_addr: proxy,
      public_addr: proxy,
      ssh_tunnel_public_addr: tunnel,
      dial_timeout: 30_000_000_000,
    },
    db: {},
    tls_routing_enabled: true,
  });
  assert.equal((json.auth as Record<string, unknown>).type, "local");
  assert.deepEqual((await curl("/v1/webapi/ping/connector")).json, json);
});

test("/webapi/find tells the same and nothing about logging in", async () => {
  const { json } = await curl("/webapi/find");
  const { json: ping } = await curl("/webapi/ping");
  assert.deepEqual(json, { ...ping, auth: {} });
});

test("HTTP/1.1 is preferred, HTTP/2 is there for those who want nothing else", async () => {
  assert.equal((await curl("/webapi/find", "--http2")).version, "1.1");
  const [host, port] = lab.root.addresses.proxy.split(":");
  const both = { host: host as string, port: Number(port), ca: lab.root.proxyCa };
  for (const [offered, chosen] of [
    [["h2"], "h2"],
    [["h2", "http/1.1"], "http/1.1"],
  ] as const) {
    const socket = tls.connect({ ...both, ALPNProtocols: [...offered] });
    await once(socket, "secureConnect");
    assert.equal(socket.alpnProtocol, chosen);
    socket.destroy();
  }
});

const errors = [
  { name: "an unknown path", args: [], path: "/web/login", status: 404, message: "path /web/login is not found" },
  {
    name: "a wrong method",
    args: ["-X", "DELETE"],
    path: "/webapi/ping",
    status: 404,
    message: "path /webapi/ping is not found",
  },
  {
    name: "a wrong token",
    args: ["-d", JSON.stringify({ token: "x", certificate_authorities: [], teleport_version: "17.7.0" })],
    path: "/v1/webapi/trustedclusters/validate",
    status: 403,
    message: "access denied: the cluster token has been rejected",
  },
  {
    name: "a wrong token, without the API's version",
    args: ["-d", "{}"],
    path: "/webapi/trustedclusters/validate",
    status: 403,
    message: "access denied: the cluster token has been rejected",
  },
];

for (const { name, args, path, status, message } of errors) {
  test(`${name} is an error in JSON`, async () => {
    const answer = await curl(path, ...args);
    assert.equal(answer.status, status);
    assert.deepEqual(answer.json, { error: { message }, message });
  });
}

test("what is no JSON is a bad request", async () => {
  const { status, json } = await curl("/v1/webapi/trustedclusters/validate", "-d", "{");
  assert.equal(status, 400);
  assert.match(String(json.message), /^request: /);
});

test("a body beyond reason is a bad request", async () => {
  writeFileSync(join(folder, "large"), Buffer.alloc(2_000_000, 32));
  const { status } = await curl("/v1/webapi/trustedclusters/validate", "--data-binary", `@${join(folder, "large")}`);
  assert.equal(status, 400);
});

test("curl does not trust the web certificate without the company CA", async () => {
  writeFileSync(join(folder, "other.pem"), await lab.root.identities.bot!.tls.certificate);
  await assert.rejects(curl("/webapi/ping", "--cacert", join(folder, "other.pem")), /certificate/);
});

test("an application protocol that the proxy does not have ends the handshake", async () => {
  const [host, port] = lab.root.addresses.proxy.split(":");
  const options = { host: host as string, port: Number(port), ca: lab.root.proxyCa };
  const socket = tls.connect({ ...options, ALPNProtocols: ["teleport-postgres"] });
  const [error] = await once(socket, "error");
  assert.match(String(error), /no application protocol/i);
});

test("what is no TLS is hung up on", async () => {
  const [host, port] = lab.root.addresses.proxy.split(":");
  const socket = net.connect(Number(port), host);
  socket.write("GET / HTTP/1.1\r\n\r\n");
  socket.resume();
  await once(socket, "close");
});
