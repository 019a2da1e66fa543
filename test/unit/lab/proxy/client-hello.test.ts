import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { describe, test } from "node:test";
import tls from "node:tls";

import { authProtocol, clusterOfAuthProtocol, isAuthProtocol } from "../../../../lab/proxy/auth-protocol";
import { parseClientHello } from "../../../../lab/proxy/client-hello";

/** The first bytes that a real TLS client sends. */
async function firstBytes(options: tls.ConnectionOptions): Promise<Buffer> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const client = tls.connect({ host: "127.0.0.1", port, ...options });
  client.on("error", () => {});
  const [socket] = (await once(server, "connection")) as [net.Socket];
  const [bytes] = (await once(socket, "data")) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

const options: readonly { name: string; options: tls.ConnectionOptions; serverName?: string; protocols: string[] }[] = [
  { name: "no ALPN, no SNI", options: {}, protocols: [] },
  { name: "SNI", options: { servername: "a.example.com" }, serverName: "a.example.com", protocols: [] },
  {
    name: "ALPN in the client's order",
    options: { ALPNProtocols: ["teleport-auth@61.teleport.cluster.local", "h2"], servername: "teleport.cluster.local" },
    serverName: "teleport.cluster.local",
    protocols: ["teleport-auth@61.teleport.cluster.local", "h2"],
  },
  { name: "TLS 1.2", options: { maxVersion: "TLSv1.2", ALPNProtocols: ["http/1.1"] }, protocols: ["http/1.1"] },
];

describe("a ClientHello of a real client", () => {
  for (const row of options) {
    test(row.name, async () => {
      const bytes = await firstBytes(row.options);
      assert.deepEqual(parseClientHello(bytes), { serverName: row.serverName, protocols: row.protocols });
    });
  }

  test("is complete with its last byte and not before, whatever the cut", async () => {
    const bytes = await firstBytes({ ALPNProtocols: ["h2"], servername: "a.example.com" });
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(parseClientHello(bytes.subarray(0, length)), undefined, `${length} bytes`);
    }
    assert.ok(parseClientHello(Buffer.concat([bytes, Buffer.from("more")])));
  });

  test("may be spread over several records", async () => {
    const bytes = await firstBytes({ ALPNProtocols: ["h2"], servername: "a.example.com" });
    const body = bytes.subarray(5);
    const record = (part: Buffer) =>
      Buffer.concat([Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part]);
    for (const cut of [1, 3, 4, 50]) {
      const spread = Buffer.concat([record(body.subarray(0, cut)), record(body.subarray(cut))]);
      assert.deepEqual(parseClientHello(spread), { serverName: "a.example.com", protocols: ["h2"] });
    }
  });

  test("with any one byte changed is read or refused, and nothing else", async () => {
    const bytes = await firstBytes({ ALPNProtocols: ["h2"], servername: "a.example.com" });
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        try {
          parseClientHello(changed);
        } catch (error) {
          assert.match((error as Error).message, /TLS|ClientHello/, `byte ${at}`);
        }
      }
    }
  });
});

const refused: readonly { name: string; bytes: Buffer; error: RegExp }[] = [
  { name: "plain HTTP", bytes: Buffer.from("GET / HTTP/1.1\r\n"), error: /not a TLS handshake/ },
  { name: "SSH", bytes: Buffer.from("SSH-2.0-x\r\n"), error: /not a TLS handshake/ },
  { name: "another handshake message", bytes: Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0]), error: /not a ClientHello/ },
  { name: "an empty record", bytes: Buffer.from([22, 3, 1, 0, 0]), error: /empty TLS handshake record/ },
  { name: "a length beyond reason", bytes: Buffer.from([22, 3, 1, 0, 4, 1, 255, 255, 255]), error: /too long/ },
  { name: "nothing inside", bytes: Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0]), error: /cut short/ },
];

for (const { name, bytes, error } of refused) {
  test(`${name} is no ClientHello`, () => {
    assert.throws(() => parseClientHello(bytes), error);
  });
}

test("the protocol of an Auth service holds its cluster's name in hex", () => {
  assert.equal(authProtocol("leaf.lab"), "teleport-auth@6c6561662e6c6162.teleport.cluster.local");
  assert.equal(clusterOfAuthProtocol(authProtocol("größe")), "größe");
  for (const wrong of [
    "h2",
    "teleport-auth@",
    "teleport-auth@6c6.teleport.cluster.local",
    "teleport-auth@6c.example.com",
  ]) {
    assert.equal(clusterOfAuthProtocol(wrong), undefined, wrong);
  }
  assert.equal(isAuthProtocol("teleport-auth@"), true);
  assert.equal(isAuthProtocol("teleport-tcp"), false);
});
