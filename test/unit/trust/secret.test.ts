import assert from "node:assert/strict";
import { test } from "node:test";
import { format, inspect } from "node:util";

import { Secret } from "../../../trust";

test("a secret gives its text only when it is asked to", () => {
  const secret = new Secret("hunter2");
  assert.equal(secret.reveal(), "hunter2");
  const shown = [
    `${secret}`,
    "".concat(String(secret)),
    JSON.stringify({ secret }),
    inspect({ secret }, { depth: 9, showHidden: true }),
    format("%s %o %j", secret, secret, secret),
    String(new Error("x", { cause: secret })),
    inspect(new Error("x", { cause: secret })),
    JSON.stringify(Object.entries(secret)),
  ];
  for (const text of shown) assert(!text.includes("hunter2"), text);
  assert.equal(shown[0], "(secret)");
});

test("secrets compare by their text", () => {
  assert(new Secret("a").equals(new Secret("a")));
  assert(!new Secret("a").equals(new Secret("b")));
});
