// The provider is killed at each call of a repair: somebody has removed the leaf from the root, and it joins anew.
import { test } from "node:test";

import { killAtEveryCall } from "../support/kill-matrix";
import { outside } from "../support/outside";

const wanted = `
  role_map = [{ remote = "access", local = ["access"] }]
  labels   = { env = "demo" }
`;

test("a repair of the root's side whose provider is killed at any call is continued by the next apply", async (t) => {
  await killAtEveryCall(t, {
    before: wanted,
    harm: (lab) => outside(lab.root, ({ presence }) => presence.deleteRemoteCluster({ name: lab.leaf().name })),
    work: wanted,
  });
});
