// The life of a provider process as its host sees it: real child processes, a host written for the test.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { createGrpcClient, type GrpcClient, GrpcStatus, grpcMethod } from "../../provider/grpc";
import { Empty } from "../../provider/plugin/gen/plugin/controller";
import {
  ApplyResourceChange_Request,
  ApplyResourceChange_Response,
  ConfigureProvider_Request,
  ConfigureProvider_Response,
  GetMetadata_Request,
  GetMetadata_Response,
  StopProvider_Request,
  StopProvider_Response,
} from "../../provider/protocol/gen/tfplugin6/tfplugin6";
import { failsWith } from "../support/grpc-peers";
import { type HostOptions, type PluginHost, startHost } from "../support/plugin-host";

const service = "/tfplugin6.Provider";
const getMetadata = grpcMethod(`${service}/GetMetadata`, GetMetadata_Request, GetMetadata_Response);
const configure = grpcMethod(`${service}/ConfigureProvider`, ConfigureProvider_Request, ConfigureProvider_Response);
const apply = grpcMethod(`${service}/ApplyResourceChange`, ApplyResourceChange_Request, ApplyResourceChange_Response);
const stop = grpcMethod(`${service}/StopProvider`, StopProvider_Request, StopProvider_Response);
const shutdown = grpcMethod("/plugin.GRPCController/Shutdown", Empty, Empty);

/** Nobody else's sockets are in it, so what is left behind can be counted. */
const sockets = mkdtempSync(join(tmpdir(), "teleport-trust-sockets-"));
after(() => rmSync(sockets, { recursive: true, force: true }));

async function withHost(options: HostOptions, work: (host: PluginHost) => Promise<void>): Promise<void> {
  const host = startHost({ ...options, env: { PLUGIN_UNIX_SOCKET_DIR: sockets, ...options.env } });
  try {
    await work(host);
  } finally {
    await host.dispose();
  }
}

/** msgpack of `{id: <unknown>, text: …}` and of null, as Terraform sends them. */
function planned(text: string): ApplyResourceChange_Request {
  const head = Buffer.from([
    0x82,
    0xa2,
    0x69,
    0x64,
    0xd4,
    0x00,
    0x00,
    0xa4,
    0x74,
    0x65,
    0x78,
    0x74,
    0xa0 | text.length,
  ]);
  const config = Buffer.concat([Buffer.from([0x82, 0xa2, 0x69, 0x64, 0xc0]), head.subarray(7), Buffer.from(text)]);
  return ApplyResourceChange_Request.create({
    type_name: "fixture_note",
    prior_state: { msgpack: Buffer.from([0xc0]) },
    planned_state: { msgpack: Buffer.concat([head, Buffer.from(text)]) },
    config: { msgpack: config },
  });
}

async function dialPath(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, "connect");
  return socket;
}

async function configured(host: PluginHost): Promise<GrpcClient> {
  const client = host.client();
  const answer = await client.unary(
    configure,
    ConfigureProvider_Request.create({ config: { msgpack: Buffer.from([0x80]) } }),
  );
  assert.deepEqual(answer.diagnostics, []);
  return client;
}

test("prints one line: versions, socket, protocol, certificate without padding", async () => {
  await withHost({}, async (host) => {
    const fields = await host.handshake();
    assert.deepEqual(fields.slice(0, 3), ["1", "6", "unix"]);
    assert.equal(fields[3]?.startsWith(`${sockets}/plugin`), true);
    assert.equal(fields[4], "grpc");
    assert.match(fields[5] ?? "", /^[A-Za-z0-9+/]{400,}$/);
    assert.equal(fields.length, 6);
  });
});

test("shows a certificate that Go accepts: P-256, SAN localhost, valid from a moment ago", async () => {
  await withHost({}, async (host) => {
    const certificate = new X509Certificate(Buffer.from((await host.handshake())[5] ?? "", "base64"));
    assert.equal(certificate.subjectAltName, "DNS:localhost");
    assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
    assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
    assert.ok(certificate.verify(certificate.publicKey));
    const ageMs = Date.now() - Date.parse(certificate.validFrom);
    assert.ok(ageMs > 20_000 && ageMs < 60_000, `${ageMs} ms`);
  });
});

test("makes another key for every start", async () => {
  await withHost({}, (first) =>
    withHost({}, async (second) => assert.notEqual((await first.handshake())[5], (await second.handshake())[5])),
  );
});

test("answers the multiplexing field only to a host that asked", async () => {
  await withHost({ env: { PLUGIN_MULTIPLEX_GRPC: "true" } }, async (host) => {
    const fields = await host.handshake();
    assert.deepEqual(fields.slice(6), ["false"]);
  });
});

test("serves without TLS only when the host sent no certificate", async () => {
  await withHost({ certificate: undefined }, async (host) => {
    assert.equal((await host.handshake())[5], "");
    const client = host.client();
    assert.equal((await client.unary(getMetadata, {})).resources.length, 1);
    await client.close();
  });
});

