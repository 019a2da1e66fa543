import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { createProviderServer, Unknown } from "../../../../provider/framework";
import { Boxes } from "../../../support/fake-boxes";
import { FakeCore, FakeEnvironment, told } from "../../../support/fake-core";
import { FakeProblem } from "../../../support/fake-problem";
import { type FakeCluster, fakeApi, fakeProvider } from "../../../support/fake-provider";

const never = new AbortController().signal;

describe("an object resource", () => {
  let boxes: Boxes;
  let away: FakeCluster;
  let environment: FakeEnvironment;

  async function start(
    clusters: ReadonlyMap<string, FakeCluster> = new Map([["away", away]]),
    unknown: readonly string[] = [],
  ): Promise<FakeCore> {
    const definition = fakeProvider(fakeApi({ realName: "home", boxes }, clusters, unknown));
    const server = createProviderServer(definition, environment);
    const core = new FakeCore(server, "fake_box");
    // { file: null }
    await server.configureProvider({ config: Buffer.from("81a466696c65c0", "hex"), terraformVersion: "1.11.4" }, never);
    return core;
  }

  /** Another process of the provider, which goes on with the state. */
  async function restart(core: FakeCore, clusters?: ReadonlyMap<string, FakeCluster>, unknown?: readonly string[]) {
    const next = await start(clusters, unknown);
    next.state = core.state;
    next.private = core.private;
    next.isTainted = core.isTainted;
    return next;
  }

  beforeEach(() => {
    boxes = new Boxes();
    away = { realName: "far", boxes: new Boxes() };
    environment = new FakeEnvironment();
  });

  it("is created as planned, and the plan after is empty", async () => {
    const core = await start();
    const config = {
      name: "a",
      labels: new Map([["env", "x"]]),
      secret: "s3cret",
      lid: { material: "tin", locked: null },
    };
    const plan = await core.plan(config);
    assert.equal(plan.action, "create");
    assert.equal(plan.planned?.size, Unknown);
    assert.equal(plan.planned?.color, "red");
    assert.deepEqual(await core.apply(config), []);
    assert.equal(core.value()?.size, 7);
    await core.refresh();
    assert.equal((await core.plan(config)).action, "no-op");
  });

  it("has in its state what was read back, except secrets, which stay as configured", async () => {
    const core = await start();
    await core.apply({ name: "a", secret: "s3cret", token_wo: "t0ken" });
    assert.equal(core.value()?.secret, "s3cret");
    assert.equal(core.value()?.token_wo, null);
    assert.equal(boxes.all().get("a")?.token, "t0ken");
    boxes.change("a", { secret: "another", size: 9 });
    await core.refresh();
    assert.equal(core.value()?.secret, "s3cret");
    assert.equal(core.value()?.size, 9);
  });

  it("is not created over one that exists: the import command is offered", async () => {
    boxes.put({ name: "a", labels: {}, note: "", size: 1, color: "", secret: "", token: "", revision: "" });
    const revision = boxes.all().get("a")?.revision;
    const core = await start();
    assert.deepEqual(told(await core.apply({ name: "a" })), [
      'error: box "a" already exists in home | Somebody created it outside this configuration, at revision ' +
        `${revision}. Import it with \`terraform import 'ADDRESS' a\`, ADDRESS as shown above, or remove it first. [API_ALREADY_EXISTS]`,
    ]);
    assert.equal(core.value(), null);
    assert.deepEqual([...boxes.calls], ["put a", "get a"]);
  });

  it("leaves the state when it is gone", async () => {
    const core = await start();
    await core.apply({ name: "a" });
    boxes.remove("a");
    await core.refresh();
    assert.equal(core.value(), null);
  });

  it("is deleted, and deleting one that is gone succeeds", async () => {
    const core = await start();
    await core.apply({ name: "a" });
    boxes.remove("a");
    assert.deepEqual(await core.destroy(), []);
    assert.equal(core.value(), null);
  });

  it("keeps in an update what no schema knows", async () => {
    const core = await start();
    await core.apply({ name: "a", note: "one" });
    boxes.change("a", { hidden: "set by somebody else" });
    await core.apply({ name: "a", note: "two" });
    assert.equal(boxes.all().get("a")?.hidden, "set by somebody else");
    assert.equal(boxes.all().get("a")?.note, "two");
  });

  it("is not written when that would change nothing", async () => {
    const core = await start();
    await core.apply({ name: "a", token_wo: "t", token_wo_version: 1 });
    boxes.calls.length = 0;
    await core.apply({ name: "a", token_wo: "t", token_wo_version: 2 });
    assert.deepEqual([...boxes.calls], ["get a"]);
    assert.equal(core.value()?.token_wo_version, 2);
  });

  it("is read again and written again when somebody else writes in between", async () => {
    const core = await start();
    await core.apply({ name: "a", note: "one" });
    let times = 2;
    boxes.after = (call) => {
      if (call === "get a" && times-- > 0) boxes.change("a", { hidden: `by somebody else ${times}` });
    };
    await core.apply({ name: "a", note: "two" });
    assert.equal(boxes.all().get("a")?.hidden, "by somebody else 0");
    assert.equal(boxes.all().get("a")?.note, "two");
  });

  it("gives up when somebody else writes all the time", async () => {
    const core = await start();
    await core.apply({ name: "a", note: "one" });
    boxes.after = (call) => {
      if (call === "get a") boxes.change("a", { hidden: "by somebody else" });
    };
    assert.deepEqual(told(await core.apply({ name: "a", note: "two" })), [
      "error: box a was changed by somebody else | Try again. [FAKE_CONFLICT]",
    ]);
    assert.equal(core.value()?.note, "one");
  });

  it("waits for the revision to move after an update", async () => {
    const core = await start();
    await core.apply({ name: "a", note: "one" });
    boxes.staleReads = 3;
    assert.deepEqual(await core.apply({ name: "a", note: "two" }), []);
    assert.equal(core.value()?.note, "two");
    assert.deepEqual(environment.slept, [50, 100, 200]);
  });

  it("has in its state what was written, and says so, when the revision does not move", async () => {
    const core = await start();
    await core.apply({ name: "a", note: "one" });
    const revision = boxes.all().get("a")?.revision;
    boxes.staleReads = 1000;
    assert.deepEqual(told(await core.apply({ name: "a", note: "two" })), [
      `warning: box "a" was written to home, which still answers with revision ${revision} | The state holds what was written. ` +
        "A cache of the cluster may lag behind: plan again after a while. [API_STALE]",
    ]);
    assert.equal(core.value()?.note, "two");
    boxes.staleReads = 0;
    boxes.change("a", {});
    await core.refresh();
    assert.equal((await core.plan({ name: "a", note: "two" })).action, "no-op");
  });

  it("is kept, tainted, when it was made and cannot be read back", async () => {
    const core = await start();
    boxes.before = (call) => {
      if (call === "get a" && boxes.all().has("a")) throw new FakeProblem("FAKE_DOWN", "the server is down", "Wait.");
    };
    assert.deepEqual(told(await core.apply({ name: "a", secret: "s" })), [
      "error: the server is down | Wait. [FAKE_DOWN]",
    ]);
    assert.equal(core.isTainted, true);
    assert.equal(core.value()?.name, "a");
    assert.equal(core.value()?.secret, "s");
    assert.equal(core.value()?.size, null);
  });

  it("is kept, tainted, when the answer of its creation was lost", async () => {
    const core = await start();
    boxes.after = (call) => {
      if (call === "put a") throw new FakeProblem("FAKE_LOST", "the connection was lost", "Try again.");
    };
    await core.apply({ name: "a", size: 3, color: "blue", lid: { material: "tin", locked: true } });
    assert.equal(core.isTainted, true);
    assert.equal(core.value()?.revision, boxes.all().get("a")?.revision);
  });

  it("is not kept when its creation was refused, and one of somebody else never is", async () => {
    const core = await start();
    boxes.before = (call) => {
      if (call !== "put a") return;
      boxes.before = () => undefined;
      boxes.put({ name: "a", labels: {}, note: "theirs", size: 1, color: "", secret: "", token: "", revision: "" });
      throw new FakeProblem("FAKE_DENIED", "access denied", "Ask.");
    };
    assert.deepEqual(told(await core.apply({ name: "a" })), ["error: access denied | Ask. [FAKE_DENIED]"]);
    assert.equal(core.value(), null);
    assert.equal(boxes.all().get("a")?.note, "theirs");
  });

  it("gives its state back byte for byte while it has the revision of the last time", async () => {
    const core = await start();
    await core.apply({ name: "a", labels: new Map([["x", "y"]]) });
    const { state } = core;
    await core.refresh();
    assert.equal(core.state, state);
    boxes.change("a", {});
    await core.refresh();
    assert.notEqual(core.state, state);
    assert.equal(core.value()?.revision, boxes.all().get("a")?.revision);
  });

  it("keeps the form that the user wrote where it means the same", async () => {
    const core = await start();
    await core.apply({ name: "a", labels: new Map(), note: "" });
    assert.deepEqual(core.value()?.labels, new Map());
    assert.equal(core.value()?.note, "");
    boxes.change("a", { size: 8 });
    await core.refresh();
    assert.equal((await core.plan({ name: "a", labels: new Map(), note: "" })).action, "no-op");
  });

  it("shows an outside change as an update, and puts it back", async () => {
    const core = await start();
    await core.apply({ name: "a", labels: new Map([["env", "x"]]) });
    boxes.change("a", { labels: { env: "x", extra: "y" } });
    await core.refresh();
    const config = { name: "a", labels: new Map([["env", "x"]]) };
    assert.equal((await core.plan(config)).action, "update");
    await core.apply(config);
    assert.deepEqual(boxes.all().get("a")?.labels, { env: "x" });
  });

  it("gives an attribute back to the server when the configuration no longer sets it", async () => {
    const core = await start();
    await core.apply({ name: "a", size: 3 });
    const plan = await core.plan({ name: "a" });
    assert.equal(plan.action, "update");
    assert.equal(plan.planned?.size, Unknown);
    await core.apply({ name: "a" });
    assert.equal(core.value()?.size, 7);
    assert.equal((await core.plan({ name: "a" })).action, "no-op");
  });

  it("is imported by name, and a plan of the same configuration is empty", async () => {
    boxes.put({
      name: "a",
      labels: { x: "y" },
      note: "",
      size: 1,
      color: "red",
      secret: "theirs",
      token: "",
      revision: "",
    });
    const core = await start();
    assert.deepEqual(await core.import("a"), []);
    assert.equal(core.value()?.secret, null);
    assert.equal((await core.plan({ name: "a", labels: new Map([["x", "y"]]) })).action, "no-op");
  });

  it("is imported from a named cluster, and only from one that is configured", async () => {
    away.boxes.put({ name: "b/c", labels: {}, note: "", size: 1, color: "red", secret: "", token: "", revision: "" });
    const core = await start();
    assert.deepEqual(await core.import("away/b/c"), []);
    assert.equal(core.value()?.cluster, "away");
    assert.deepEqual(told(await core.import("nowhere/b")), [
      'error: there is no box "nowhere/b" in home | Check the import id, which is `<name>`, or `<cluster>/<name>`, and whether the identity may read it. [API_NOT_FOUND]',
    ]);
  });

  it("keeps its state, with a warning, when its connection is no longer configured, and its delete is refused at plan", async () => {
    const core = await start();
    await core.apply({ name: "a", cluster: "away" });
    const later = await restart(core, new Map());
    assert.deepEqual(told(await later.refresh()), [
      'warning: the state of box "a" was kept as it is: there is no cluster "away" | Add it. [FAKE_REMOVED]',
    ]);
    assert.equal(later.value()?.name, "a");
    const plan = await later.planDestroy();
    assert.equal(plan.action, "failed");
    assert.match(
      told(plan.diagnostics)[0] as string,
      /^error: box "a" cannot be deleted: there is no cluster "away" \| Put the connection back/,
    );
  });

  it("keeps its state while the settings of its connection are not known, and is planned unchecked", async () => {
    const core = await start();
    await core.apply({ name: "a", cluster: "away" });
    const later = await restart(core, new Map(), ["away"]);
    assert.match(told(await later.refresh())[0] as string, /^warning: the state of box "a" was kept as it is/);
    assert.equal((await later.plan({ name: "a", cluster: "away", note: "unwanted" })).action, "update");
  });

  it("is not changed by another key of the same cluster", async () => {
    const core = await start();
    await core.apply({ name: "a", cluster: "away" });
    const renamed = await restart(core, new Map([["elsewhere", away]]));
    away.boxes.calls.length = 0;
    assert.equal((await renamed.plan({ name: "a", cluster: "elsewhere" })).action, "update");
    assert.deepEqual(await renamed.apply({ name: "a", cluster: "elsewhere" }), []);
    assert.equal(away.boxes.calls.includes("put a"), false);
  });

  it("is replaced when its key leads to another cluster", async () => {
    const core = await start();
    await core.apply({ name: "a", cluster: "away" });
    const plan = await core.plan({ name: "a" });
    assert.equal(plan.action, "replace");
    assert.deepEqual(plan.requiresReplace, [[{ attribute: "cluster" }]]);
  });

  it("is never looked for, written or deleted in a namesake of its cluster", async () => {
    const core = await start();
    await core.apply({ name: "a", cluster: "away" });
    const other = { realName: "other", boxes: new Boxes() };
    const moved = await restart(core, new Map([["away", other]]));
    const text =
      'error: box "a" is in cluster far, but its connection now leads to other | Let the connection lead to far again, or name another in `cluster`. ' +
      "If far is gone for ever, forget the object: `terraform state rm 'ADDRESS'`, ADDRESS as shown above. [CONNECTION_MOVED]";
    assert.deepEqual(told(await moved.refresh()), [text]);
    assert.deepEqual(told(await moved.destroy()), [text]);
    assert.deepEqual(told(await moved.apply({ name: "a", cluster: "away", note: "n" })), [text]);
    assert.deepEqual([...other.boxes.calls], []);
    assert.equal(moved.value()?.name, "a");
  });

  it("is refused by its check immediately before the write, and only warned about at plan", async () => {
    const core = await start();
    const plan = await core.plan({ name: "a", note: "unwanted" });
    assert.deepEqual(told(plan.diagnostics), ["warning: the note is not wanted here | Write another. [NOTE]"]);
    assert.deepEqual(told(await core.applyPlan({ name: "a", note: "unwanted" }, plan)), [
      "error: the note is not wanted here | Write another. [NOTE]",
    ]);
    assert.equal(boxes.all().size, 0);
  });
});
