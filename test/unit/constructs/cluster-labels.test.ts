import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ClusterLabels, RoleMap } from "../../../constructs";
import { newSite, only, synthesise } from "../../support/synthesis";

describe("labels of a leaf that somebody else joined", () => {
  it("stay with the leaf when they are destroyed, unless told otherwise", () => {
    const { stack, root } = newSite();
    const leaf = new ClusterLabels(stack, "partner", {
      root,
      leafName: "partner.example.com",
      labels: { env: "demo" },
    });

    assert.deepEqual(leaf.labels, { env: "demo" });
    assert.deepEqual(only(synthesise(stack).resource?.teleport_remote_cluster), {
      cluster: "root",
      keep_on_destroy: true,
      labels: { env: "demo" },
      name: "partner.example.com",
      provider: "teleport",
    });
  });

  it("are refused beside a trust for the same pair", () => {
    const { stack, root, leaf } = newSite();
    leaf.trust(root, { roleMap: RoleMap.from("access").to("access") });
    new ClusterLabels(stack, "labels", { root, leafName: "leaf.example.com", labels: { env: "demo" } });

    assert.throws(() => synthesise(stack), /stack\/labels\/Resource manages a part of the trust between root and leaf/);
  });
});
