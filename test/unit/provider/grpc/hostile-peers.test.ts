// Peers that break the rules, at either end: every breach is named, nothing hangs, nothing throws past the call.
import assert from "node:assert/strict";
import { once } from "node:events";
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { afterEach, test } from "node:test";

import { GrpcStatus, unaryRoute } from "../../../../provider/grpc";
import {
  Cleanup,
  clientOf,
  collect,
  dial,
  failsWith,
  frame,
  grpcPeer,
  http2Peer,
  method,
  type Peer,
  rawPeer,
} from "../../../support/grpc-peers";

const echo = method("Echo");
const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const grpc = { ":status": 200, "content-type": "application/grpc" };
const ok = { "grpc-status": "0" };

function answer(
  stream: ServerHttp2Stream,
  headers: OutgoingHttpHeaders,
  body: Buffer,
  trailers: OutgoingHttpHeaders,
): void {
  stream.respond(headers, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.end(body);
}

const authority = "peer.test:443";
const answers: readonly {
  name: string;
  peer: (stream: ServerHttp2Stream) => void;
  code: GrpcStatus;
  message: string | RegExp;
  unprocessed?: boolean;
}[] = [
  {
    name: "an error with its text percent-encoded",
    peer: (s) => s.respond({ ...grpc, "grpc-status": "7", "grpc-message": "no%20%C3%A9%" }, { endStream: true }),
    code: GrpcStatus.PERMISSION_DENIED,
    message: "no é%",
  },
  {
    name: "an error without a text",
    peer: (s) => s.respond({ ...grpc, "grpc-status": "5" }, { endStream: true }),
    code: GrpcStatus.NOT_FOUND,
    message: "NOT_FOUND",
  },
  {
    name: "a status code that does not exist",
    peer: (s) => s.respond({ ...grpc, "grpc-status": "99" }, { endStream: true }),
    code: GrpcStatus.UNKNOWN,
    message: "UNKNOWN",
  },
  {
    name: "a status that is no number",
    peer: (s) => s.respond({ ...grpc, "grpc-status": "OK" }, { endStream: true }),
    code: GrpcStatus.INTERNAL,
    message: 'protocol error: grpc-status is "OK", which is no number',
  },
  {
    name: "OK without a message",
    peer: (s) => s.respond({ ...grpc, ...ok }, { endStream: true }),
    code: GrpcStatus.INTERNAL,
    message: "protocol error: the answer to /test.Service/Echo has no message",
  },
  {
    name: "two messages",
    peer: (s) => answer(s, grpc, Buffer.concat([frame("a"), frame("b")]), ok),
    code: GrpcStatus.INTERNAL,
    message: "protocol error: the answer to /test.Service/Echo has more than one message",
  },
  {
    name: "a message cut off, with OK",
    peer: (s) => answer(s, grpc, frame("abc", { length: 10 }), ok),
    code: GrpcStatus.INTERNAL,
    message: "protocol error: the last message is cut off",
  },
  {
    name: "a message that announces 4 GiB",
    peer: (s) => answer(s, grpc, frame("abc", { length: 0xffffffff }), ok),
    code: GrpcStatus.RESOURCE_EXHAUSTED,
    message: "the message has 4294967295 bytes; at most 16777216 are taken",
  },
  {
    name: "a compressed message",
    peer: (s) => answer(s, grpc, frame("abc", { flag: 1 }), ok),
    code: GrpcStatus.INTERNAL,
    message: "protocol error: the message is compressed, though no compression was offered",
  },
  {
    name: "a body that is no gRPC",
    peer: (s) => answer(s, grpc, Buffer.from("<html></html>"), ok),
    code: GrpcStatus.INTERNAL,
    message: "protocol error: the message begins with 60, where only 0 and 1 have a meaning",
  },
  {
    name: "a message without a status",
    peer: (s) => {
      s.respond(grpc);
      s.end(frame("abc"));
    },
    code: GrpcStatus.INTERNAL,
    message: `protocol error: ${authority} ended the call without a grpc-status`,
  },
  {
    name: "a web page",
    peer: (s) => {
      s.respond({ ":status": 200, "content-type": "text/html" });
      s.end("<html></html>");
    },
    code: GrpcStatus.UNKNOWN,
    message: `protocol error: the answer of ${authority} is no gRPC (HTTP status 200, content type "text/html")`,
  },
  {
    name: "HTTP 404",
    peer: (s) => s.respond({ ":status": 404 }, { endStream: true }),
    code: GrpcStatus.UNIMPLEMENTED,
    message: `protocol error: the answer of ${authority} is no gRPC (HTTP status 404, content type "")`,
  },
  {
    name: "HTTP 503 from a load balancer",
    peer: (s) => {
      s.respond({ ":status": 503, "content-type": "text/plain" });
      s.end("no upstream");
    },
    code: GrpcStatus.UNAVAILABLE,
    message: /HTTP status 503/,
  },
  {
    name: "HTTP 403",
    peer: (s) => s.respond({ ":status": 403 }, { endStream: true }),
    code: GrpcStatus.PERMISSION_DENIED,
    message: /HTTP status 403/,
  },
  {
    name: "HTTP 502 that calls itself gRPC",
    peer: (s) => s.respond({ ...grpc, ":status": 502 }, { endStream: true }),
    code: GrpcStatus.UNAVAILABLE,
    message: `${authority} answered HTTP 502`,
  },
  {
    name: "a refused stream",
    peer: (s) => s.close(constants.NGHTTP2_REFUSED_STREAM),
    code: GrpcStatus.UNAVAILABLE,
    message: `${authority} reset the stream (REFUSED_STREAM)`,
    unprocessed: true,
  },
  {
    name: "a stream reset for calm",
    peer: (s) => s.close(constants.NGHTTP2_ENHANCE_YOUR_CALM),
    code: GrpcStatus.RESOURCE_EXHAUSTED,
    message: `${authority} reset the stream (ENHANCE_YOUR_CALM)`,
  },
  {
    name: "a stream reset in the middle of a message",
    peer: (s) => {
      s.respond(grpc);
      s.write(frame("abc", { length: 10 }), () => s.destroy(new Error("broken")));
    },
    code: GrpcStatus.INTERNAL,
    message: `${authority} reset the stream (INTERNAL_ERROR)`,
  },
  {
    name: "a connection lost in the middle of a message",
    peer: (s) => {
      s.respond(grpc);
      s.write(frame("abc", { length: 10 }), () => s.session?.destroy());
    },
    code: GrpcStatus.UNAVAILABLE,
    message: /^the connection to peer\.test:443 was lost: /,
  },
  {
    name: "a connection ended by GOAWAY with an error",
    peer: (s) => s.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, Buffer.from("too_many_pings")),
    code: GrpcStatus.UNAVAILABLE,
    message: /too_many_pings|ENHANCE_YOUR_CALM/,
  },
  {
    name: "a flood of headers",
    peer: (s) =>
      s.respond(
        { ...grpc, ...Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`x-${index}`, "1"])) },
        { endStream: true },
      ),
    code: GrpcStatus.RESOURCE_EXHAUSTED,
    message: `${authority} reset the stream (ENHANCE_YOUR_CALM)`,
  },
];
for (const { name, peer: onStream, code, message, unprocessed } of answers) {
  test(`the client names ${name}, and makes its next call`, async () => {
    let bad = true;
    const peer = await http2Peer((server) =>
      server.on("stream", (stream) => {
        stream.on("error", () => {});
        stream.resume();
        if (bad) onStream(stream);
        else answer(stream, grpc, frame("fine"), ok);
        bad = false;
      }),
    );
    cleanup.add(() => peer.close());
    const client = clientOf(peer);
    cleanup.add(() => client.close());
    await assert.rejects(client.unary(echo, "x", { timeoutMs: 5000 }), failsWith(code, message, unprocessed));
    assert.equal(await client.unary(echo, "x", { timeoutMs: 5000 }), "fine");
  });
}

