// What a kind of object may add to its life: completion in apply, a look at unchanged plans, advice about import ids.
import assert from "node:assert/strict";
import { test } from "node:test";

import { mirroredObject, type ObjectValue, type ResourceContext, Unknown } from "../../../../provider/framework";
import { PrivateState } from "../../../../provider/framework/private-state";
import { boxResource } from "../../../support/fake-box-resource";
import { Boxes } from "../../../support/fake-boxes";
import { FakeEnvironment } from "../../../support/fake-core";
import { type FakeApi, fakeApi } from "../../../support/fake-provider";

function world() {
  const boxes = new Boxes();
  const environment = new FakeEnvironment();
  const context = {
    ...environment,
    log: environment.log,
    api: fakeApi({ realName: "home", boxes }, new Map(), []),
    providerVersion: "0.0.0",
    signal: new AbortController().signal,
    sleep: () => Promise.resolve(),
    now: () => 7,
    classify: () => undefined,
    private: PrivateState.empty(),
  } as unknown as ResourceContext<FakeApi>;
  return { boxes, context };
}

const draft = (members: ObjectValue): ObjectValue => ({
  ...Object.fromEntries(Object.keys(boxResource.schema.attributes).map((name) => [name, null])),
  ...members,
});

test("a kind fills in before a create and an update what only an apply can know, and the state has it", async () => {
  const seen: unknown[] = [];
  const resource = mirroredObject({
    ...boxResource,
    complete(planned, { now }) {
      seen.push(planned.note);
      return { ...planned, name: planned.name === Unknown ? "drawn" : (planned.name ?? null), note: `at ${now()}` };
    },
  });
  const { boxes, context } = world();
  const config = draft({});
  const made = await resource.create(
    { planned: draft({ name: Unknown, note: Unknown, id: Unknown }), config },
    context,
  );
  assert.deepEqual([made.state?.name, made.state?.note], ["drawn", "at 7"]);
  assert.equal(boxes.all().get("drawn")?.note, "at 7");
  const planned = { ...(made.state as ObjectValue), note: Unknown, size: 8 };
  const updated = await resource.update({ prior: made.state as ObjectValue, planned, config }, context);
  assert.deepEqual([updated.state?.name, updated.state?.note, updated.state?.size], ["drawn", "at 7", 8]);
  assert.deepEqual(seen, [Unknown, Unknown], "once for each");
});

test("a kind may look at plans that change nothing; others keep the fast path", () => {
  assert.equal(mirroredObject({ ...boxResource, customizesUnchanged: true }).customizesUnchanged, true);
  assert.equal(mirroredObject(boxResource).customizesUnchanged, undefined);
});

test("a kind may advise about an import id, and say what one looks like", async () => {
  const advice = {
    code: "ADVICE",
    what: "better not so",
    where: [],
    next: "Do it another way.",
    severity: "warning",
  } as const;
  const identity = { ...boxResource.identity, importForm: "box-<number>", importAdvice: () => [advice] };
  const resource = mirroredObject({ ...boxResource, identity });
  const { boxes, context } = world();
  await assert.rejects(resource.importState?.("gone", context) ?? Promise.resolve(), (error: { next?: string }) => {
    assert.equal(
      error.next,
      "Check the import id, which is `box-<number>`, or `<cluster>/box-<number>`, and whether the identity may read it.",
    );
    return true;
  });
  boxes.put({ name: "a", labels: {}, note: "", size: 1, color: "", secret: "", token: "", revision: "" });
  const imported = await resource.importState?.("a", context);
  assert.equal(imported?.state.name, "a");
  assert.deepEqual(imported?.problems, [advice]);
});

test("a connection that cannot be used refuses plans and planned deletes before anything is asked, and once", async () => {
  const fault = { code: "FAULT", what: "the key is broken", where: ["cluster"], next: "Mend it." };
  const answers: ("told" | typeof fault)[] = [fault, "told", fault, "told"];
  const asked: string[] = [];
  const resource = mirroredObject({
    ...boxResource,
    connection: { attribute: "cluster", isConfigured: () => false, fault: async () => answers.shift() },
    check: async () => {
      asked.push("check");
      return {};
    },
  });
  const { context } = world();
  const planned = draft({ name: "a" });
  const create = { action: "create", prior: null, planned, config: planned } as const;
  assert.deepEqual(await resource.checkPlan?.(create, context), { problems: [fault] });
  assert.deepEqual(await resource.checkPlan?.(create, context), { problems: [] });
  const remove = { action: "delete", prior: planned, planned: null, config: null } as const;
  const what = 'box "a" cannot be deleted: the key is broken';
  assert.deepEqual(await resource.checkPlan?.(remove, context), { problems: [{ ...fault, what }] });
  assert.deepEqual(await resource.checkPlan?.(remove, context), { problems: [] });
  assert.deepEqual(asked, []);
  await resource.checkPlan?.(create, context);
  assert.deepEqual(asked, ["check"], "a sound connection is worked with");
});
