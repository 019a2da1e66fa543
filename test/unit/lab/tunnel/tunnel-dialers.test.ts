import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { after, before, describe, it } from "node:test";
import { createServer, type TLSSocket } from "node:tls";
import { createTunnelTlsDialer, remoteAuthServer } from "../../../../lab/tunnel";
import { readAll, withWorld } from "./tunnel-world";

let folder = "";
let key = "";
let cert = "";

before(() => {
  folder = mkdtempSync(joinPath(tmpdir(), "tunnel-dialers-"));
  const [keyFile, certFile] = [joinPath(folder, "key.pem"), joinPath(folder, "cert.pem")];
  const subject = ["-subj", "/CN=proxy", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", keyFile, "-out", certFile, ...subject], {
    stdio: "ignore",
  });
  key = readFileSync(keyFile, "utf8");
  cert = readFileSync(certFile, "utf8");
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function tlsServer(ALPNProtocols: string[], onSocket: (socket: TLSSocket) => void) {
  const sockets = new Set<TLSSocket>();
  const server = createServer({ key, cert, ALPNProtocols }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return { port: address.port, close };
}

describe("a tunnel inside TLS", () => {
  for (const host of ["127.0.0.1", "localhost"]) {
    it(`is dialled by ALPN teleport-reversetunnel, and carries the same: ${host}`, () =>
      withWorld({}, async (world) => {
        const proxy = await tlsServer(["teleport-reversetunnel", "http/1.1"], (socket) => {
          assert.equal(socket.alpnProtocol, "teleport-reversetunnel");
          world.server.attach(socket, socket.remoteAddress);
        });
        const pool = world.startLeaf({ connect: createTunnelTlsDialer({ ca: () => cert }) });
        pool.setTunnels([{ name: "root.lab", tunnelAddr: `${host}:${proxy.port}` }]);
        await pool.connected("root.lab");
        const stream = await world.server.dial("leaf.lab", { address: remoteAuthServer }, AbortSignal.timeout(5000));
        stream.end("hello");
        assert.equal(await readAll(stream), "@remote-auth-server [] hello");
        await pool.stop();
        await world.server.close();
        await proxy.close();
      }));
  }

  const signal = () => AbortSignal.timeout(5000);

  it("is not dialled where the proxy's certificate is not trusted", async () => {
    const proxy = await tlsServer(["teleport-reversetunnel"], () => {});
    await assert.rejects(createTunnelTlsDialer({ ca: () => [] })(`127.0.0.1:${proxy.port}`, signal()), {
      kind: "connection_problem",
      message: /^failed to dial 127\.0\.0\.1:\d+: self-signed certificate/,
    });
    await proxy.close();
  });

  it("is not dialled where ALPN is refused or stripped", async () => {
    const refusing = await tlsServer(["http/1.1"], () => {});
    await assert.rejects(createTunnelTlsDialer({ ca: () => cert })(`127.0.0.1:${refusing.port}`, signal()), {
      kind: "connection_problem",
      message: /no application protocol/,
    });
    await refusing.close();
    const stripping = await tlsServer([], () => {});
    await assert.rejects(createTunnelTlsDialer({ ca: () => cert })(`127.0.0.1:${stripping.port}`, signal()), {
      message: `127.0.0.1:${stripping.port} did not negotiate ALPN teleport-reversetunnel: it is no proxy with TLS routing, or something in between strips ALPN`,
    });
    await stripping.close();
  });

  it("is not dialled at something that is no address", async () => {
    await assert.rejects(createTunnelTlsDialer({ ca: () => cert })("root.lab", signal()), {
      message: '"root.lab" is not a tunnel address host:port',
    });
  });
});
