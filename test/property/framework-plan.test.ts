import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Attributes, ObjectValue, Schema } from "../../provider/framework";
import { valuesEqual } from "../../provider/framework/equality";
import { configuredPaths, planObject } from "../../provider/framework/plan";
import { typeOfAttributes } from "../../provider/framework/schema-type";
import { arbitraryAttributes, arbitraryConfig, fillUnknowns, hasTwins } from "../support/core-arbitraries";
import { planFaults, resultFaults } from "../support/core-rules";

interface Case {
  readonly attributes: Attributes;
  readonly before: ObjectValue;
  readonly config: ObjectValue;
  readonly seed: number;
}

const cases: fc.Arbitrary<Case> = arbitraryAttributes(2).chain((attributes) =>
  fc.record({
    attributes: fc.constant(attributes),
    before: arbitraryConfig(attributes, false),
    config: arbitraryConfig(attributes, true),
    seed: fc.nat(),
  }),
);

/** More by `PLAN_RUNS`, to look for the rare ones. */
const numRuns = Number(process.env.PLAN_RUNS ?? 1000);

const schemaOf = (attributes: Attributes): Schema => ({ description: "", attributes });

/** The state that an apply of a configuration leaves, and what is remembered with it. */
function applied({ attributes, before, seed }: Case): {
  readonly prior: ObjectValue;
  readonly configuredBefore: string[];
} {
  const planned = planObject(schemaOf(attributes), { config: before, prior: null, configuredBefore: [] });
  const prior = fillUnknowns(attributes, planned, seed);
  fc.pre(!hasTwins(typeOfAttributes(attributes), prior));
  return { prior, configuredBefore: configuredPaths(attributes, before) };
}

describe("a plan", () => {
  it("of a new object is one that core accepts", () => {
    fc.assert(
      fc.property(cases, ({ attributes, config }) => {
        const planned = planObject(schemaOf(attributes), { config, prior: null, configuredBefore: [] });
        assert.deepEqual(planFaults(attributes, config, null, planned), []);
      }),
      { numRuns },
    );
  });

  it("of a change is one that core accepts", () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const { attributes, config } = drawn;
        const state = applied(drawn);
        const planned = planObject(schemaOf(attributes), { config, ...state });
        assert.deepEqual(planFaults(attributes, config, state.prior, planned), []);
      }),
      { numRuns },
    );
  });

  it("right after an apply of the same configuration changes nothing", () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const { attributes, before } = drawn;
        const state = applied(drawn);
        const planned = planObject(schemaOf(attributes), { config: before, ...state });
        assert.ok(valuesEqual(typeOfAttributes(attributes), planned, state.prior));
      }),
      { numRuns },
    );
  });

  it("made again when all is known promises nothing else than the first one", () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const { attributes, config, seed } = drawn;
        const state = applied(drawn);
        const first = planObject(schemaOf(attributes), { config, ...state });
        const known = fillUnknowns(attributes, config, seed);
        const second = planObject(schemaOf(attributes), { config: known, ...state });
        assert.deepEqual(resultFaults(typeOfAttributes(attributes), first, second), []);
      }),
      { numRuns },
    );
  });
});
