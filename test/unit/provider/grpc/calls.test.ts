// Our client and our server, over a real socket.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, test } from "node:test";
import { setImmediate as tick } from "node:timers/promises";

import { type GrpcClient, GrpcError, GrpcStatus, type Route, streamRoute, unaryRoute } from "../../../../provider/grpc";
import { Cleanup, clientOf, collect, deferred, dial, failsWith, grpcPeer, method } from "../../../support/grpc-peers";

const echo = method("Echo");
const count = method("Count");
const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function connected(
  routes: readonly Route[],
  options: Parameters<typeof grpcPeer>[1] & { client?: Parameters<typeof clientOf>[1] } = {},
): Promise<GrpcClient> {
  const peer = await grpcPeer(routes, options);
  cleanup.add(() => peer.close());
  const client = clientOf(peer, options.client);
  cleanup.add(() => client.close());
  return client;
}

test("answers a unary call", async () => {
  const client = await connected([unaryRoute(echo, (message) => `${message}!`)]);
  assert.equal(await client.unary(echo, "hello"), "hello!");
  assert.equal(await client.unary(echo, ""), "!");
});

test("carries messages larger than every window, side by side", async () => {
  const large = "x".repeat(9_000_000);
  const client = await connected([unaryRoute(echo, (message) => message)], { maxMessageBytes: 10_000_000 });
  const answers = await Promise.all([
    client.unary(echo, large),
    client.unary(echo, large),
    client.unary(echo, "small"),
  ]);
  assert.deepEqual(
    answers.map((answer) => answer.length),
    [large.length, large.length, 5],
  );
});

test("dials once for all calls, and not before the first", async () => {
  let dials = 0;
  const peer = await grpcPeer([unaryRoute(echo, (message) => message)]);
  cleanup.add(() => peer.close());
  const client = clientOf(peer, {
    connect: () => {
      dials++;
      return dial(peer.port);
    },
  });
  cleanup.add(() => client.close());
  assert.equal(dials, 0);
  await Promise.all(Array.from({ length: 30 }, (_, index) => client.unary(echo, String(index))));
  await client.unary(echo, "again");
  assert.equal(dials, 1);
});

test("works over a socket that already holds the peer's first bytes", async () => {
  const peer = await grpcPeer([unaryRoute(echo, (message) => message)]);
  cleanup.add(() => peer.close());
  const client = clientOf(peer, {
    connect: async () => {
      const socket = await dial(peer.port);
      socket.read(0);
      await once(socket, "readable");
      return socket;
    },
  });
  cleanup.add(() => client.close());
  assert.equal(await client.unary(echo, "x"), "x");
});

test("gives the handler the caller's metadata, without HTTP's own", async () => {
  const client = await connected(
    [
      unaryRoute(echo, (_message, call) =>
        JSON.stringify([...call.metadata].filter(([name]) => !name.startsWith("grpc-"))),
      ),
    ],
    {
      client: { userAgent: "test/1" },
    },
  );
  const seen = new Map<string, string>(JSON.parse(await client.unary(echo, "", { metadata: { "x-one": "1" } })));
  assert.deepEqual([...seen.keys()].sort(), ["content-type", "te", "user-agent", "x-one"]);
  assert.equal(seen.get("x-one"), "1");
});

test("hands on the status and text that a handler throws", async () => {
  const client = await connected([
    unaryRoute(echo, () => {
      throw new GrpcError(GrpcStatus.NOT_FOUND, "no role “dämon” (100%)\nsecond line");
    }),
  ]);
  await assert.rejects(client.unary(echo, ""), failsWith(GrpcStatus.NOT_FOUND, "no role “dämon” (100%)\nsecond line"));
});

test("tells the caller nothing of a handler's own error, and the server everything", async () => {
  const errors: unknown[] = [];
  const bug = new Error("secret detail");
  const client = await connected(
    [
      unaryRoute(echo, () => {
        throw bug;
      }),
    ],
    { onHandlerError: (path, error) => errors.push([path, error]) },
  );
  await assert.rejects(client.unary(echo, ""), failsWith(GrpcStatus.INTERNAL, "/test.Service/Echo failed"));
  assert.deepEqual(errors, [["/test.Service/Echo", bug]]);
});

test("answers UNIMPLEMENTED for a method that it does not have", async () => {
  const client = await connected([]);
  await assert.rejects(
    client.unary(echo, ""),
    failsWith(GrpcStatus.UNIMPLEMENTED, "unknown method /test.Service/Echo"),
  );
});

test("refuses a request that is too long, and goes on", async () => {
  const client = await connected([unaryRoute(echo, (message) => message)], { maxMessageBytes: 1000 });
  await assert.rejects(
    client.unary(echo, "x".repeat(500_000)),
    failsWith(GrpcStatus.RESOURCE_EXHAUSTED, "the message has 500000 bytes; at most 1000 are taken"),
  );
  assert.equal(await client.unary(echo, "x"), "x");
});

