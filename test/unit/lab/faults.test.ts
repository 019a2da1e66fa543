import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, test } from "node:test";

import { connectTcp, splitAddress } from "../../../lab/address";
import { Link } from "../../../lab/faults";
import { Listener } from "../../../lab/listener";
import { openPort } from "../../../lab/proxy";

let link: Link;
let backend: Listener;
let port: Listener;

beforeEach(async () => {
  link = new Link("leaf.lab", "auth");
  // Half-open: it answers what it got, also after the client has ended its direction.
  backend = await Listener.open(
    net.createServer({ allowHalfOpen: true }, (socket) => socket.on("error", () => {}).pipe(socket)),
  );
  port = await openPort(link, () => connectTcp(backend.address));
});

afterEach(async () => {
  link.dispose();
  await Promise.all([port.close(), backend.close()]);
  assert.equal(link.connections, 0);
});

async function dial(): Promise<net.Socket> {
  const socket = await connectTcp(port.address);
  socket.on("error", () => {});
  return socket;
}

async function readBytes(stream: Duplex, count: number): Promise<string> {
  let text = "";
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += chunk.toString();
    if (text.length >= count) break;
  }
  return text;
}

async function echo(stream: Duplex, text: string): Promise<string> {
  stream.write(text);
  return readBytes(stream, text.length);
}

/** How a connection ended: with a reset, or in order. */
async function ending(socket: net.Socket): Promise<string> {
  socket.resume();
  return new Promise((resolve) => {
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    socket.once("end", () => resolve("end"));
  });
}

test("a link without fault hands everything on, and the end of each direction by itself", async () => {
  const socket = await dial();
  const large = "x".repeat(3_000_000);
  socket.end(large);
  assert.equal((await readBytes(socket, large.length)).length, large.length);
  await once(socket, "close");
});

test("cut resets what is there and all that comes, until restore", async () => {
  const first = await dial();
  assert.equal(await echo(first, "ping"), "ping");
  const reset = ending(first);
  link.cut();
  assert.equal(await reset, "ECONNRESET");
  assert.match(await ending(await dial()), /ECONNRESET|end/);
  await assert.rejects(link.dial(backend.address), { code: "ECONNREFUSED" });
  link.restore();
  const last = await dial();
  assert.equal(await echo(last, "pong"), "pong");
  last.destroy();
});

test("drop resets only what is there", async () => {
  const first = await dial();
  assert.equal(await echo(first, "a"), "a");
  const reset = ending(first);
  link.drop();
  assert.equal(await reset, "ECONNRESET");
  const second = await dial();
  assert.equal(await echo(second, "b"), "b");
  second.destroy();
});

test("pause holds bytes back and loses none", async () => {
  const socket = await dial();
  assert.equal(await echo(socket, "before"), "before");
  link.pause();
  socket.write("during");
  const answer = readBytes(socket, 6);
  const quiet = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 50, "nothing"))]);
  assert.equal(quiet, "nothing");
  link.restore();
  assert.equal(await answer, "during");
  socket.destroy();
});

test("a black hole swallows bytes; restore resets who lost some and keeps the others", async () => {
  const loser = await dial();
  const keeper = await dial();
  assert.equal(await echo(loser, "1"), "1");
  assert.equal(await echo(keeper, "2"), "2");
  link.blackhole();
  loser.write("lost");
  await new Promise((resolve) => setTimeout(resolve, 30));
  const reset = ending(loser);
  link.restore();
  assert.equal(await reset, "ECONNRESET");
  assert.equal(await echo(keeper, "still here"), "still here");
  keeper.destroy();
});

test("a delay holds for each direction and keeps the order", async () => {
  link.delay(40);
  const socket = await dial();
  const started = performance.now();
  for (let n = 0; n < 10; n++) socket.write(`${n}`);
  assert.equal(await readBytes(socket, 10), "0123456789");
  assert.ok(performance.now() - started >= 75);
  socket.destroy();
});

test("a connection is cut at exactly byte n of a direction", async () => {
  link.cutAtByte(5, "down");
  const socket = await dial();
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = ending(socket);
  socket.write("0123456789");
  // Where the last bytes and the reset arrive together, Node shows them as bytes and an end.
  assert.match(await ended, /ECONNRESET|end/);
  assert.equal(Buffer.concat(chunks).toString(), "01234");
  socket.destroy();
});

test("a connection is cut on its way up as well", async () => {
  link.cutAtByte(0, "up");
  const socket = await dial();
  const closed = ending(socket);
  socket.write("x");
  assert.equal(await closed, "ECONNRESET");
});

test("a dialled connection goes over the link too", async () => {
  const stream = await link.dial(backend.address);
  assert.equal(await echo(stream, "hello"), "hello");
  stream.on("error", () => {});
  const closed = new Promise((resolve) => stream.once("close", resolve));
  link.cut();
  await closed;
});

test("a dialled connection ends in order, with all bytes", async () => {
  const stream = await link.dial(backend.address);
  const large = "y".repeat(1_000_000);
  stream.end(large);
  assert.equal((await readBytes(stream, large.length)).length, large.length);
  stream.resume();
  if (!stream.closed) await once(stream, "close");
});

test("addresses are host:port, IPv6 in brackets", () => {
  assert.deepEqual(splitAddress("127.0.0.1:3025"), { host: "127.0.0.1", port: 3025 });
  assert.deepEqual(splitAddress("[::1]:443"), { host: "::1", port: 443 });
  for (const wrong of ["", "host", "host:", ":1", "::1:443", "host:65536", "https://host:1"]) {
    assert.throws(() => splitAddress(wrong), new RangeError(`"${wrong}" is not an address of the form host:port`));
  }
});
