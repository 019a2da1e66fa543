import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { RoleMap } from "../../../constructs";
import { newSite, only, synthesise } from "../../support/synthesis";

describe("an access check", () => {
  it("reads the leaf's role map and nodes after the trust, and asserts login and node", () => {
    const { stack, root, leaf } = newSite();
    const trust = leaf.trust(root, { roleMap: RoleMap.from("access").to("visitor").from("dev-*").to("visitor") });
    trust.verifyAccess({ node: "node-1", login: "visitor" });

    const { check, data = {} } = synthesise(stack);
    const after = `teleport_trust.${trust.resource.friendlyUniqueId}`;
    const [mapping, nodes] = ["teleport_role_mapping", "teleport_nodes"].map(
      (type) => `data.${type}.${Object.keys(data[type] ?? {})[0]}`,
    );
    const place = { cluster: "leaf", depends_on: [after], provider: "teleport" };
    // The leaf may trust other roots, too: its role mapping is asked for this one, whose name stands in the trust's id.
    const rootName = `\${element(split("/", ${after}.id), 0)}`;
    assert.deepEqual(only(data.teleport_role_mapping), { ...place, root: rootName, roles: ["access"] });
    assert.deepEqual(only(data.teleport_nodes), place);
    assert.deepEqual(
      only(check).assert.map(({ condition }) => condition),
      [
        `\${${mapping}.enabled && contains(${mapping}.logins, "visitor")}`,
        `\${contains(${nodes}.nodes[*].hostname, "node-1")}`,
      ],
    );
  });

  it("may be made twice for one trust", () => {
    const { stack, root, leaf } = newSite();
    const trust = leaf.trust(root, { roleMap: RoleMap.from("access").to("visitor") });
    for (const login of ["visitor", "root"]) trust.verifyAccess({ node: "node-1", login });

    assert.equal(Object.keys(synthesise(stack).check ?? {}).length, 2);
  });

  it("wants to know whose access it is when the role map has patterns only", () => {
    const { root, leaf } = newSite();
    const trust = leaf.trust(root, { roleMap: RoleMap.from("*").to("visitor") });
    assert.throws(() => trust.verifyAccess({ node: "node-1", login: "visitor" }), /does not say whose access/);
  });
});
