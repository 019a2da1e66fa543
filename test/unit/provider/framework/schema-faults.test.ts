import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { schemaFaults, types } from "../../../../provider/framework";
import { fakeProvider } from "../../../support/fake-provider";

const description = "Something.";

describe("faults of a schema", () => {
  it("are none in the fake provider", () => {
    const { schema, resources, dataSources, ephemeralResources } = fakeProvider();
    for (const one of [schema, ...[...resources, ...dataSources, ...ephemeralResources].map((kind) => kind.schema)]) {
      assert.deepEqual(schemaFaults(one), []);
    }
  });

  it("are what Terraform would refuse and what the framework cannot keep", () => {
    const faults = schemaFaults({
      description,
      attributes: {
        Name: { type: types.string, mode: "required", description },
        a: { type: types.string, mode: "computed", writeOnly: true, description },
        b: { type: types.string, mode: "optional", default: "x", keepPrior: true, description: "" },
        c: { type: types.set(types.dynamic), mode: "optional", description },
        d: {
          mode: "optional",
          description,
          nested: {
            nesting: "set",
            attributes: {
              e: { type: types.string, mode: "optional", writeOnly: true, neverRead: true, replace: true, description },
              f: { type: types.dynamic, mode: "optional", description },
            },
          },
        },
        g: {
          type: types.string,
          mode: "optional",
          description,
          replaceWarning: () => ({ code: "X", what: "x", next: "X." }),
        },
      },
    });
    assert.deepEqual(faults, [
      "Name: the name is not made of a-z, 0-9 and _",
      "a: it is write-only and computed",
      "b: it has no description",
      "b: it has a default, so its mode must be optional-computed",
      "b: it keeps its prior value and is not computed",
      "c: it is dynamic inside a set",
      "d.e: it is write-only inside a set",
      "d.e: it is never read, and inside a set nobody can tell whose it is",
      "d.e: it replaces, but elements of collections are not looked into",
      "d.f: it is dynamic inside a set",
      "g: it has a replacement warning and does not replace",
    ]);
  });
});
