// The provider is killed at each call of a repair: somebody has removed the trust on the leaf, which joins anew.
import { test } from "node:test";

import { killAtEveryCall } from "../support/kill-matrix";
import { outside } from "../support/outside";

const wanted = `
  role_map = [{ remote = "access", local = ["access"] }]
  labels   = { env = "demo" }
`;

test("a repair of the leaf's side whose provider is killed at any call is continued by the next apply", async (t) => {
  await killAtEveryCall(t, {
    before: wanted,
    harm: (lab) => outside(lab.leaf(), ({ auth }) => auth.deleteTrustedCluster({ name: lab.root.name })),
    work: wanted,
  });
});
