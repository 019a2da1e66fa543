// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is Go's template syntax
import assert from "node:assert/strict";
import { test } from "node:test";

import { roleMapAdvice } from "../../../trust";

const table: readonly (readonly [string, string, string, string | undefined])[] = [
  ["a pattern without its end", "^dev-.*", "x", "A regular expression begins with `^` and ends with `$`."],
  ["an alternation that matches parts", "^dev|ops$", "x", 'Write "^(dev|ops)$" to match whole names.'],
  ["a group that does not exist", "dev-*", "$1_admin", 'Write "${1}_admin" to mean group 1.'],
  ["nothing about an alternation in a group", "^(dev|ops)$", "x", undefined],
  ["nothing about a bar that is no alternation", "^[|]\\|\\Qa|b\\E$", "x", undefined],
  ["nothing about a right capture", "dev-*", "${1}_admin", undefined],
  ["nothing about $1-admin", "dev-*", "$1-admin", undefined],
];

for (const [name, remote, local, next] of table) {
  test(`advice on a role map: ${name}`, () => {
    const advice = roleMapAdvice([{ remote, local: [local] }]);
    assert.deepEqual(
      advice.map((problem) => problem.next),
      next === undefined ? [] : [next],
    );
  });
}
