import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import {
  type ConnectionsConfig,
  createBestEffort,
  createConnections,
  nearestName,
  once,
} from "../../../../provider/cluster";
import { Problem } from "../../../../trust";
import { settingsOf, testSurroundings } from "../../../support/cluster-surroundings";
import { Cleanup, deferred } from "../../../support/grpc-peers";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());
const signal = () => new AbortController().signal;

const settings = settingsOf("leaf.example.com:443", "");

function connections(config: Partial<ConnectionsConfig>) {
  const made = createConnections(
    { default: undefined, clusters: new Map(), clustersUnknown: false, ...config },
    testSurroundings(),
  );
  cleanup.add(() => made.close());
  return made;
}

test("gives each key its cluster, and the same one each time", () => {
  const { get, keys, status } = connections({ default: settings, clusters: new Map([["leaf", settings]]) });
  assert.equal(get("leaf").title, 'cluster "leaf" (leaf.example.com:443)');
  assert.equal(get().title, "the default cluster (leaf.example.com:443)");
  assert.equal(get("leaf"), get("leaf"));
  assert.notEqual(get("leaf"), get());
  assert.deepEqual(keys(), ["leaf"]);
  assert.deepEqual([status(), status("leaf"), status("other")], ["configured", "configured", "absent"]);
});

test("never takes the only entry for the default connection", () => {
  assert.throws(() => connections({ clusters: new Map([["leaf", settings]]) }).get(), {
    code: "CONNECTION_NOT_CONFIGURED",
    what: 'the provider has no default connection (`clusters` has "leaf", which are used only where `cluster` names them)',
    where: ["cluster"],
    next: "Name an entry of `clusters` in `cluster` (in an import id: `<cluster>/<name>`), or set `addr` and an identity in the provider block.",
  });
});

test("says what a wrong key was probably meant to be", () => {
  const clusters = new Map([
    ["leaf-east", settings],
    ["leaf-west", settings],
  ]);
  assert.throws(() => connections({ clusters }).get("leaf_east", ["leaf"]), {
    code: "CONNECTION_NOT_CONFIGURED",
    what: 'cluster "leaf_east" is not in the provider\'s `clusters`',
    where: ["leaf"],
    next: 'Did you mean "leaf-east"? It has "leaf-east", "leaf-west".',
  });
  assert.throws(() => connections({}).get("leaf"), { next: "It has none at all; add it." });
});

test("tells what is unknown from what is not there", () => {
  const some = connections({ clusters: new Map([["leaf", "unknown"]]) });
  assert.throws(() => some.get("leaf"), { code: "CONNECTION_UNKNOWN" });
  assert.throws(() => some.get("other"), { code: "CONNECTION_NOT_CONFIGURED" });
  const all = connections({ clustersUnknown: true });
  assert.throws(() => all.get("leaf"), { code: "CONNECTION_UNKNOWN" });
  assert.throws(() => all.get(), { code: "CONNECTION_NOT_CONFIGURED" });
});

test("keeps the problem of one connection to itself", () => {
  const problem = new Problem("PROVIDER_ARGUMENT", "no addr", [], "Set it.");
  const { get } = connections({ default: problem, clusters: new Map([["leaf", settings]]) });
  assert.throws(() => get(), problem);
  assert.equal(get("leaf").key, "leaf");
});

test("finds the nearest name, and none that is far off", () => {
  assert.equal(nearestName("laef", ["leaf", "root"]), "leaf");
  assert.equal(nearestName("stage", ["leaf", "root"]), undefined);
  assert.equal(nearestName("lef", ["leaf", "root"]), "leaf");
  assert.equal(nearestName("Leaf_1", ["leaf-1", "leaf-2"]), "leaf-1");
  assert.equal(nearestName("x", []), undefined);
});

