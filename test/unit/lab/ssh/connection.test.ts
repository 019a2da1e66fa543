import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { describe, it } from "node:test";
import {
  openFailure,
  type SshChannel,
  type SshConnection,
  type SshConnectionHandlers,
  SshError,
} from "../../../../lab/ssh";
import type { SshTransport } from "../../../../lab/ssh/transport";
import { WireWriter } from "../../../../lab/ssh/wire";
import { dialSsh, newKey, serveSsh } from "../../../support/ssh-fixtures";

/** Two ends that trust anybody: this is about what comes after. */
async function withConnection(
  server: SshConnectionHandlers,
  use: (client: SshConnection, server: SshConnection, cut: () => void) => Promise<void>,
  client: SshConnectionHandlers = {},
): Promise<void> {
  let atServer: SshConnection | undefined;
  const hostKey = newKey();
  const listener = await serveSsh({
    hostKey: () => ({ privateKey: hostKey }),
    authorize: () => "anybody",
    connected: (_client, connection) => {
      atServer = connection;
      return server;
    },
    handshakeTimeoutMs: 10_000,
  });
  try {
    const connection = await dialSsh(listener.port, {
      user: "somebody",
      privateKey: newKey(),
      verifyHostKey: () => {},
      ...client,
    });
    assert.ok(atServer);
    const cut = () => {
      for (const socket of listener.sockets) socket.resetAndDestroy();
    };
    await use(connection, atServer, cut);
    await connection.close();
  } finally {
    await listener.close();
    assert.equal(listener.sockets.size, 0, "no socket is left");
  }
}

const echo: SshConnectionHandlers = {
  onChannel: (opening) => {
    const channel = opening.accept();
    channel.pipe(channel);
  },
};

async function readAll(channel: SshChannel): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of channel) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe("an SSH channel", () => {
  it("carries 8 MB there and back, through several windows and two changes of keys", () =>
    withConnection(echo, async (client, server) => {
      const channel = await client.openChannel("echo");
      const sent = randomBytes(8 * 1024 * 1024);
      const received = readAll(channel);
      let written = 0;
      for (let offset = 0; offset < sent.length; offset += 1_000_003) {
        if (!channel.write(sent.subarray(offset, offset + 1_000_003))) await once(channel, "drain");
        written += 1;
        if (written === 3) client.rekey();
        if (written === 6) server.rekey();
      }
      channel.end();
      assert.ok(sent.equals(await received));
      await channel.whenClosed;
      assert.equal(client.channelCount, 0);
    }));

  it("makes a fast writer wait for a slow reader", async () => {
    let accepted: SshChannel | undefined;
    const lazy: SshConnectionHandlers = {
      onChannel: (opening) => {
        accepted = opening.accept();
      },
    };
    await withConnection(lazy, async (client) => {
      const channel = await client.openChannel("lazy");
      let done = 0;
      for (let i = 0; i < 8; i += 1)
        channel.write(Buffer.alloc(512 * 1024), () => {
          done += 1;
        });
      await client.request("a message behind the data");
      assert.ok(done >= 3 && done < 8, `${done} of 8 half megabytes went out into a window of 2 MB`);
      accepted?.resume();
      channel.end();
      await once(accepted as SshChannel, "end");
      assert.equal(done, 8);
      channel.destroy();
    });
  });

  it("hands over what was sent before the other side closed", async () => {
    const farewell: SshConnectionHandlers = {
      onChannel: (opening) => {
        const channel = opening.accept();
        void channel.writeStderr("the reason");
        channel.write("the last words");
        setImmediate(() => channel.destroy());
      },
    };
    await withConnection(farewell, async (client) => {
      const channel = await client.openChannel("farewell");
      await channel.whenClosed;
      assert.equal(String(await readAll(channel)), "the last words");
      assert.equal(String(channel.stderr.read()), "the reason");
    });
  });

  it("answers requests in their order, however long each takes", async () => {
    const order: string[] = [];
    const handlers: SshConnectionHandlers = {
      onChannel: (opening) => {
        opening.accept(async ({ type, wantsReply, payload }) => {
          if (type === "slow") await new Promise((done) => setTimeout(done, 20));
          order.push(`${type} ${wantsReply} ${payload.toString()}`);
          return type !== "no";
        });
      },
    };
    await withConnection(handlers, async (client) => {
      const channel = await client.openChannel("requests");
      const slow = channel.request("slow", Buffer.from("a"));
      channel.notify("ping");
      const answers = await Promise.all([slow, channel.request("no"), channel.request("yes")]);
      assert.deepEqual(answers, [true, false, true]);
      assert.deepEqual(order, ["slow true a", "ping false ", "no true ", "yes true "]);
    });
  });

  it("takes the exit status that follows the end of the data", async () => {
    const handlers: SshConnectionHandlers = {
      onChannel: (opening) => {
        const channel = opening.accept();
        channel.end("output");
        channel.notify("exit-status", Buffer.of(0, 0, 0, 3));
      },
    };
    await withConnection(handlers, async (client) => {
      const requests: string[] = [];
      const channel = await client.openChannel("session", undefined, ({ type, payload }) => {
        requests.push(`${type} ${payload.readUInt32BE()}`);
        return true;
      });
      channel.end();
      assert.equal(String(await readAll(channel)), "output");
      await channel.whenClosed;
      assert.deepEqual(requests, ["exit-status 3"]);
    });
  });

  it("is refused with the other side's words", () =>
    withConnection(
      { onChannel: (opening) => opening.reject(openFailure.connectFailed, `no ${opening.type} here`) },
      async (client, server) => {
        await assert.rejects(client.openChannel("fish"), {
          name: "SshError",
          reason: "refused",
          message: "no fish here",
        });
        await assert.rejects(server.openChannel("fish"), { reason: "refused", message: "unknown channel type: fish" });
      },
    ));

  it("ends with the connection, and tells everybody who waits", () =>
    withConnection(
      { onChannel: (opening) => void opening.accept(() => new Promise(() => {})) },
      async (client, _server, cut) => {
        const channel = await client.openChannel("stuck");
        const waits = [
          channel.request("never answered"),
          client.request("never answered, either").then((reply) => assert.equal(reply.ok, false)),
        ];
        const outcome = Promise.allSettled(waits);
        cut();
        await client.whenClosed;
        await channel.whenClosed;
        assert.ok(channel.destroyed);
        const [request] = await outcome;
        assert.equal(request?.status, "rejected");
        assert.ok(
          request?.status === "rejected" && request.reason instanceof SshError && request.reason.reason === "closed",
        );
        await assert.rejects(client.openChannel("too late"), { reason: "closed" });
        await assert.rejects(client.request("too late"), { reason: "closed" });
        await assert.rejects(channel.request("too late"), { reason: "closed" });
      },
    ));
});

