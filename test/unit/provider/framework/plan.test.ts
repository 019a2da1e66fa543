import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Attributes,
  type ObjectValue,
  type Schema,
  types,
  Unknown,
  type Value,
} from "../../../../provider/framework";
import { configuredPaths, planObject } from "../../../../provider/framework/plan";
import { replacementOf } from "../../../../provider/framework/replacement";

const description = "";
const attributes: Attributes = {
  id: { type: types.string, mode: "computed", keepPrior: true, description },
  serial: { type: types.number, mode: "computed", description },
  name: { type: types.string, mode: "required", replace: true, description },
  color: { type: types.string, mode: "optional-computed", default: "red", description },
  size: { type: types.number, mode: "optional-computed", description },
  token: { type: types.string, mode: "optional", writeOnly: true, description },
  box: {
    mode: "optional",
    description,
    nested: {
      nesting: "single",
      attributes: {
        width: {
          type: types.number,
          mode: "optional",
          description,
          replace: ({ prior, planned }) => typeof prior === "number" && typeof planned === "number" && planned < prior,
          replaceWarning: ({ prior, planned }) => ({
            code: "SHRINK",
            what: `the box shrinks from ${prior} to ${planned}`,
            next: "Empty it first.",
          }),
        },
        depth: { type: types.number, mode: "optional-computed", keepPrior: true, description },
      },
    },
  },
  tags: {
    mode: "optional",
    description,
    nested: {
      nesting: "set",
      attributes: {
        key: { type: types.string, mode: "required", description },
        hash: { type: types.string, mode: "computed", keepPrior: true, description },
      },
    },
  },
};
const schema: Schema = { description, attributes };

function object(said: Readonly<Record<string, Value>>): ObjectValue {
  return Object.fromEntries(Object.keys(attributes).map((name) => [name, said[name] ?? null]));
}

const prior = object({ id: "1", serial: 5, name: "a", color: "red", size: 3, box: { width: 4, depth: 2 } });

function plan(
  said: Readonly<Record<string, Value>>,
  before: ObjectValue | null = prior,
  configuredBefore: string[] = [],
) {
  return planObject(schema, { config: object(said), prior: before, configuredBefore });
}

describe("the plan of a schema", () => {
  it("of a new object has defaults, and unknown for all that the server chooses", () => {
    assert.deepEqual(
      { ...plan({ name: "a", box: { width: 1, depth: null } }, null) },
      {
        ...object({ id: Unknown, serial: Unknown, name: "a", color: "red", size: Unknown }),
        box: planned({ width: 1, depth: Unknown }),
      },
    );
  });

  it("is the prior state itself when nothing changes", () => {
    assert.equal(plan({ name: "a", box: { width: 4, depth: null } }), prior);
  });

  it("of a change leaves open what is computed, and keeps what keeps its prior value", () => {
    const changed = plan({ name: "a", box: { width: 5, depth: null } });
    assert.equal(changed.id, "1");
    assert.equal(changed.serial, Unknown);
    assert.equal(changed.size, Unknown);
    assert.deepEqual(changed.box, planned({ width: 5, depth: 2 }));
  });

  it("goes back to the default when the configuration no longer has the attribute", () => {
    assert.equal(plan({ name: "a", box: { width: 4, depth: null } }, { ...prior, color: "blue" }).color, "red");
  });

  it("never holds what is written only, and a change of it alone is none", () => {
    assert.equal(plan({ name: "a", box: { width: 4, depth: null }, token: "secret" }), prior);
  });

  it("leaves open what the configuration set the last time and no longer does", () => {
    const config = { name: "a", box: { width: 4, depth: null } };
    assert.equal(plan(config, prior, ["size"]).size, Unknown);
    assert.deepEqual(plan(config, prior, ["box.depth"]).box, planned({ width: 4, depth: Unknown }));
    assert.equal(plan({ ...config, size: 3 }, prior, ["size"]), prior);
  });

  it("remembers which optional-computed attributes without a default were configured", () => {
    const config = object({ name: "a", size: 3, color: "blue", box: { width: 4, depth: 2 } });
    assert.deepEqual(configuredPaths(attributes, config), ["size", "box.depth"]);
  });

  it("finds the elements of a set again by what is configured of them", () => {
    const before = {
      ...prior,
      tags: [
        { key: "x", hash: "hx" },
        { key: "y", hash: "hy" },
      ],
    };
    const changed = plan(
      {
        name: "a",
        box: { width: 4, depth: null },
        tags: [
          { key: "y", hash: null },
          { key: "z", hash: null },
        ],
      },
      before,
    );
    assert.deepEqual(changed.tags, [planned({ key: "y", hash: "hy" }), planned({ key: "z", hash: Unknown })]);
  });

  it("replaces where an attribute says so, always or by its rule, with the warning that it carries", () => {
    const shrunk = plan({ name: "a", box: { width: 2, depth: null } });
    assert.deepEqual(replacementOf(schema, prior, shrunk), {
      paths: [["box", "width"]],
      warnings: [
        {
          code: "SHRINK",
          what: "the box shrinks from 4 to 2",
          next: "Empty it first.",
          where: ["box", "width"],
          severity: "warning",
        },
      ],
    });
    assert.deepEqual(replacementOf(schema, prior, plan({ name: "a", box: { width: 9, depth: null } })).paths, []);
    assert.deepEqual(replacementOf(schema, prior, plan({ name: "b", box: null })).paths, [["name"]]);
    assert.deepEqual(replacementOf(schema, prior, plan({ name: Unknown, box: null })).paths, [["name"]]);
  });
});

/** As plans make objects: without a prototype. */
function planned(said: Readonly<Record<string, Value>>): ObjectValue {
  const made = planObject(
    {
      description,
      attributes: Object.fromEntries(
        Object.keys(said).map((name) => [name, { type: types.dynamic, mode: "optional", description }]),
      ),
    },
    { config: said, prior: null, configuredBefore: [] },
  );
  return made;
}
