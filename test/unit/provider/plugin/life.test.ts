import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Http2Session } from "node:http2";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock, test } from "node:test";

import type { Route } from "../../../../provider/grpc";
import { handshakeLine, hasCookie } from "../../../../provider/plugin/handshake";
import { HostConnection } from "../../../../provider/plugin/host-connection";
import { crashText } from "../../../../provider/plugin/last-words";
import { LateRoutes } from "../../../../provider/plugin/late-routes";
import { reattachText } from "../../../../provider/plugin/reattach";
import { listenLocally, removeSocket, type SocketOptions } from "../../../../provider/plugin/socket";

const unix = { network: "unix", text: "/tmp/plugin1" } as const;

test("the handshake line has six fields, seven for a host that asked", () => {
  const handshake = { protocolVersion: 6, address: unix, certificateField: "AbC", multiplexAsked: false };
  assert.equal(handshakeLine(handshake), "1|6|unix|/tmp/plugin1|grpc|AbC\n");
  assert.equal(
    handshakeLine({ ...handshake, certificateField: "", multiplexAsked: true }),
    "1|6|unix|/tmp/plugin1|grpc||false\n",
  );
});

test("the cookie counts with its very value only", () => {
  const cookie = { name: "COOKIE", value: "v" };
  assert.equal(hasCookie({ COOKIE: "v" }, cookie), true);
  for (const env of [{}, { COOKIE: "" }, { COOKIE: "V" }, { OTHER: "v" }]) assert.equal(hasCookie(env, cookie), false);
});

function withTimers(work: (ended: string[], connection: HostConnection, tick: (ms: number) => void) => void): void {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const ended: string[] = [];
    work(ended, new HostConnection((why) => ended.push(why)), (ms) => mock.timers.tick(ms));
  } finally {
    mock.timers.reset();
  }
}

const session = (): Http2Session => new EventEmitter() as Http2Session;

test("a plugin to which no host connects ends after a minute", () => {
  withTimers((ended, _connection, tick) => {
    tick(59_999);
    assert.deepEqual(ended, []);
    tick(1);
    assert.deepEqual(ended, ["no host connected"]);
  });
});

test("a plugin ends shortly after its last session, not while one is open", () => {
  withTimers((ended, connection, tick) => {
    const [first, second] = [session(), session()];
    connection.add(first);
    connection.add(second);
    tick(3_600_000);
    first.emit("close");
    tick(3_600_000);
    assert.deepEqual(ended, []);
    second.emit("close");
    tick(299);
    assert.deepEqual(ended, []);
    tick(1);
    assert.deepEqual(ended, ["the host is gone"]);
  });
});

test("a host that comes back within the grace keeps its plugin", () => {
  withTimers((ended, connection, tick) => {
    const first = session();
    connection.add(first);
    first.emit("close");
    tick(200);
    connection.add(session());
    tick(3_600_000);
    assert.deepEqual(ended, []);
  });
});

const route = (path: string): Route => ({ path, kind: "unary", answer: async () => new Uint8Array(0) });

test("calls that come before the routes are loaded wait for them; early routes do not", async () => {
  let give: (routes: readonly Route[]) => void = () => {};
  const late = route("/late");
  const early = route("/early");
  const routes = new LateRoutes(
    [early],
    () =>
      new Promise((resolve) => {
        give = resolve;
      }),
  );
  assert.equal(routes.find("/early"), early);
  const waiting = routes.find("/late");
  assert.ok(waiting instanceof Promise);
  const missing = routes.find("/missing");
  const loaded = routes.load();
  await Promise.resolve();
  give([late]);
  await loaded;
  assert.equal(await waiting, late);
  assert.equal(await missing, undefined);
  assert.equal(routes.find("/late"), late);
  assert.equal(routes.find("/early"), early);
  assert.equal(routes.find("/missing"), undefined);
});

test("routes that cannot be loaded fail the load and the calls that wait", async () => {
  const failure = new Error("no such chunk");
  const routes = new LateRoutes([], () => Promise.reject(failure));
  const waiting = Promise.resolve(routes.find("/late"));
  await Promise.all([assert.rejects(routes.load(), failure), assert.rejects(waiting, failure)]);
});

test("a crash text begins with panic, keeps its first line in one, and asks for the report", () => {
  const error = new TypeError("a\n  b");
  error.stack = "TypeError: a\n  b\n    at one (x.ts:1:1)\n    at two (y.ts:2:2)";
  assert.equal(
    crashText(error, "the program", "its makers"),
    "panic: TypeError: a / b\n\nThis is a bug in the program. Please send this text to its makers.\n\n    at one (x.ts:1:1)\n    at two (y.ts:2:2)\n",
  );
  assert.match(crashText("just text", "p", "m"), /^panic: just text\n/);
});

test("the reattach text can be pasted into a shell", () => {
  const text = reattachText({ providerAddress: "host/a/b", protocolVersion: 6, pid: 7, address: unix }, "linux");
  assert.match(
    text,
    /^\texport TF_REATTACH_PROVIDERS='\{"host\/a\/b":\{"Protocol":"grpc","ProtocolVersion":6,"Pid":7,"Test":true,"Addr":\{"Network":"unix","String":"\/tmp\/plugin1"\}\}\}'$/m,
  );
});

async function listening(
  options: Partial<SocketOptions>,
  work: (address: { network: string; text: string }) => void,
): Promise<void> {
  const server = createServer();
  try {
    work(
      await listenLocally(server, {
        platform: process.platform,
        folders: [],
        unique: "1",
        group: undefined,
        allowTcp: false,
        ...options,
      }),
    );
  } finally {
    server.close();
  }
}

test("without a folder to make a socket in it listens on 127.0.0.1, but only where TLS guards it", async () => {
  await listening({ folders: ["/nowhere"], allowTcp: true }, ({ network, text }) => {
    assert.equal(network, "tcp");
    assert.match(text, /^127\.0\.0\.1:\d+$/);
  });
  await assert.rejects(
    listening({ folders: ["/nowhere"] }, () => {}),
    /^Error: no unix socket can be made \(\/nowhere\/plugin1: listen E(?:NOENT|ACCES)/,
  );
});

test("a path that a system would cut off is not used", async () => {
  const folder = `/tmp/${"x".repeat(91)}`;
  await assert.rejects(
    listening({ platform: "darwin", folders: [folder] }, () => {}),
    /longer than 103 bytes/,
  );
  await assert.rejects(
    listening({ platform: "linux", folders: [`${folder}xxxxx`] }, () => {}),
    /longer than 107 bytes/,
  );
});

test("a group that is asked for may connect; the file goes away, once or twice", async () => {
  const folder = mkdtempSync(join(tmpdir(), "teleport-trust-socket-"));
  const group = String(process.getgid?.() ?? 0);
  await listening({ folders: [folder], group }, ({ text }) => {
    assert.equal(statSync(text).mode & 0o777, 0o660);
    assert.equal(String(statSync(text).gid), group);
    removeSocket({ network: "unix", text });
    removeSocket({ network: "unix", text });
    assert.throws(() => statSync(text), /ENOENT/);
  });
  await assert.rejects(
    listening({ folders: [folder], group: "no such group" }, () => {}),
    /there is no group "no such group"/,
  );
  rmSync(folder, { recursive: true, force: true });
});

test("does not take the socket of another plugin", async () => {
  const folder = mkdtempSync(join(tmpdir(), "teleport-trust-socket-"));
  writeFileSync(join(folder, "plugin1"), "");
  await assert.rejects(
    listening({ folders: [folder] }, () => {}),
    /EADDRINUSE/,
  );
  rmSync(folder, { recursive: true, force: true });
});
