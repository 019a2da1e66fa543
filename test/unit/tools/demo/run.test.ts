import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";

import { run } from "../../../../tools/demo/run";

const quiet = () => new AbortController().signal;

test("answers the code and both streams of a program that ends, in the folder and with the environment that it was given", async () => {
  const script = 'console.log(process.cwd(), process.env.WHO); console.error("oh"); process.exitCode = 3';
  const options = { cwd: "/", environment: { WHO: "me" }, signal: quiet() };
  const { code, lines } = await run(process.execPath, ["-e", script], options);
  assert.equal(code, 3);
  assert.deepEqual([...lines].sort(), ["/ me", "oh"]);
});

test("a program that is not there is an error, and one is not started for somebody who has interrupted already", async () => {
  await assert.rejects(run("no-such-program-here", [], { signal: quiet() }), { code: "ENOENT" });
  const reason = new Error("enough");
  await assert.rejects(run("no-such-program-here", [], { signal: AbortSignal.abort(reason) }), reason);
});

/** Connects, and holds on to the connection; takes no notice of an interrupt. */
const stubborn = "process.on('SIGINT', () => {}); require('net').connect(+process.env.PORT, '127.0.0.1').resume()";

/** Starts a stubborn one without streams of ours, and ends at an interrupt. */
const parent = `
  require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}], { stdio: "ignore" });
  process.on("SIGINT", () => process.exit());
  setInterval(() => {}, 1000);
`;

test("an interrupt ends the program and what it has started, also what takes no notice, before it is told", async () => {
  await using server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const interrupt = new AbortController();
  const reason = new Error("enough");
  const environment = { ...process.env, PORT: String(port) };
  const running = run(process.execPath, ["-e", parent], { environment, signal: interrupt.signal });
  const [socket] = (await once(server, "connection")) as [net.Socket];
  const closed = once(
    socket.on("error", () => {}),
    "close",
  );
  interrupt.abort(reason);
  await assert.rejects(running, reason);
  await closed;
});