test("the client gives the trailers of an error, without pseudo-headers", async () => {
  const peer = await http2Peer((server) =>
    server.on("stream", (stream) => {
      stream.resume();
      answer(stream, grpc, Buffer.alloc(0), { "grpc-status": "3", "grpc-message": "bad", "x-more-bin": "AAE=" });
    }),
  );
  cleanup.add(() => peer.close());
  const client = clientOf(peer);
  cleanup.add(() => client.close());
  await assert.rejects(client.unary(echo, ""), (error: { metadata: ReadonlyMap<string, string> }) => {
    assert.deepEqual(
      [...error.metadata],
      [
        ["grpc-status", "3"],
        ["grpc-message", "bad"],
        ["x-more-bin", "AAE="],
      ],
    );
    return true;
  });
});

/** HTTP/2's first words of a server: empty settings. */
const settings = Buffer.from("000000040000000000", "hex");

const rawPeers: readonly { name: string; peer: Parameters<typeof rawPeer>[0] }[] = [
  { name: "speaks HTTP/1.1", peer: (socket) => socket.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") },
  { name: "closes at once", peer: (socket) => socket.end() },
  { name: "resets the connection", peer: (socket) => socket.once("data", () => socket.resetAndDestroy()) },
  { name: "closes after its settings", peer: (socket) => socket.end(settings) },
  { name: "writes noise", peer: (socket) => socket.write(Buffer.alloc(4096, 0xa5)) },
  {
    name: "sends a frame above the agreed size",
    peer: (socket) =>
      socket.write(Buffer.concat([settings, Buffer.from("ffffff000000000001", "hex"), Buffer.alloc(65536)])),
  },
  {
    name: "pushes a stream, which was forbidden",
    peer: (socket) => socket.write(Buffer.concat([settings, Buffer.from("00000505040000000100000002" + "82", "hex")])),
  },
];
for (const { name, peer: onSocket } of rawPeers) {
  test(`the client survives a peer that ${name}`, async () => {
    const peer = await rawPeer(onSocket);
    cleanup.add(() => peer.close());
    const client = clientOf(peer, { keepAlive: { intervalMs: 50, timeoutMs: 50 } });
    cleanup.add(() => client.close());
    await assert.rejects(
      client.unary(echo, "x", { timeoutMs: 5000 }),
      (error: { code: GrpcStatus; message: string }) => {
        assert.equal(GrpcStatus[error.code], "UNAVAILABLE", error.message);
        assert.match(error.message, /^the connection to peer\.test:443 was lost: ./);
        return true;
      },
    );
    await assert.rejects(collect(client.serverStream(echo, "x", { timeoutMs: 5000 })), /was lost/);
  });
}

test("the client gives up in time on a peer that never answers, however much waits to be sent", async () => {
  const peer = await rawPeer((socket) => {
    socket.pause();
  });
  cleanup.add(() => peer.close());
  const client = clientOf(peer);
  cleanup.add(() => client.close());
  await assert.rejects(
    client.unary(echo, "x".repeat(20_000_000), { timeoutMs: 50 }),
    failsWith(GrpcStatus.DEADLINE_EXCEEDED, /50 ms/),
  );
});

test("the client ends a connection whose pings are not answered, but only while a call is under way", async () => {
  const seen: number[] = [];
  const peer = await rawPeer((socket) => {
    socket.write(settings);
    socket.on("data", (data: Buffer) => {
      if (data.includes(Buffer.from("0000080600", "hex"))) seen.push(1);
    });
  });
  cleanup.add(() => peer.close());
  const client = clientOf(peer, { keepAlive: { intervalMs: 30, timeoutMs: 30 } });
  cleanup.add(() => client.close());
  await assert.rejects(
    client.unary(echo, "x", { timeoutMs: 5000 }),
    failsWith(
      GrpcStatus.UNAVAILABLE,
      "the connection to peer.test:443 was lost: the peer did not answer a ping within 30 ms",
    ),
  );
  assert.equal(seen.length, 1);
});

test("the client keeps a connection whose pings are answered", async () => {
  const peer = await grpcPeer([
    unaryRoute(echo, (message) => new Promise((resolve) => setTimeout(resolve, 120, message))),
  ]);
  cleanup.add(() => peer.close());
  const client = clientOf(peer, { keepAlive: { intervalMs: 15, timeoutMs: 1000 } });
  cleanup.add(() => client.close());
  assert.equal(await client.unary(echo, "x"), "x");
});

// The server's side.

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
}

