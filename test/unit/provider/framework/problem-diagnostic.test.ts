import assert from "node:assert/strict";
import { test } from "node:test";

import { type Attributes, types } from "../../../../provider/framework";
import { diagnosticOf } from "../../../../provider/framework/problem-diagnostic";

const text = { type: types.string, mode: "optional", description: "Text." } as const;
const attributes: Attributes = {
  name: text,
  key: { ...text, sensitive: true },
  spec: {
    mode: "optional",
    description: "Spec.",
    nested: { nesting: "single", attributes: { addr: text, token: { ...text, sensitive: true } } },
  },
  joins: {
    mode: "optional",
    description: "Joins.",
    nested: { nesting: "list", attributes: { addr: text, token_wo: { ...text, writeOnly: true } } },
  },
};

const paths: readonly (readonly [where: readonly (string | number)[], path: readonly object[], detail: string])[] = [
  [["name"], [{ attribute: "name" }], "Do. [X]"],
  [["spec", "addr"], [{ attribute: "spec" }, { attribute: "addr" }], "At spec.addr. Do. [X]"],
  [["joins", 1, "addr"], [{ attribute: "joins" }, { index: 1 }, { attribute: "addr" }], "At joins[1].addr. Do. [X]"],
  // Terraform would show the line, and a secret may be written there.
  [["key"], [], "At key. Do. [X]"],
  [["spec", "token"], [], "At spec.token. Do. [X]"],
  [["joins", 1, "token_wo"], [], "At joins[1].token_wo. Do. [X]"],
];

for (const [where, path, detail] of paths) {
  test(`a problem at ${where.join(".")} leads Terraform ${path.length === 0 ? "to no line" : "to its line"}, and names what lies deep`, () => {
    const shown = diagnosticOf({ code: "X", what: "it is wrong", where, next: "Do." }, attributes);
    assert.deepEqual(shown, { severity: "error", summary: "it is wrong", detail, path });
  });
}
