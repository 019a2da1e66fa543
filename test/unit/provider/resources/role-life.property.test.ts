// A role from plan to plan: the schema's rules, the resource's own, the conversions, and a cluster that fills in defaults.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";

import fc from "fast-check";

import { RoleV6 } from "../../../../provider/cluster";
import { RoleConditions, RoleOptions } from "../../../../provider/cluster/gen/teleport/types/role";
import type { ObjectValue, Value } from "../../../../provider/framework";
import { configuredPaths, planObject } from "../../../../provider/framework/plan";
import { withValueAt } from "../../../../provider/resources/description/values";
import { role } from "../../../../provider/resources/role";
import { assertFits } from "./support/fits";
import { asStored } from "./support/stored-role";
import { configOf } from "./support/values";

const seed = Date.now() & 0x7fffffff;
const runs = { seed, numRuns: 150 };
const { attributes } = role.schema;
const memory = { private: { get: () => undefined, set: () => undefined } } as never;

const wire = {
  copy: (sent: RoleV6) => RoleV6.decode(RoleV6.encode(sent).finish()),
  conditions: () => RoleConditions.fromPartial({}),
  options: () => RoleOptions.fromPartial({}),
};

/** Configurations of a role with a name and a version, as a cluster takes them. */
const configs: fc.Arbitrary<ObjectValue> = fc
  .tuple(configOf(attributes), fc.constantFrom("v3", "v5", "v6", "v7", "v8"))
  .map(([config, version]) => {
    const metadata =
      config.metadata ??
      Object.assign(Object.create(null), {
        labels: null,
        expires: null,
        revision: null,
        description: null,
        namespace: null,
      });
    const named = withValueAt(config, ["metadata"], withValueAt(metadata as ObjectValue, ["name"], "tester"));
    return withValueAt(withValueAt(withValueAt(named, ["version"], version), ["kind"], null), ["cluster"], null);
  })
  .map((config) => withValueAt(config, ["metadata", "namespace"], null));

interface Life {
  readonly state: ObjectValue;
  readonly stored: RoleV6;
  readonly configured: readonly string[];
}

function plan(config: ObjectValue, before: Life | undefined): ObjectValue {
  const prior = before?.state ?? null;
  const planned = planObject(role.schema, { config, prior, configuredBefore: before?.configured ?? [] });
  if (planned === prior) return planned;
  const action = prior === null ? "create" : "update";
  const customized = role.customizePlan?.({ action, prior, planned, config }, memory).planned ?? planned;
  // What means the same keeps the prior text, so a plan may come back to the prior state.
  return prior !== null && isDeepStrictEqual(customized, prior) ? prior : customized;
}

function apply(config: ObjectValue, before: Life | undefined): Life {
  const planned = plan(config, before);
  const draft = role.codec.toMessage(planned, before?.stored, config);
  const stored = asStored(role.normalize?.(draft) ?? draft, wire);
  const state = role.codec.toState(stored, planned);
  assertFits(planned as Value, state, "role");
  return { state, stored, configured: configuredPaths(attributes, config) };
}

function assertAtRest(config: ObjectValue, life: Life): void {
  assert.deepEqual(role.codec.toState(life.stored, life.state), life.state, "a refresh changes nothing");
  assert.equal(plan(config, life), life.state, "the plan is empty");
  const draft = role.codec.toMessage(life.state, life.stored, config);
  assert.ok(role.codec.isEqual?.(draft, life.stored), "there is nothing to write");
}

test("a role that was created has an empty plan, whatever the cluster filled in", (t) => {
  t.diagnostic(`seed ${seed}`);
  fc.assert(
    fc.property(configs, (config) => {
      assertAtRest(config, apply(config, undefined));
    }),
    runs,
  );
});

test("a role that was updated, also to another version, has an empty plan", (t) => {
  t.diagnostic(`seed ${seed}`);
  fc.assert(
    fc.property(configs, configs, (first, second) => {
      assertAtRest(second, apply(second, apply(first, undefined)));
    }),
    runs,
  );
});

test("an imported role needs one update at most, and has an empty plan then", (t) => {
  t.diagnostic(`seed ${seed}`);
  fc.assert(
    fc.property(configs, (config) => {
      const { stored } = apply(config, undefined);
      const imported = { state: role.codec.toState(stored, undefined), stored, configured: [] };
      const planned = plan(config, imported);
      if (planned !== imported.state) assertAtRest(config, apply(config, imported));
    }),
    runs,
  );
});

test("an option that somebody set past a configuration without options is taken back", () => {
  const config = fc.sample(configs, { seed, numRuns: 1 })[0] as ObjectValue;
  const bare = withValueAt(config, ["spec"], null);
  const life = apply(withSpec(bare, { options: null, allow: null, deny: null }), undefined);
  const changed = wire.copy(life.stored);
  (changed.spec?.options as RoleOptions).forward_agent = true;
  const drifted = { ...life, stored: changed, state: role.codec.toState(changed, life.state) };
  const desired = withSpec(bare, { options: null, allow: null, deny: null });
  assert.notEqual(plan(desired, drifted), drifted.state);
  const repaired = apply(desired, drifted);
  assert.equal(repaired.stored.spec?.options?.forward_agent, false);
  assertAtRest(desired, repaired);
});

function withSpec(config: ObjectValue, spec: Record<string, Value>): ObjectValue {
  return withValueAt(config, ["spec"], Object.assign(Object.create(null) as object, spec) as ObjectValue);
}
