import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { RoleV6, TrustedClusterV2 } from "../../../../../provider/cluster";
import { type Codec, type Schema, Unknown } from "../../../../../provider/framework";
import { messages } from "../../../../../provider/resources/description/gen/messages";
import { sameWire } from "../../../../../provider/resources/description/same-wire";
import { role } from "../../../../../provider/resources/role";
import { trustedCluster } from "../../../../../provider/resources/trusted-cluster";
import { assertFits } from "../support/fits";
import { configOf, messageOf, plannedFrom } from "../support/values";

const seed = Date.now() & 0x7fffffff;
const runs = { seed, numRuns: 150 };

interface Wire {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

interface Kind {
  readonly resource: { readonly typeName: string; readonly schema: Schema; readonly codec: unknown };
  readonly message: string;
  readonly wire: Wire;
}

const kinds: readonly Kind[] = [
  { resource: role, message: "types.RoleV6", wire: RoleV6 as unknown as Wire },
  { resource: trustedCluster, message: "types.TrustedClusterV2", wire: TrustedClusterV2 as unknown as Wire },
];

/** What arrives at the other end. */
function sent(wire: Wire, message: unknown): unknown {
  return wire.decode(wire.encode(message).finish());
}

for (const { resource, message, wire } of kinds) {
  const { typeName } = resource;
  const { attributes } = resource.schema;
  const codec = resource.codec as Codec<unknown>;

  test(`${typeName}: what was read, written on top of itself, changes no byte, unknown fields included`, (t) => {
    t.diagnostic(`seed ${seed}`);
    fc.assert(
      fc.property(messageOf(messages, message, true), (made) => {
        const stored = sent(wire, made);
        const state = codec.toState(stored, undefined);
        const written = codec.toMessage(state, stored, state);
        assert.ok(codec.isEqual?.(written, stored));
        assert.deepEqual(wire.encode(written).finish(), wire.encode(stored).finish());
      }),
      runs,
    );
  });

  test(`${typeName}: what was viewed says all of the object: written on top of it, it changes nothing`, (t) => {
    t.diagnostic(`seed ${seed}`);
    fc.assert(
      fc.property(messageOf(messages, message, true), (made) => {
        const stored = sent(wire, made);
        const view = codec.toView?.(stored);
        assert.ok(view);
        assertFits({ ...view, id: Unknown }, view, typeName);
        assert.ok(codec.isEqual?.(codec.toMessage(view, stored, view), stored));
      }),
      runs,
    );
  });

  test(`${typeName}: reading again with the state at hand gives the same state`, (t) => {
    t.diagnostic(`seed ${seed}`);
    fc.assert(
      fc.property(messageOf(messages, message, true), (made) => {
        const stored = sent(wire, made);
        const state = codec.toState(stored, undefined);
        assert.deepEqual(codec.toState(stored, state), state);
      }),
      runs,
    );
  });

  test(`${typeName}: what a plan knows comes back from the cluster as it was planned`, (t) => {
    t.diagnostic(`seed ${seed}`);
    fc.assert(
      fc.property(configOf(attributes), (config) => {
        const planned = plannedFrom(attributes, config);
        const stored = sent(wire, codec.toMessage(planned, undefined, config));
        const state = codec.toState(stored, planned);
        assertFits({ ...planned, id: Unknown }, state, typeName);
        assert.deepEqual(codec.toState(stored, state), state, "a refresh changes nothing");
      }),
      runs,
    );
  });

  test(`${typeName}: a state written over another object makes it what the state says`, (t) => {
    t.diagnostic(`seed ${seed}`);
    fc.assert(
      fc.property(configOf(attributes), messageOf(messages, message, true), (config, other) => {
        const base = sent(wire, other);
        const planned = plannedFrom(attributes, config);
        const written = sent(wire, codec.toMessage(planned, base, config));
        assertFits({ ...planned, id: Unknown }, codec.toState(written, planned), typeName);
        const again = codec.toMessage(planned, written, config);
        assert.ok(sameWire(again, written), "writing it again changes nothing");
      }),
      runs,
    );
  });
}
