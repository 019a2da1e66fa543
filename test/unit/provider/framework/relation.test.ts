import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { createProviderServer } from "../../../../provider/framework";
import { type Box, Boxes } from "../../../support/fake-boxes";
import { FakeCore, FakeEnvironment, told } from "../../../support/fake-core";
import { linkResource } from "../../../support/fake-link-resource";
import { FakeProblem } from "../../../support/fake-problem";
import { type FakeApi, fakeApi, fakeProvider } from "../../../support/fake-provider";

const untaint =
  "What was made is kept in the state and marked as tainted, so the next apply would remove it and begin anew. To go on from here instead, run " +
  "`terraform untaint 'ADDRESS'`, ADDRESS as shown above, and apply again.";

describe("a relation resource", () => {
  let boxes: Boxes;
  let environment: FakeEnvironment;
  const config = { from: "a", to: "b" };

  function box(name: string, link?: string): void {
    const labels: Record<string, string> = link === undefined ? {} : { link };
    boxes.put({ name, labels, note: "", size: 1, color: "", secret: "", token: "", revision: "" } satisfies Box);
  }

  const links = () => [...boxes.all().values()].map(({ name, labels }) => `${name}:${labels.link ?? ""}`).join(" ");
  const unlink = (name: string) => boxes.change(name, { labels: {} });

  async function start(api: FakeApi = fakeApi({ realName: "home", boxes })): Promise<FakeCore> {
    const server = createProviderServer(fakeProvider(api), environment);
    const { signal } = new AbortController();
    await server.configureProvider(
      { config: Buffer.from("81a466696c65c0", "hex"), terraformVersion: "1.11.4" },
      signal,
    );
    return new FakeCore(server, "fake_link");
  }

  beforeEach(() => {
    boxes = new Boxes();
    environment = new FakeEnvironment();
    box("a");
    box("b");
  });

  it("is brought about step by step, each step in the log, and the plan after is empty", async () => {
    const core = await start();
    assert.deepEqual(await core.apply(config), []);
    assert.equal(links(), "a:b b:a");
    assert.deepEqual(environment.lines, ["info link: link from", "info link: link to"]);
    await core.refresh();
    assert.equal((await core.plan(config)).action, "no-op");
    assert.deepEqual({ ...core.value() }, { ...config, id: "a/b", joined: true, wait_ms: 0 });
  });

  it("is removed step by step", async () => {
    const core = await start();
    await core.apply(config);
    assert.deepEqual(await core.destroy(), []);
    assert.equal(links(), "a: b:");
  });

  it("is continued from what it finds when a create was killed after any step", async () => {
    for (const found of ["link from", "link to"]) {
      boxes = new Boxes();
      box("a", found === "link from" ? "b" : undefined);
      box("b", found === "link to" ? "a" : undefined);
      const core = await start();
      await core.apply(config);
      assert.equal(links(), "a:b b:a");
    }
  });

  it("leaves no state when a create fails before anything is established", async () => {
    const core = await start();
    boxes.before = (call) => {
      if (call === "get b") throw new FakeProblem("FAKE_DOWN", "the server is down", "Wait.");
    };
    assert.deepEqual(told(await core.apply(config)), ["error: the server is down | Wait. [FAKE_DOWN]"]);
    assert.equal(core.value(), null);
  });

  it("leaves a tainted state when a create fails later, and the error names untaint, after which it goes on", async () => {
    const core = await start();
    boxes.before = (call) => {
      if (call === "put b") throw new FakeProblem("FAKE_DOWN", "the server is down", "Wait.");
    };
    assert.deepEqual(told(await core.apply(config)), [`error: the server is down | Wait.\n\n${untaint} [FAKE_DOWN]`]);
    assert.equal(core.isTainted, true);
    assert.equal(core.value()?.joined, false);
    boxes.before = () => undefined;
    core.isTainted = false;
    const plan = await core.plan(config);
    assert.equal(plan.action, "update");
    assert.deepEqual(told(plan.diagnostics), [
      "warning: one side of the link is missing | It is put back. [FAKE_HALF]",
    ]);
    assert.deepEqual(await core.apply(config), []);
    assert.equal(core.value()?.joined, true);
  });

  it("is looked at again after a step whose answer was lost", async () => {
    const core = await start();
    boxes.after = (call) => {
      if (call === "put a") throw new FakeProblem("FAKE_LOST", "the connection was lost", "Try again.");
    };
    await core.apply(config);
    assert.equal(core.isTainted, true);
    assert.equal(core.value()?.id, "a/b");
  });

  it("is repaired in place when one side is gone, and leaves the state when both are", async () => {
    const core = await start();
    await core.apply(config);
    unlink("b");
    await core.refresh();
    assert.equal(core.value()?.joined, false);
    assert.equal((await core.plan(config)).action, "update");
    await core.apply(config);
    assert.equal(links(), "a:b b:a");
    unlink("a");
    unlink("b");
    await core.refresh();
    assert.equal(core.value(), null);
  });

  it("touches nothing foreign", async () => {
    box("b", "z");
    const core = await start();
    boxes.calls.length = 0;
    assert.deepEqual(told(await core.apply(config)), [
      "error: a box is linked with another | Unlink it. [FAKE_FOREIGN]",
    ]);
    assert.equal(
      boxes.calls.some((call) => call.startsWith("put")),
      false,
    );
    assert.equal(core.value(), null);
  });

  it("warns of what it found", async () => {
    box("a", "b");
    box("b", "a");
    const core = await start();
    assert.deepEqual(told(await core.apply(config)), ["warning: an earlier run began it | Nothing. [FAKE_CONTINUED]"]);
  });

  it("is imported with its defaults and its mark, and the plan after is empty", async () => {
    box("a", "b");
    box("b", "a");
    const core = await start();
    assert.deepEqual(await core.import("a/b"), []);
    assert.deepEqual(core.memory(), { imported: true });
    assert.equal((await core.plan(config)).action, "no-op");
  });

  it("is not imported by what is no id, nor when it is not there", async () => {
    const core = await start();
    assert.deepEqual(told(await core.import("a")), ['error: "a" is no id of a link | Write from/to. [FAKE_ID]']);
    assert.match(told(await core.import("a/b"))[0] as string, /^error: there is no link "a\/b" to import \|/);
  });

  it("is replaced when what it is about changes", async () => {
    const core = await start();
    await core.apply(config);
    box("c");
    assert.equal((await core.plan({ from: "a", to: "c" })).action, "replace");
    await core.apply({ from: "a", to: "c" });
    assert.equal(links(), "a:c b: c:a");
  });

  it("ends when its time is up, and what was made stays in the state", async () => {
    const core = await start();
    environment.onLongSleep = (delayMs) => {
      if (delayMs === 90_000) environment.wake(60_000);
    };
    assert.deepEqual(told(await core.apply({ ...config, wait_ms: 90_000 })), [
      'error: the link was not done within 60 s: time ran out in the step "wait" | Apply again to go on from where it stopped, or give it more time in ' +
        `\`timeouts\`.\n\n${untaint} [TIMEOUT]`,
    ]);
    assert.equal(core.isTainted, true);
  });

  it("ends when Terraform stops it, and what was made stays in the state", async () => {
    const core = await start();
    const stop = new AbortController();
    core.signal = stop.signal;
    boxes.after = (call) => {
      if (call === "put a") stop.abort();
    };
    const [said] = told(await core.apply(config));
    assert.match(
      said as string,
      /^error: working on the link \(last step: link from\) was cancelled \| Nothing more was done/,
    );
    assert.equal(core.isTainted, true);
    assert.equal(links(), "a:b b:");
  });

  it("keeps its state when its connection is no longer configured, and its delete is refused at plan", async () => {
    const core = await start();
    await core.apply(config);
    const gone = await start({
      clusters: new Map(),
      connect: () => {
        throw new FakeProblem("FAKE_REMOVED", "there is no such cluster", "Add it.");
      },
    });
    gone.state = core.state;
    gone.private = core.private;
    assert.deepEqual(told(await gone.refresh()), [
      'warning: the state of link "a/b" was kept as it is: there is no such cluster | Add it. [FAKE_REMOVED]',
    ]);
    const plan = await gone.planDestroy();
    assert.match(
      told(plan.diagnostics)[0] as string,
      /^error: link "a\/b" cannot be deleted: there is no such cluster \|/,
    );
  });

  it("takes back what a failed call made, by a signal of its own, and nothing after a call that succeeded", async () => {
    const core = await start();
    const stop = new AbortController();
    core.signal = stop.signal;
    const signals: boolean[] = [];
    const abandon = async (_desired: unknown, _run: unknown, { signal }: { readonly signal: AbortSignal }) => {
      signals.push(signal.aborted);
      throw new Error("it cannot be taken back");
    };
    try {
      Object.assign(linkResource, { abandon });
      assert.deepEqual(await core.apply(config), []);
      assert.deepEqual(signals, []);
      boxes.after = (call) => {
        if (call.startsWith("put")) stop.abort();
      };
      const [said] = told(await core.destroy());
      assert.match(said as string, /^error: working on the link \(last step: unlink from\) was cancelled/);
      assert.deepEqual(signals, [false]);
      assert.ok(
        environment.lines.includes("warn what the link left behind could not be taken back"),
        `${environment.lines}`,
      );
    } finally {
      Object.assign(linkResource, { abandon: undefined });
    }
  });

  it("whose steps never end is stopped and called a bug", async () => {
    const core = await start();
    const { perform } = linkResource;
    try {
      Object.assign(linkResource, { perform: async () => undefined });
      const [said] = told(await core.apply(config));
      assert.match(
        said as string,
        /^error: the provider has a bug: it failed in working on the link \(last step: link from\) \| Error: 10 steps did not bring the link about/,
      );
    } finally {
      Object.assign(linkResource, { perform });
    }
  });
});
