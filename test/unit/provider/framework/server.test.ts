import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { createProviderServer, types, type Value } from "../../../../provider/framework";
import { decodeValue, encodeValue } from "../../../../provider/framework/msgpack";
import { typeOfSchema } from "../../../../provider/framework/schema-type";
import { Boxes } from "../../../support/fake-boxes";
import { FakeCore, FakeEnvironment, told } from "../../../support/fake-core";
import { FakeProblem } from "../../../support/fake-problem";
import { fakeApi, fakeProvider } from "../../../support/fake-provider";

const { signal } = new AbortController();
const none = new Uint8Array(0);

describe("a provider server", () => {
  let boxes: Boxes;
  let environment: FakeEnvironment;
  let server: ReturnType<typeof createProviderServer>;

  beforeEach(async () => {
    boxes = new Boxes();
    environment = new FakeEnvironment();
    server = createProviderServer(fakeProvider(fakeApi({ realName: "home", boxes })), environment);
    const config = encodeValue(typeOfSchema(server.schemas().provider), { file: null });
    assert.deepEqual(await server.configureProvider({ config, terraformVersion: "1.11.4" }, signal), {
      diagnostics: [],
    });
  });

  const core = () => new FakeCore(server, "fake_box");

  describe("validating", () => {
    it("refuses null for a required argument and a value for a computed one", async () => {
      const diagnostics = await core().validate({ id: "mine" });
      assert.deepEqual(told(diagnostics), [
        "error: id cannot be set: the provider fills it | Remove it from the configuration. [ARGUMENT_COMPUTED]",
        "error: name is null, but it is required | Give it a value. [ARGUMENT_REQUIRED]",
      ]);
      assert.deepEqual(
        diagnostics.map(({ path }) => path),
        [[{ attribute: "id" }], [{ attribute: "name" }]],
      );
    });

    it("warns of what is deprecated", async () => {
      assert.deepEqual(told(await core().validate({ name: "a", colour: "red" })), [
        "warning: colour is deprecated | Write `color`. [DEPRECATED]",
      ]);
    });

    it("refuses a write-only value for a host that does not know such", async () => {
      assert.deepEqual(await core().validate({ name: "a", token_wo: "t" }), []);
      assert.deepEqual(told(await core().validate({ name: "a", token_wo: "t" }, false)), [
        "error: token_wo is a write-only argument, which this version of Terraform does not know | " +
          "At token_wo. Use Terraform 1.11 or newer, or OpenTofu 1.11 or newer. [ARGUMENT_WRITE_ONLY]",
      ]);
    });

    it("asks the rules of attributes and of the whole", async () => {
      assert.deepEqual(told(await core().validate({ name: "a", note: "forbidden" })), [
        'error: the note "forbidden" is forbidden | Write another. [NOTE]',
      ]);
      assert.deepEqual(told(await core().validate({ name: "a", note: "no labels", labels: new Map([["a", "b"]]) })), [
        "error: the note says that there are no labels | Remove one. [NOTE]",
      ]);
    });
  });

  describe("reading stored states", () => {
    const upgrade = (json: string) =>
      server.upgradeResourceState({ typeName: "fake_box", version: 0, rawState: Buffer.from(json) }, signal);

    it("loses no digit, has null for what is missing, and leaves behind what no schema knows", async () => {
      const { state, diagnostics } = await upgrade('{"name":"a","size":9007199254740993,"gone":1,"token_wo":"leaked"}');
      assert.deepEqual(diagnostics, []);
      const value = decodeValue(typeOfSchema(core().schema), state) as Record<string, Value>;
      assert.equal(String(value.size), "9007199254740993");
      assert.equal(value.note, null);
      assert.equal(value.token_wo, null);
    });

    it("says what does not fit, and quotes nothing of it", async () => {
      const next =
        "Restore the state from a backup, or remove this resource with `terraform state rm` and import it again.";
      assert.deepEqual(told((await upgrade('{"labels":["secret"]}')).diagnostics), [
        'error: the stored state of this fake_box does not fit the provider\'s schema: ["labels"]: a map is required ' +
          `| ${next} [STATE_INVALID]`,
      ]);
      assert.deepEqual(told((await upgrade('{"secret')).diagnostics), [
        `error: the stored state of this fake_box does not fit the provider's schema: it is not JSON | ${next} [STATE_INVALID]`,
      ]);
    });
  });

  describe("reporting", () => {
    it("names in the text what lies deeper than an argument", async () => {
      boxes.before = () => {
        throw new FakeProblem("FAKE_LID", "the lid is wrong", "Take another.", ["lid", "material"]);
      };
      const [diagnostic] = await core().apply({ name: "a" });
      assert.equal(diagnostic?.detail, "At lid.material. Take another. [FAKE_LID]");
      assert.deepEqual(diagnostic?.path, [{ attribute: "lid" }, { attribute: "material" }]);
    });

    it("tells all problems of one failure, each once, errors first", async () => {
      boxes.before = () => {
        throw new AggregateError([
          new FakeProblem("W", "a warning", "Mind it.", [], "warning"),
          new FakeProblem("E", "an error", "Mend it."),
          new FakeProblem("E", "an error", "Mend it."),
        ]);
      };
      assert.deepEqual(told(await core().apply({ name: "a" })), [
        "error: an error | Mend it. [E]",
        "warning: a warning | Mind it. [W]",
      ]);
    });

    it("calls an unexpected exception a bug, with the stack in the log only", async () => {
      boxes.before = () => {
        throw new TypeError("x is not a function");
      };
      assert.deepEqual(told(await core().apply({ name: "a" })), [
        "error: the provider has a bug: it failed in creating fake_box | TypeError: x is not a function. " +
          "Please report it with the provider's log, which TF_LOG_PROVIDER=error shows. [BUG]",
      ]);
      assert.deepEqual(environment.lines, ["error bug while creating fake_box: TypeError: x is not a function"]);
    });

    it("does not quote what could not be parsed: it may be a secret", async () => {
      boxes.before = () => void JSON.parse("{secret");
      const said = [...told(await core().apply({ name: "a" })), ...environment.lines].join();
      assert.equal(said.includes("secret"), false);
    });

    it("answers a type that it does not have with what to do", async () => {
      const answer = await server.readResource(
        { typeName: "fake_house", state: Uint8Array.of(0x80), private: none },
        signal,
      );
      assert.deepEqual(told(answer.diagnostics), [
        'error: version 0.0.1 of the provider has no resource "fake_house" | Use a version of the provider that has it: see ' +
          "`required_providers` and `terraform init -upgrade`. [TYPE_UNKNOWN]",
      ]);
    });

    it("says that a call was cancelled", async () => {
      const stop = new AbortController();
      boxes.before = () => {
        stop.abort();
        throw stop.signal.reason as Error;
      };
      const one = core();
      one.signal = stop.signal;
      assert.match(told(await one.apply({ name: "a" }))[0] as string, /^error: creating fake_box was cancelled \|/);
    });
  });

  it("keeps what the provider remembers, byte for byte, when a read changes nothing", async () => {
    const one = core();
    await one.apply({ name: "a" });
    const before = one.private;
    await one.refresh();
    assert.equal(one.private, before);
  });

  it("takes what another provider remembered for nothing", async () => {
    const one = core();
    await one.apply({ name: "a" });
    one.private = Buffer.from("bytes of another provider");
    assert.deepEqual(await one.refresh(), []);
    assert.equal((await one.plan({ name: "a" })).action, "no-op");
  });

  it("reads data sources", async () => {
    boxes.put({ name: "a", labels: {}, note: "", size: 4, color: "", secret: "", token: "", revision: "" });
    const type = typeOfSchema(server.schemas().dataSources.get("fake_box") as never);
    const read = (name: string) =>
      server.readDataSource({ typeName: "fake_box", config: encodeValue(type, { name, size: null }) }, signal);
    const { state } = await read("a");
    assert.deepEqual({ ...(decodeValue(type, state) as object) }, { name: "a", size: 4 });
    const missing = await read("b");
    assert.deepEqual(told(missing.diagnostics), ['error: there is no box "b" | Make it. [FAKE_MISSING]']);
    assert.deepEqual(missing.diagnostics[0]?.path, [{ attribute: "name" }]);
  });

  it("opens, renews and closes ephemeral resources, and tells at close what a renewal said and Terraform lost", async () => {
    const typeName = "fake_ticket";
    const type = typeOfSchema(server.schemas().ephemeralResources.get(typeName) as never);
    const opened = await server.openEphemeralResource(
      { typeName, config: encodeValue(type, { name: "me", value: null }) },
      signal,
    );
    assert.deepEqual({ ...(decodeValue(type, opened.result) as object) }, { name: "me", value: "ticket of me" });
    assert.equal(opened.renewAtMs, environment.now() + 60_000);
    const renewed = await server.renewEphemeralResource({ typeName, private: opened.private }, signal);
    assert.deepEqual(renewed.diagnostics, []);
    const failed = await server.renewEphemeralResource({ typeName, private: renewed.private }, signal);
    const lost = "error: the ticket is not renewed twice | Open another. [FAKE_RENEW]";
    assert.deepEqual(told(failed.diagnostics), [lost]);
    // Close gets what open answered, not what the renewal did.
    const closed = await server.closeEphemeralResource({ typeName, private: opened.private }, signal);
    assert.deepEqual(told(closed.diagnostics), [lost, 'warning: closed with {"renewals":0} | Nothing. [FAKE_CLOSED]']);
  });

  it("calls functions, of a provider that nobody configured", async () => {
    const fresh = createProviderServer(fakeProvider(), environment);
    const call = (...texts: string[]) =>
      fresh.callFunction({ name: "shout", arguments: texts.map((text) => encodeValue(types.string, text)) }, signal);
    assert.deepEqual(await call("hello", "you"), { result: encodeValue(types.string, "HELLO YOU") });
    assert.deepEqual(await call(""), { error: { text: "there is nothing to shout", argument: 0 } });
  });

  it("is not made to work before it was configured", async () => {
    const fresh = createProviderServer(fakeProvider(), environment);
    const { diagnostics } = await new FakeCore(fresh, "fake_box").import("a").then((said) => ({ diagnostics: said }));
    assert.match(
      told(diagnostics)[0] as string,
      /protocol error: the provider is asked to work before it was configured/,
    );
  });
});
