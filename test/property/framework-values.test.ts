import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { valuesEqual } from "../../provider/framework/equality";
import { decodeValue, encodeValue } from "../../provider/framework/msgpack";
import { parseType, typeText } from "../../provider/framework/type-json";
import { arbitraryType, arbitraryValue } from "../support/core-arbitraries";

const typed = arbitraryType(3).chain((type) =>
  arbitraryValue(type, { unknowns: true, nulls: true }).map((value) => ({ type, value })),
);

describe("values", () => {
  it("are the same after a way over the wire, and have the same bytes again", () => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        const bytes = encodeValue(type, value);
        const back = decodeValue(type, bytes);
        assert.ok(valuesEqual(type, back, value));
        assert.deepEqual(encodeValue(type, back), bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it("are refused, and nothing else happens, when their bytes are cut short or changed", () => {
    fc.assert(
      fc.property(typed, fc.nat(), fc.nat(255), ({ type, value }, where, byte) => {
        const bytes = encodeValue(type, value);
        const at = where % bytes.length;
        const changed = Buffer.from(bytes);
        changed[at] = byte;
        for (const broken of [bytes.subarray(0, at), changed]) {
          try {
            decodeValue(type, broken);
          } catch (error) {
            assert.equal((error as Error).name, "ValueError");
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("have types that are the same after a way through their text", () => {
    fc.assert(
      fc.property(arbitraryType(4), (type) => {
        assert.equal(typeText(parseType(typeText(type))), typeText(type));
      }),
    );
  });
});