const strayStarts: readonly { name: string; env: Record<string, string | undefined> }[] = [
  { name: "without the cookie", env: { TF_PLUGIN_MAGIC_COOKIE: undefined } },
  { name: "with another program's cookie", env: { TF_PLUGIN_MAGIC_COOKIE: "x" } },
];
for (const { name, env } of strayStarts) {
  test(`tells a person who starts it ${name} what it is, and ends with 1`, async () => {
    await withHost({ env }, async (host) => {
      assert.deepEqual(await host.ended, { code: 1, signal: null });
      assert.equal(host.stdout, "");
      assert.equal(
        host.stderr,
        "terraform-provider-fixture is a plugin. Terraform or OpenTofu starts it; it does nothing by itself.\n" +
          "To use it, declare the provider in a configuration and run `terraform init`.\n" +
          "To attach a debugger to it, start it with --debug.\n",
      );
    });
  });
}

test("ends with a crash report when the host's certificate is none", async () => {
  await withHost({ env: { PLUGIN_CLIENT_CERT: "-----BEGIN CERTIFICATE-----" } }, async (host) => {
    assert.deepEqual(await host.ended, { code: 2, signal: null });
    assert.match(host.stderr, /^panic: Error: the host's certificate \(PLUGIN_CLIENT_CERT\) is no PEM certificate\n/);
  });
});

test("is gone at once after Shutdown, with its socket", async () => {
  await withHost({}, async (host) => {
    const client = host.client();
    await client.unary(getMetadata, {});
    const began = performance.now();
    await client.unary(shutdown, {}).catch(() => {}); // The answer may never arrive.
    assert.deepEqual(await host.ended, { code: 0, signal: null });
    assert.ok(performance.now() - began < 500, `${performance.now() - began} ms`);
    assert.equal(await host.hasSocketFile(), false);
    await client.close();
  });
});

test("is gone when its host vanishes without a word, with its socket", async () => {
  await withHost({}, async (host) => {
    const client = await configured(host);
    const waiting = client.unary(apply, planned("wait")).catch(() => {});
    await client.close();
    await waiting;
    assert.deepEqual(await host.ended, { code: 0, signal: null });
    assert.equal(await host.hasSocketFile(), false);
  });
});

test("ignores Ctrl-C, and stops its work when the host asks it to", async () => {
  await withHost({ env: { TF_LOG: "warn" } }, async (host) => {
    const client = await configured(host);
    const waiting = client.unary(apply, planned("wait"));
    while (!host.stderr.includes('"waiting"')) await new Promise((resolve) => host.child.stderr?.once("data", resolve));
    host.child.kill("SIGINT");
    assert.equal((await client.unary(getMetadata, {})).resources.length, 1);
    assert.deepEqual(await client.unary(stop, {}), { Error: "" });
    const { diagnostics, new_state } = await waiting;
    assert.equal(diagnostics.length, 1);
    assert.deepEqual(new_state?.msgpack, Buffer.from([0xc0]));
    const later = await client.unary(apply, planned("later"));
    assert.deepEqual(later.diagnostics, []);
    await client.close();
  });
});

for (const [signal, code] of [
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  test(`removes its socket when it is ended by ${signal}`, async () => {
    await withHost({}, async (host) => {
      assert.equal(await host.hasSocketFile(), true);
      host.child.kill(signal);
      assert.deepEqual(await host.ended, { code, signal: null });
      assert.equal(await host.hasSocketFile(), false);
    });
  });
}

test("a crash is told as Terraform shows it, and leaves no socket", async () => {
  await withHost({}, async (host) => {
    const client = await configured(host);
    await assert.rejects(client.unary(apply, planned("crash")), failsWith(GrpcStatus.UNAVAILABLE, /was lost/));
    assert.deepEqual(await host.ended, { code: 2, signal: null });
    const lines = host.stderr.split("\n");
    assert.equal(lines[0], "panic: RangeError: the fixture crashes / as it was told");
    assert.equal(lines[2], "This is a bug in terraform-provider-fixture. Please send this text to nobody.");
    assert.match(lines[4] ?? "", /^ {4}at throwInNobodysCall /);
    assert.equal(await host.hasSocketFile(), false);
    await client.close();
  });
});

test("a bug in one call is a diagnostic of that call; the process lives on", async () => {
  await withHost({}, async (host) => {
    const client = await configured(host);
    const { diagnostics } = await client.unary(apply, planned("throw"));
    assert.equal(diagnostics.length, 1);
    assert.match(`${diagnostics[0]?.summary} ${diagnostics[0]?.detail}`, /a bug of the fixture/);
    assert.equal((await client.unary(getMetadata, {})).resources.length, 1);
    await client.close();
  });
});

test("does not have go-plugin's broker and stdio, which a provider does not need", async () => {
  await withHost({}, async (host) => {
    const client = host.client();
    for (const path of ["/plugin.GRPCBroker/StartStream", "/plugin.GRPCStdio/StreamStdio"]) {
      await assert.rejects(
        client.unary(grpcMethod(path, Empty, Empty), {}),
        failsWith(GrpcStatus.UNIMPLEMENTED, `unknown method ${path}`),
      );
    }
    await client.close();
  });
});

/** A folder whose path is so long that a socket's path in it would be cut off. */
const tooLong = join(sockets, "x".repeat(110));
mkdirSync(tooLong);

const places: readonly { name: string; env: Record<string, string>; place: RegExp; socketIn?: string }[] = [
  {
    name: "the folder that the host names",
    env: { PLUGIN_UNIX_SOCKET_DIR: sockets },
    place: new RegExp(`^unix ${sockets}/plugin`),
  },
  {
    name: "/tmp when the path would be too long",
    env: { PLUGIN_UNIX_SOCKET_DIR: tooLong, TMPDIR: tooLong },
    place: /^unix \/tmp\/plugin/,
  },
  {
    name: "the temporary folder when the named one is missing",
    env: { PLUGIN_UNIX_SOCKET_DIR: join(sockets, "no"), TMPDIR: sockets },
    place: new RegExp(`^unix ${sockets}/plugin`),
  },
];
for (const { name, env, place } of places) {
  test(`listens in ${name}`, async () => {
    await withHost({ env }, async (host) => {
      const [, , network, address] = await host.handshake();
      assert.match(`${network} ${address}`, place);
      const client = host.client();
      assert.equal((await client.unary(getMetadata, {})).resources.length, 1);
      await client.unary(shutdown, {}).catch(() => {});
      await host.ended;
      assert.equal(existsSync(address ?? ""), false);
      await client.close();
    });
  });
}

test("writes no line to stderr unless a level is asked for", async () => {
  await withHost({}, async (host) => {
    const client = await configured(host);
    await client.unary(apply, planned("log"));
    await client.unary(shutdown, {}).catch(() => {});
    await host.ended;
    assert.equal(host.stderr, "");
    assert.equal(host.stdout.split("\n").length, 2, "something stands behind the handshake line");
    await client.close();
  });
});

const levels: readonly { env: Record<string, string>; written: boolean }[] = [
  { env: { TF_LOG: "debug" }, written: true },
  { env: { TF_LOG: "JSON" }, written: true },
  { env: { TF_LOG: "warn" }, written: false },
  { env: { TF_LOG: "off" }, written: false },
  { env: { TF_LOG: "error", TF_LOG_PROVIDER: "trace" }, written: true },
  { env: { TF_LOG: "trace", TF_LOG_PROVIDER_FIXTURE: "error" }, written: false },
];
for (const { env, written } of levels) {
  const setting = Object.entries(env)
    .map((pair) => pair.join("="))
    .join(" ");
  test(`with ${setting} a debug line is ${written ? "written as Terraform reads it, without the secret" : "not written"}`, async () => {
    await withHost({ env }, async (host) => {
      const client = await configured(host);
      await client.unary(apply, planned("log"));
      await client.unary(shutdown, {}).catch(() => {});
      await host.ended;
      const lines = host.stderr
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));
      const line = lines.find((candidate) => candidate["@message"] === "a note was written");
      assert.deepEqual(
        line,
        written
          ? {
              "@level": "debug",
              "@message": "a note was written",
              "@module": "fixture",
              api_token: "(secret)",
              text: "log",
            }
          : undefined,
      );
      assert.equal(host.stderr.includes("marker-of-a-secret"), false);
      await client.close();
    });
  });
}

