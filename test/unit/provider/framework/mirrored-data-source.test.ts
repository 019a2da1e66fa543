import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { type CallContext, type ObjectValue, schemaFaults } from "../../../../provider/framework";
import { mirroredDataSource } from "../../../../provider/framework/mirrored-data-source";
import { boxResource } from "../../../support/fake-box-resource";
import { type Box, Boxes } from "../../../support/fake-boxes";
import { FakeProblem } from "../../../support/fake-problem";
import { type FakeApi, fakeApi } from "../../../support/fake-provider";

const source = mirroredDataSource(boxResource, {
  description: "A box that is there.",
  without: ["token_wo_version"],
  descriptions: { note: "What is written on it.", "lid.material": "What the lid is made of." },
});

let boxes: Boxes;
let away: Boxes;

const box: Box = {
  name: "a",
  labels: { env: "x" },
  note: "",
  size: 7,
  color: "grey",
  secret: "s3cret",
  token: "t0ken",
  revision: "",
};

beforeEach(() => {
  boxes = new Boxes();
  away = new Boxes();
  boxes.put(box);
});

function read(said: ObjectValue) {
  const nothing = Object.fromEntries(Object.keys(source.schema.attributes).map((name) => [name, null]));
  const api = fakeApi({ realName: "home", boxes }, new Map([["away", { realName: "far", boxes: away }]]));
  const context = { api, signal: new AbortController().signal } as unknown as CallContext<FakeApi>;
  return source.read({ ...nothing, ...said }, context);
}

/** Objects of the framework have no prototype. */
function plain({ lid, ...rest }: ObjectValue): object {
  return { ...rest, lid: lid === null ? null : { ...(lid as object) } };
}

function problemOf(said: ObjectValue): Promise<object> {
  return read(said).then(
    () => assert.fail("it was read"),
    (error: object) => error,
  );
}

test("a mirrored data source has the resource's attributes: the name required, all that can be set also filled in", () => {
  const { schema } = source;
  assert.deepEqual(schemaFaults(schema), []);
  assert.equal(schema.description, "A box that is there.");
  assert.deepEqual(
    Object.entries(schema.attributes).map(([name, { mode }]) => `${name}: ${mode}`),
    [
      "id: computed",
      "name: required",
      "cluster: optional",
      "labels: optional-computed",
      "note: optional-computed",
      "size: optional-computed",
      "color: optional-computed",
      "secret: optional-computed",
      "colour: optional-computed",
      "lid: optional-computed",
      "revision: computed",
    ],
  );
  const { note, lid, colour, color, name, secret } = schema.attributes;
  assert.equal(note?.description, "What is written on it.");
  assert.ok(lid !== undefined && "nested" in lid);
  assert.equal(lid.nested.attributes.material?.description, "What the lid is made of.");
  assert.equal(secret?.sensitive, true);
  // What only a change or a plan needs is left behind.
  assert.deepEqual([note?.validate, colour?.deprecated, color?.default, name?.replace], Array(4).fill(undefined));
});

test("a mirrored data source answers what is there, in the default cluster or in the one that is named", async () => {
  const state = {
    id: "a",
    name: "a",
    cluster: null,
    labels: new Map([["env", "x"]]),
    note: null,
    size: 7,
    color: "grey",
    secret: null,
    colour: null,
    lid: { material: "wood", locked: false },
    revision: boxes.get("a")?.revision,
  };
  const answer = await read({ name: "a" });
  assert.deepEqual({ ...answer, state: plain(answer.state) }, { state, problems: [] });

  away.put({ ...box, size: 9 });
  const far = await read({ name: "a", cluster: "away" });
  assert.equal(far.state.cluster, "away");
  assert.equal(far.state.size, 9);
});

test("a mirrored data source shows what the cluster chose by itself, where its codec can tell", async () => {
  const viewing = mirroredDataSource(
    { ...boxResource, codec: { ...boxResource.codec, toView: () => ({ id: "seen", size: 3 }) } },
    { description: "A box.", without: [], descriptions: {} },
  );
  const api = fakeApi({ realName: "home", boxes });
  const context = { api, signal: new AbortController().signal } as unknown as CallContext<FakeApi>;
  const { state } = await viewing.read({ name: "a" }, context);
  assert.deepEqual([state.id, state.size, state.note], ["seen", 3, null]);
});

test("a mirrored data source that finds nothing names object and cluster, and is no other error's disguise", async () => {
  assert.deepEqual(await problemOf({ name: "b", cluster: "away" }), {
    code: "API_NOT_FOUND",
    what: 'there is no box "b" in far',
    where: ["name"],
    next:
      "Check the name and the cluster. An object that the same apply is to create must be created first: refer to it (such as to its `id`) " +
      "in place of writing its name, or use `depends_on`.",
  });
  boxes.before = () => {
    throw new FakeProblem("FAKE_DENIED", "no box may be read", "Ask for a role.");
  };
  assert.equal(((await problemOf({ name: "b" })) as { code: string }).code, "FAKE_DENIED");
  assert.equal(((await problemOf({ name: "a", cluster: "nowhere" })) as { code: string }).code, "FAKE_REMOVED");
});

test("what a block says beside the name does not count; what the cluster has otherwise is told, by its path alone", async () => {
  const same = { name: "a", size: 7, color: "grey", labels: new Map([["env", "x"]]), secret: "other", note: "" };
  assert.deepEqual((await read({ ...same, lid: { material: null, locked: false } })).problems, []);

  const { state, problems } = await read({
    ...{ name: "a", size: 8, color: "red", note: "wrong-n0te", labels: new Map([["env", "y"]]) },
    lid: { material: "tin", locked: null },
    colour: "kept",
  });
  assert.deepEqual([state.size, state.color, state.note], [7, "grey", null]);
  assert.equal((state.lid as ObjectValue).material, "wood");
  assert.deepEqual(problems, [
    {
      code: "DATA_SAID_IN_VAIN",
      what: 'box "a" is not as this block says: it differs in `labels`, `note`, `size`, `color`, `lid.material`',
      where: [],
      next: "The data source answers what the cluster has. Of the block only `name` counts: leave the rest out.",
      severity: "warning",
    },
  ]);
});