async function sessionTo(peer: Peer): Promise<ClientHttp2Session> {
  const session = connectHttp2(`http://127.0.0.1:${peer.port}`);
  session.on("error", () => {});
  cleanup.add(() => session.destroy());
  await once(session, "connect");
  return session;
}

async function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body: Buffer): Promise<Answer> {
  const stream = session.request(
    { ":method": "POST", ":path": echo.path, "content-type": "application/grpc", te: "trailers", ...headers },
    { endStream: false },
  );
  stream.on("error", () => {}).resume();
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  stream.end(body);
  const [received] = (await once(stream, "response")) as [IncomingHttpHeaders];
  if (!stream.closed) await once(stream, "close");
  return { headers: received, trailers };
}

const requests: readonly {
  name: string;
  headers?: OutgoingHttpHeaders;
  body?: Buffer;
  status: string | undefined;
  message?: string;
  http?: number;
}[] = [
  { name: "a GET", headers: { ":method": "GET" }, status: undefined, http: 405 },
  { name: "a form", headers: { "content-type": "application/x-www-form-urlencoded" }, status: undefined, http: 415 },
  { name: "grpc-web", headers: { "content-type": "application/grpc-web" }, status: undefined, http: 415 },
  { name: "no content type", headers: { "content-type": undefined }, status: undefined, http: 415 },
  {
    name: "an unknown method",
    headers: { ":path": "/test.Service/Nothing" },
    status: "12",
    message: "unknown method /test.Service/Nothing",
  },
  {
    name: "a compressed request",
    headers: { "grpc-encoding": "gzip" },
    status: "12",
    message: "the encoding gzip is not offered, only identity",
  },
  {
    name: "a compressed message in a plain request",
    body: frame("x", { flag: 1 }),
    status: "13",
    message: "protocol error: the message is compressed, though no compression was offered",
  },
  {
    name: "an empty request",
    body: Buffer.alloc(0),
    status: "13",
    message: "protocol error: the request has no message",
  },
  {
    name: "a request cut off in its prefix",
    body: Buffer.alloc(3),
    status: "13",
    message: "protocol error: the request is cut off",
  },
  {
    name: "a request cut off in its message",
    body: frame("x", { length: 2 }),
    status: "13",
    message: "protocol error: the request is cut off",
  },
  {
    name: "two requests in one",
    body: Buffer.concat([frame("x"), frame("y")]),
    status: "13",
    message: "protocol error: the request has more than one message",
  },
  {
    name: "a request that announces 4 GiB",
    body: frame("x", { length: 0xffffffff }),
    status: "8",
    message: "the message has 4294967295 bytes; at most 1048576 are taken",
  },
  {
    name: "a timeout that is none",
    headers: { "grpc-timeout": "soon" },
    status: "13",
    message: 'protocol error: grpc-timeout is "soon", which is no time',
  },
  {
    name: "a timeout that is over already",
    headers: { "grpc-timeout": "1n" },
    body: frame("hang"),
    status: "4",
    message: "the call's time is over",
  },
];
for (const { name, headers = {}, body = frame("x"), status, message, http = 200 } of requests) {
  test(`the server names ${name}, and answers the next call of the connection`, async () => {
    let calls = 0;
    const peer = await grpcPeer([
      unaryRoute(echo, (request) => {
        calls++;
        return request === "hang" ? new Promise(() => {}) : request;
      }),
    ]);
    cleanup.add(() => peer.close());
    const session = await sessionTo(peer);
    const refused = await ask(session, headers, body);
    assert.equal(refused.headers[":status"], http);
    assert.equal(refused.headers["grpc-status"], status);
    assert.equal(refused.headers["grpc-message"], message);
    if (name !== "a timeout that is over already") assert.equal(calls, 0);
    const next = await ask(session, {}, frame("x"));
    assert.equal(next.trailers["grpc-status"], "0");
  });
}

test("the server survives clients that reset, vanish or write noise", async () => {
  const peer = await grpcPeer([unaryRoute(echo, (message) => message)]);
  cleanup.add(() => peer.close());
  for (const noise of [
    Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    Buffer.alloc(2000, 7),
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  ]) {
    const socket = await dial(peer.port);
    socket.on("error", () => {});
    socket.write(noise);
    await new Promise((resolve) => setTimeout(resolve, 10));
    socket.resetAndDestroy();
  }
  const session = await sessionTo(peer);
  for (let round = 0; round < 20; round++) {
    const stream = session.request({ ":method": "POST", ":path": echo.path, "content-type": "application/grpc" });
    stream.on("error", () => {});
    stream.write(frame("abc", { length: 10 }));
    stream.close(constants.NGHTTP2_CANCEL);
  }
  assert.equal((await ask(session, {}, frame("x"))).trailers["grpc-status"], "0");
});