test("debugged, prints how to attach, serves several hosts one after another, and ends with Ctrl-C", async () => {
  await withHost(
    { args: ["--debug"], certificate: undefined, env: { TF_PLUGIN_MAGIC_COOKIE: undefined } },
    async (host) => {
      while (!host.stdout.includes("Ctrl-C")) await new Promise((resolve) => host.child.stdout?.once("data", resolve));
      const [, json = ""] = /export TF_REATTACH_PROVIDERS='(.*)'/.exec(host.stdout) ?? [];
      const reattach = JSON.parse(json)["registry.terraform.io/teleport-trust/fixture"];
      assert.deepEqual(
        { ...reattach, Addr: reattach.Addr.Network },
        { Protocol: "grpc", ProtocolVersion: 6, Pid: host.child.pid, Test: true, Addr: "unix" },
      );
      for (const round of [1, 2]) {
        const client = createGrpcClient({ authority: "unused", connect: () => dialPath(reattach.Addr.String) });
        assert.equal((await client.unary(getMetadata, {})).resources.length, 1, `host ${round}`);
        await client.close();
        // Longer than the grace after which a plugin that is not debugged would end.
        await new Promise((resolve) => setTimeout(resolve, 400));
      }
      host.child.kill("SIGINT");
      assert.deepEqual(await host.ended, { code: 0, signal: null });
      assert.equal(existsSync(reattach.Addr.String), false);
    },
  );
});

test("leaves nothing behind in the folder of sockets", () => {
  assert.deepEqual(
    readdirSync(sockets).filter((name) => name.startsWith("plugin")),
    [],
  );
});