describe("a hostile other side", () => {
  const hostile: readonly (readonly [what: string, message: WireWriter, end: string])[] = [
    [
      "opens a channel whose messages may hold nothing",
      new WireWriter().byte(90).string("echo").uint32(0).uint32(1024).uint32(0),
      "protocol error: a channel whose messages may hold 0 bytes",
    ],
    [
      "answers what nobody asked",
      new WireWriter().byte(81),
      "protocol error: a reply to a global request that nobody made",
    ],
    [
      "confirms a channel that nobody opens",
      new WireWriter().byte(91).uint32(9).uint32(0).uint32(0).uint32(1),
      "protocol error: an answer for channel 9, which nobody is opening",
    ],
    [
      "writes into a channel that is not open",
      new WireWriter().byte(94).uint32(7).string("data"),
      "protocol error: message 94 for channel 7, which is not open",
    ],
    ["authenticates again", new WireWriter().byte(50).string("root"), "protocol error: unexpected message 50"],
    ["cuts a message short", new WireWriter().byte(80).uint32(4_000_000_000), "short read: message ends"],
  ];
  for (const [what, message, end] of hostile) {
    it(`is thrown out when it ${what}`, () =>
      withConnection(echo, async (client, server) => {
        // No method of ours would send this.
        (client as unknown as { transport: SshTransport }).transport.send(message.done());
        const error = await server.whenClosed;
        assert.ok(error?.message.startsWith(end), error?.message);
        const told = await client.whenClosed;
        assert.ok(told?.message.startsWith(`the other side disconnected: ${end}`), told?.message);
      }));
  }
});

describe("global requests", () => {
  it("go both ways, and are answered in their order with a payload", async () => {
    const answer: SshConnectionHandlers = {
      onRequest: async ({ type, payload }) => {
        if (type === "slow") await new Promise((done) => setTimeout(done, 20));
        if (type === "broken") throw new Error("our own business");
        return { ok: type !== "no", payload: Buffer.concat([Buffer.from(`${type} `), payload]) };
      },
    };
    await withConnection(
      answer,
      async (client, server) => {
        for (const end of [client, server]) {
          const replies = await Promise.all([
            end.request("slow", Buffer.from("a")),
            end.request("no"),
            end.request("broken"),
            end.request("x"),
          ]);
          assert.deepEqual(
            replies.map(({ ok, payload }) => `${ok} ${payload}`),
            ["true slow a", "false no ", "false ", "true x "],
          );
        }
      },
      answer,
    );
  });
});