test("asks once, and shares answer and failure among those who wait", async () => {
  const answers = [deferred<number>(), deferred<number>()];
  let asked = 0;
  const ask = once(() => (answers[asked++] as (typeof answers)[0]).promise);
  const first = [ask(signal()), ask(signal())];
  answers[0]?.reject(new Error("down"));
  for (const each of first) await assert.rejects(each, /down/);
  const second = [ask(signal()), ask(signal())];
  answers[1]?.resolve(7);
  assert.deepEqual(await Promise.all(second), [7, 7]);
  assert.equal(await ask(signal()), 7);
  assert.equal(asked, 2);
});

test("asks again for the others when the one who asked went away", async () => {
  const controller = new AbortController();
  let asked = 0;
  const ask = once(async (limit: AbortSignal) => {
    asked++;
    if (asked > 1) return "answer";
    await new Promise((_, reject) => limit.addEventListener("abort", () => reject(limit.reason)));
    return "never";
  });
  const gone = ask(controller.signal);
  const waiting = ask(signal());
  controller.abort(new Error("went away"));
  await assert.rejects(gone, /went away/);
  assert.equal(await waiting, "answer");
});

test("checks at plan as well as it can, and complains once", async () => {
  const bestEffort = createBestEffort(50);
  const down = async () => {
    throw new Problem("CONNECTION_FAILED", "nothing listens there", [], "Start it.");
  };
  assert.deepEqual(await bestEffort("cluster a", async () => 1, signal()), { ok: true, value: 1 });
  const first = await bestEffort("cluster a", down, signal());
  assert.ok(!first.ok);
  assert.equal(first.problem?.code, "PLAN_NOT_CHECKED");
  assert.equal(first.problem?.what, "not checked against cluster a: nothing listens there");
  assert.deepEqual(await bestEffort("cluster a", async () => 1, signal()), { ok: false, problem: undefined });
  assert.deepEqual(await bestEffort("cluster b", async () => 1, signal()), { ok: true, value: 1 });
});

test("waits for a check no longer than its patience", async () => {
  const bestEffort = createBestEffort(20);
  const slow = (limit: AbortSignal) =>
    new Promise<never>((_, reject) => {
      // As a socket would, the timer keeps the process awake; the patience alone does not.
      const awake = setTimeout(() => reject(new Error("waited too long")), 5000);
      limit.addEventListener("abort", () => {
        clearTimeout(awake);
        reject(limit.reason);
      });
    });
  const checked = await bestEffort("cluster a", slow, signal());
  assert.equal(!checked.ok && checked.problem?.what, "not checked against cluster a: no answer within 0.02 s");
});

test("asks on after a refusal that is about one thing only", async () => {
  const bestEffort = createBestEffort();
  const denied = async () => {
    throw new Problem("API_ACCESS_DENIED", "cannot read role", [], "Allow it.");
  };
  const checked = await bestEffort("cluster a", denied, signal());
  assert.equal(!checked.ok && checked.problem?.what, "not checked against cluster a: cannot read role");
  assert.deepEqual(await bestEffort("cluster a", denied, signal()), { ok: false, problem: undefined });
  assert.deepEqual(await bestEffort("cluster a", async () => 1, signal()), { ok: true, value: 1 });
});

test("what is wrong with a connection itself is known without a server, where its settings are known", async () => {
  const broken = new Problem("PROVIDER_ARGUMENT", "no address", [], "Set it.");
  const credentials = [{ kind: "identity-file", path: "/nowhere/leaf.pem" }] as const;
  const made = connections({
    clusters: new Map<string, ConnectionsConfig["default"] & {}>([
      ["broken", broken],
      ["missing", { ...settings, credentials }],
      ["unknown", "unknown"],
    ]),
  });
  assert.equal(await made.fault("broken", signal()), broken);
  assert.equal(
    (await made.fault("missing", signal()))?.what,
    'cluster "missing": the identity file "/nowhere/leaf.pem" cannot be read: /nowhere/leaf.pem: no such file',
  );
  for (const key of ["unknown", "not there", undefined]) assert.equal(await made.fault(key, signal()), undefined);
});
