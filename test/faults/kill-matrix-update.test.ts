// The provider is killed at each call of an update: role map, labels and `enabled` at once, which is as long as an update gets.
import { test } from "node:test";

import { killAtEveryCall } from "../support/kill-matrix";

const before = `
  role_map = [{ remote = "access", local = ["access"] }]
  labels   = { env = "demo" }
  enabled  = false
`;

const after = `
  role_map = [{ remote = "*", local = ["access"] }, { remote = "editor", local = ["editor", "auditor"] }]
  labels   = { env = "prod", team = "a" }
  enabled  = true
`;

test("an update whose provider is killed at any call is continued by the next apply", async (t) => {
  await killAtEveryCall(t, { before, work: after });
});
