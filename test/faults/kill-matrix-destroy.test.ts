// The provider is killed at each call of a destroy.
import { test } from "node:test";

import { killAtEveryCall } from "../support/kill-matrix";

const before = `
  role_map = [{ remote = "access", local = ["access"] }]
  labels   = { env = "demo" }
`;

test("a destroy whose provider is killed at any call is continued by the next one", async (t) => {
  await killAtEveryCall(t, { before });
});
