// The provider is killed at each call of a create: the lab carries the call out and never answers.
import { test } from "node:test";

import { killAtEveryCall } from "../support/kill-matrix";

const wanted = `
  role_map = [{ remote = "access", local = ["access"] }]
  labels   = { env = "demo" }
`;

test("a create whose provider is killed at any call is continued by the next apply", async (t) => {
  await killAtEveryCall(t, { work: wanted });
});