test("refuses an answer that is too long, and goes on", async () => {
  const client = await connected([unaryRoute(echo, (message) => message.repeat(1000))], {
    client: { maxMessageBytes: 5000 },
  });
  await assert.rejects(
    client.unary(echo, "x".repeat(6)),
    failsWith(GrpcStatus.RESOURCE_EXHAUSTED, "the message has 6000 bytes; at most 5000 are taken"),
  );
  assert.equal((await client.unary(echo, "x".repeat(5))).length, 5000);
});

test("ends a call whose time is over, at both ends", async () => {
  const aborted = deferred<unknown>();
  const client = await connected([
    unaryRoute(
      echo,
      (_message, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => {
            aborted.resolve(signal.reason);
            reject(signal.reason);
          }),
        ),
    ),
  ]);
  await assert.rejects(
    client.unary(echo, "", { timeoutMs: 30 }),
    failsWith(GrpcStatus.DEADLINE_EXCEEDED, "/test.Service/Echo had no answer within 30 ms"),
  );
  assert.ok((await aborted.promise) instanceof GrpcError);
});

test("counts the time of dialling", async () => {
  const client = await connected([], {
    client: {
      connect: (signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    },
  });
  await assert.rejects(client.unary(echo, "", { timeoutMs: 20 }), failsWith(GrpcStatus.DEADLINE_EXCEEDED, /20 ms/));
});

test("cancels a call at the peer when its signal is aborted", async () => {
  const began = deferred<void>();
  const reason = deferred<GrpcError>();
  const client = await connected([
    unaryRoute(echo, (_message, { signal }) => {
      began.resolve();
      return new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => {
          reason.resolve(signal.reason);
          reject(signal.reason);
        }),
      );
    }),
  ]);
  const controller = new AbortController();
  const call = client.unary(echo, "", { signal: controller.signal });
  await began.promise;
  const why = new Error("stopped");
  controller.abort(why);
  await assert.rejects(
    call,
    (error) => error instanceof GrpcError && error.code === GrpcStatus.CANCELLED && error.cause === why,
  );
  assert.equal((await reason.promise).code, GrpcStatus.CANCELLED);
});

test("sends nothing for a signal that is aborted already", async () => {
  let dials = 0;
  const client = await connected([], {
    client: {
      connect: () => {
        dials++;
        return Promise.reject(new Error("dialled"));
      },
    },
  });
  await assert.rejects(
    client.unary(echo, "", { signal: AbortSignal.abort() }),
    failsWith(GrpcStatus.CANCELLED, "/test.Service/Echo was cancelled"),
  );
  assert.equal(dials, 0);
});

test("does not abort a handler's signal after its answer", async () => {
  let signal: AbortSignal | undefined;
  const client = await connected([
    unaryRoute(echo, (message, call) => {
      signal = call.signal;
      return message;
    }),
  ]);
  await client.unary(echo, "");
  await client.close();
  await tick();
  assert.equal(signal?.aborted, false);
});

test("streams messages, in order", async () => {
  const client = await connected([
    streamRoute(count, async function* (message) {
      for (let index = 0; index < Number(message); index++) yield `${index}`.padStart(1000, " ");
    }),
  ]);
  assert.deepEqual(
    (await collect(client.serverStream(count, "3000"))).map(Number),
    Array.from({ length: 3000 }, (_, index) => index),
  );
  assert.deepEqual(await collect(client.serverStream(count, "0")), []);
});

