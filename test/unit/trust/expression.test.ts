import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";

import { compileExpression } from "../../../trust";
import { regexpSource } from "../../../trust/expression";
import { compileRegexp } from "../../../trust/regexp";
import { readVectors } from "../../support/vectors";

interface Row {
  readonly remote?: string;
  readonly local?: string;
  readonly role?: string;
  readonly compiled?: string;
  readonly error?: string;
  readonly result?: string | null;
}

const rows = readVectors<{ role_map: Row[] }>("go-regexp").role_map;

test("one expression, one template and one role name give what Go gives", () => {
  for (const { remote, local, role, compiled, error, result } of rows) {
    if (remote === undefined || local === undefined || role === undefined || result === undefined) continue;
    if (compiled !== undefined) assert.equal(regexpSource(remote), compiled);
    const replaced = compileExpression(remote).replace(role, local);
    assert.equal(replaced ?? null, result, JSON.stringify({ remote, local, role }));
    assert.equal(error, undefined);
  }
});

test("expressions that Go refuses are refused", () => {
  const refused = rows.filter(({ error }) => error !== undefined);
  assert(refused.length > 0);
  for (const { remote } of refused) {
    if (remote !== undefined) assert.throws(() => compileExpression(remote), { code: "TRUST_REGEXP" }, remote);
  }
});

test("the short way for few stars gives what the engine gives", () => {
  const piece = fc.string({ unit: fc.constantFrom("a", "b", ".", "-", "$", "^", "\n", "é"), maxLength: 4 });
  const expression = fc.tuple(piece, fc.constantFrom("", "*"), piece).map((parts) => parts.join(""));
  const template = fc.string({ unit: fc.constantFrom("$", "1", "0", "{", "}", "x"), maxLength: 6 });
  fc.assert(
    fc.property(expression, piece, piece, template, (text, first, second, local) => {
      fc.pre(!(text.startsWith("^") && text.endsWith("$")));
      const engine = compileRegexp(regexpSource(text));
      for (const input of [first, first + second, text.replace("*", first)]) {
        const expected = engine.test(input) ? engine.replaceAll(input, local) : undefined;
        assert.equal(compileExpression(text).replace(input, local), expected);
        assert.equal(compileExpression(text).test(input), expected !== undefined);
      }
    }),
    { numRuns: 500 },
  );
});
