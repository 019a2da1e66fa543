import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { createLog, type LogLevel, logLevelFromEnvironment } from "../../../../provider/plugin";

function lines(level: LogLevel): { log: ReturnType<typeof createLog>; written: string[] } {
  const written: string[] = [];
  return { log: createLog(level, "test", (line) => written.push(line)), written };
}

const levels: readonly [Record<string, string>, LogLevel][] = [
  [{}, "off"],
  [{ TF_LOG: "" }, "off"],
  [{ TF_LOG: "off" }, "off"],
  [{ TF_LOG: "OFF" }, "off"],
  [{ TF_LOG: "DEBUG" }, "debug"],
  [{ TF_LOG: "JSON" }, "trace"],
  [{ TF_LOG: "1" }, "trace"],
  [{ TF_LOG: "trace", TF_LOG_PROVIDER: "warn" }, "warn"],
  [{ TF_LOG: "info", TF_LOG_PROVIDER: "" }, "info"],
  [{ TF_LOG_CORE: "trace" }, "off"],
];
for (const [env, level] of levels) {
  test(`reads ${JSON.stringify(env)} as ${level}`, () => {
    assert.equal(logLevelFromEnvironment(env, ["TF_LOG_PROVIDER", "TF_LOG"]), level);
  });
}

test("writes lines of the level and above, and knows which", () => {
  const { log, written } = lines("warn");
  log.trace("1");
  log.debug("2");
  log.info("3");
  log.warn("4");
  log.error("5");
  assert.deepEqual(
    written.map((line) => JSON.parse(line)["@message"]),
    ["4", "5"],
  );
  assert.deepEqual([log.enabled("info"), log.enabled("warn"), log.enabled("off")], [false, true, false]);
});

test("writes nothing at all when off", () => {
  const { log, written } = lines("off");
  log.error("x");
  assert.deepEqual(written, []);
  assert.equal(log.enabled("error"), false);
});

test("names another part of the program", () => {
  const { log, written } = lines("info");
  log.named("cluster").info("x");
  assert.equal(JSON.parse(written[0] ?? "")["@module"], "cluster");
});

test("whatever the fields are, a line is one line of JSON whose own keys are strings", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("@level", "@message", "@timestamp")), fc.anything()),
      (message, fields) => {
        const { log, written } = lines("info");
        log.info(message, fields);
        const [line = ""] = written;
        assert.equal(line.indexOf("\n"), line.length - 1);
        const parsed = JSON.parse(line);
        assert.deepEqual([parsed["@level"], parsed["@message"], parsed["@module"]], ["info", message, "test"]);
        // Terraform crashes on one that is no string.
        assert.ok(!("@timestamp" in parsed) || typeof parsed["@timestamp"] === "string");
      },
    ),
  );
});

class Secretive {
  readonly value = "marker";
  toString(): string {
    return "(secret)";
  }
}

test("shows what cannot be shown as such", () => {
  const { log, written } = lines("info");
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const thrower = new (class {
    toString(): string {
      throw new Error("no");
    }
  })();
  log.info("x", { cycle, thrower, deep: [[[[[Object.create(null)]]]]] });
  const { thrower: shown, deep } = JSON.parse(written[0] ?? "");
  assert.equal(shown, "(cannot be shown)");
  assert.deepEqual(deep, [[[["(cannot be shown)"]]]]);
});

const hidden: readonly [string, unknown][] = [
  ["a type that does not print", new Secretive()],
  ["such a type in an array", [new Secretive()]],
  ["such a type in an object", { a: { b: new Secretive() } }],
  ["bytes", Buffer.from("marker")],
  ["an object with bytes", { a: Uint8Array.from(Buffer.from("marker")) }],
];
for (const [name, value] of hidden) {
  test(`does not show what is in ${name}`, () => {
    const { log, written } = lines("info");
    log.info("x", { value });
    assert.equal(written.join().includes("marker"), false, written.join());
    assert.equal(written.join().includes(Buffer.from("marker").join()), false);
  });
}

for (const name of [
  "token",
  "joinToken",
  "spec.token_wo",
  "password",
  "clientSecret",
  "private_key",
  "identity_file_base64",
  "Authorization",
]) {
  test(`does not show a field called ${name}, at any depth`, () => {
    const { log, written } = lines("info");
    log.info("x", { [name]: "marker", nested: { [name]: ["marker"] } });
    assert.equal(written.join().includes("marker"), false, written.join());
  });
}

test("shows errors by name and text, dates and bigints as text", () => {
  const { log, written } = lines("info");
  log.info("x", { error: new RangeError("too far"), big: 10n ** 20n, none: undefined, nan: Number.NaN });
  const { error, big, nan } = JSON.parse(written[0] ?? "");
  assert.deepEqual([error, big, nan], ["RangeError: too far", "100000000000000000000", "NaN"]);
});