test("holds a stream back while nobody reads it", async () => {
  let made = 0;
  const client = await connected([
    streamRoute(count, async function* () {
      for (; made < 1000; made++) yield "x".repeat(100_000);
    }),
  ]);
  const stream = client.serverStream(count, "");
  await stream.next();
  for (let before = -1; before !== made; ) {
    before = made;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(made < 200, `${made} messages were made for a reader of one`);
  await stream.return();
});

test("fails a stream with the status after its messages", async () => {
  const client = await connected([
    streamRoute(count, async function* () {
      yield "1";
      throw new GrpcError(GrpcStatus.ABORTED, "enough");
    }),
  ]);
  const stream = client.serverStream(count, "");
  assert.deepEqual(await stream.next(), { done: false, value: "1" });
  await assert.rejects(stream.next(), failsWith(GrpcStatus.ABORTED, "enough"));
});

test("cancels a stream at the peer when its reader stops", async () => {
  const ended = deferred<GrpcError>();
  const client = await connected([
    streamRoute(count, async function* (_message, { signal }) {
      signal.addEventListener("abort", () => ended.resolve(signal.reason));
      for (;;) {
        yield "x";
        await tick();
      }
    }),
  ]);
  for await (const _message of client.serverStream(count, "")) break;
  assert.equal((await ended.promise).code, GrpcStatus.CANCELLED);
});

test("ends a stream that nobody reads when its signal is aborted", async () => {
  const client = await connected([
    streamRoute(count, async function* (_message, { signal }) {
      yield "x";
      await once(signal, "abort");
    }),
  ]);
  const controller = new AbortController();
  const stream = client.serverStream(count, "", { signal: controller.signal });
  await stream.next();
  controller.abort();
  await assert.rejects(collect(stream), failsWith(GrpcStatus.CANCELLED, "/test.Service/Count was cancelled"));
});

test("rejects with what `connect` rejected with, and dials again for the next call", async () => {
  const peer = await grpcPeer([unaryRoute(echo, (message) => message)]);
  cleanup.add(() => peer.close());
  const refusal = new Error("wrong certificate");
  let dials = 0;
  const client = clientOf(peer, { connect: () => (dials++ === 0 ? Promise.reject(refusal) : dial(peer.port)) });
  cleanup.add(() => client.close());
  const both = await Promise.allSettled([client.unary(echo, "a"), client.unary(echo, "b")]);
  assert.deepEqual(both, [
    { status: "rejected", reason: refusal },
    { status: "rejected", reason: refusal },
  ]);
  assert.equal(await client.unary(echo, "c"), "c");
  assert.equal(dials, 2);
});

test("keeps dialling while one of two waiting calls still wants it", async () => {
  const peer = await grpcPeer([unaryRoute(echo, (message) => message)]);
  cleanup.add(() => peer.close());
  const go = deferred<void>();
  const signals: AbortSignal[] = [];
  const client = clientOf(peer, {
    connect: async (signal) => {
      signals.push(signal);
      await go.promise;
      return dial(peer.port);
    },
  });
  cleanup.add(() => client.close());
  const controller = new AbortController();
  const gone = client.unary(echo, "a", { signal: controller.signal });
  const stays = client.unary(echo, "b");
  await tick();
  controller.abort();
  await assert.rejects(gone, failsWith(GrpcStatus.CANCELLED, /cancelled/));
  go.resolve();
  assert.equal(await stays, "b");
  assert.deepEqual(
    signals.map((signal) => signal.aborted),
    [false],
  );
});

test("stops dialling when nobody waits any more, and destroys a socket that comes too late", async () => {
  const peer = await grpcPeer([unaryRoute(echo, (message) => message)]);
  cleanup.add(() => peer.close());
  const late = deferred<Socket>();
  let dials = 0;
  const client = clientOf(peer, { connect: () => (dials++ === 0 ? late.promise : dial(peer.port)) });
  cleanup.add(() => client.close());
  const controller = new AbortController();
  const gone = client.unary(echo, "a", { signal: controller.signal });
  await tick();
  controller.abort();
  await assert.rejects(gone);
  assert.equal(await client.unary(echo, "b"), "b");
  const socket = await dial(peer.port);
  late.resolve(socket);
  await once(socket, "close");
  assert.equal(dials, 2);
});

test("after close, calls under way and later ones are cancelled", async () => {
  const began = deferred<void>();
  const client = await connected([
    unaryRoute(echo, () => {
      began.resolve();
      return new Promise(() => {});
    }),
  ]);
  const call = assert.rejects(
    client.unary(echo, ""),
    failsWith(GrpcStatus.CANCELLED, "the connection to peer.test:443 was closed by this side"),
  );
  await began.promise;
  await client.close();
  await call;
  await assert.rejects(client.unary(echo, ""), failsWith(GrpcStatus.CANCELLED, /closed by this side/));
  await client.close();
});

test("connects anew after a loss; the calls of the lost connection are UNAVAILABLE", async () => {
  const sockets: Socket[] = [];
  const began = deferred<void>();
  const peer = await grpcPeer([
    unaryRoute(echo, (message) => {
      if (message !== "hang") return message;
      began.resolve();
      return new Promise(() => {});
    }),
  ]);
  cleanup.add(() => peer.close());
  const client = clientOf(peer, {
    connect: async () => {
      const socket = await dial(peer.port);
      sockets.push(socket);
      return socket;
    },
  });
  cleanup.add(() => client.close());
  const lost = assert.rejects(
    client.unary(echo, "hang"),
    failsWith(GrpcStatus.UNAVAILABLE, /^the connection to peer\.test:443 was lost: /),
  );
  await began.promise;
  sockets[0]?.destroy();
  await lost;
  assert.equal(await client.unary(echo, "x"), "x");
  assert.equal(sockets.length, 2);
});

test("a message that the codec cannot read is the peer's mistake, at either end", async () => {
  const broken = {
    ...echo,
    response: {
      ...echo.response,
      decode: () => {
        throw new RangeError("index out of range");
      },
    },
  };
  const client = await connected([
    unaryRoute(echo, (message) => message),
    unaryRoute({ ...count, request: broken.response }, (message) => message),
  ]);
  await assert.rejects(
    client.unary(broken, "x"),
    failsWith(
      GrpcStatus.INTERNAL,
      "protocol error: the answer to /test.Service/Echo cannot be read: RangeError: index out of range",
    ),
  );
  await assert.rejects(
    client.unary(count, "x"),
    failsWith(
      GrpcStatus.INTERNAL,
      "protocol error: the request to /test.Service/Count cannot be read: RangeError: index out of range",
    ),
  );
});
