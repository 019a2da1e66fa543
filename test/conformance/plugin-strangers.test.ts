// Who may talk to the provider's socket: the one Terraform that started it, by the very certificate that it announced.
import assert from "node:assert/strict";
import { once } from "node:events";
import { statSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import type { Socket } from "node:net";
import { after, before, test } from "node:test";

import { type GrpcClient, grpcMethod } from "../../provider/grpc";
import { GetMetadata_Request, GetMetadata_Response } from "../../provider/protocol/gen/tfplugin6/tfplugin6";
import { createHostCertificate, type HostCertificate } from "../support/host-certificate";
import { type PluginHost, startHost } from "../support/plugin-host";

const getMetadata = grpcMethod("/tfplugin6.Provider/GetMetadata", GetMetadata_Request, GetMetadata_Response);

let certificate: HostCertificate;
let host: PluginHost;
/** The host's own connection: it holds the plugin alive while strangers knock. */
let connected: GrpcClient;

before(async () => {
  certificate = createHostCertificate();
  host = startHost({ certificate });
  connected = host.client();
  await connected.unary(getMetadata, {});
});
after(async () => {
  await connected.close();
  await host.dispose();
});

/** What came back for a call over this socket: the HTTP status, or how the connection ended. */
async function call(socket: Socket): Promise<number | "refused"> {
  const session = connectHttp2("https://localhost", { createConnection: () => socket });
  const failed = new Promise<"refused">((resolve) => {
    session.on("error", () => resolve("refused")).on("close", () => resolve("refused"));
  });
  const stream = session.request({
    ":method": "POST",
    ":path": getMetadata.path,
    "content-type": "application/grpc",
    te: "trailers",
  });
  stream.on("error", () => {}).resume();
  stream.end(Buffer.alloc(5));
  const answered = once(stream, "response").then(
    ([headers]) => Number(headers[":status"]),
    () => "refused" as const,
  );
  const outcome = await Promise.race([answered, failed]);
  session.destroy();
  return outcome;
}

const strangers: readonly { name: string; dial: () => Promise<Socket>; outcome: 200 | "refused" }[] = [
  { name: "no certificate", dial: () => host.dialTls(undefined), outcome: "refused" },
  { name: "the same subject with another key", dial: () => host.dialTls(createHostCertificate()), outcome: "refused" },
  {
    name: "the certificate of another run of Terraform, whose plugin runs beside this one",
    dial: async () => {
      const other = createHostCertificate();
      const otherHost = startHost({ certificate: other });
      await otherHost.handshake();
      const socket = await host.dialTls(other);
      await otherHost.dispose();
      return socket;
    },
    outcome: "refused",
  },
  { name: "plaintext HTTP/2", dial: () => host.dial(), outcome: "refused" },
  { name: "the right certificate", dial: () => host.dialTls(certificate), outcome: 200 },
];

test("who is served at the provider's socket", async (t) => {
  for (const { name, dial, outcome } of strangers) {
    await t.test(`${name}: ${outcome === 200 ? "accepted" : outcome}`, async () => {
      assert.equal(await dial().then(call, () => "refused"), outcome);
    });
  }
});

test("the right certificate without its key is not accepted", async () => {
  await assert.rejects(
    host.dialTls({ certificatePem: certificate.certificatePem, keyPem: createHostCertificate().keyPem }),
  );
});

test("only the owner can open the socket", async () => {
  const address = await host.address();
  assert.ok("path" in address);
  assert.equal(statSync(address.path).mode & 0o777, 0o600);
});

test("strangers who come and go do not end a plugin that waits for its host", async () => {
  const waiting = startHost({ certificate });
  try {
    for (const attempt of [
      () => waiting.dialTls(undefined),
      () => waiting.dialTls(createHostCertificate()),
      () => waiting.dial(),
    ]) {
      const socket = await attempt();
      socket.on("error", () => {});
      await call(socket);
      socket.destroy();
    }
    // Longer than the grace after the end of a host's connection.
    assert.equal(
      await Promise.race([waiting.ended, new Promise((resolve) => setTimeout(resolve, 500, "runs"))]),
      "runs",
    );
    const client = waiting.client();
    assert.equal((await client.unary(getMetadata, {})).resources.length, 1);
    await client.close();
  } finally {
    await waiting.dispose();
  }
});
