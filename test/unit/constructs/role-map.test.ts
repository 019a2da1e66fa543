import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { RoleMap } from "../../../constructs";

describe("a role map", () => {
  it("keeps rows in order and is not changed by what is added later", () => {
    const first = RoleMap.from("access").to("visitor");
    const second = first.from("cluster-*").to("clusteradmin", "auditor");

    assert.deepEqual(first.rows, [{ remote: "access", local: ["visitor"] }]);
    assert.deepEqual(second.toRows(), [
      { remote: "access", local: ["visitor"] },
      { remote: "cluster-*", local: ["clusteradmin", "auditor"] },
    ]);
  });

  it("hands captured groups to Terraform so that it does not evaluate them", () => {
    const rows = RoleMap.from("^remote-(.*)$").to("local-${1}").toRows();
    assert.deepEqual(rows, [{ remote: "^remote-(.*)$", local: ["local-$${1}"] }]);
  });

  it("says which leaf roles a user of the root gets", () => {
    const map = RoleMap.from("^remote-(.*)$").to("local-$1").from("*").to("everybody");
    assert.deepEqual(map.resolve(["remote-one", "other"]), ["local-one", "everybody"]);
  });

  it("refuses a row that the leaf would refuse, when it is written", () => {
    assert.throws(() => RoleMap.from("^env-(?!prod)$").to("x"), { code: "TRUST_ROLE_MAP_PATTERN" });
    assert.throws(() => RoleMap.from("access").to("*"), { code: "TRUST_ROLE_MAP" });
    assert.throws(() => RoleMap.from("a").to("x").from("a").to("y"), { code: "TRUST_ROLE_MAP" });
  });
});
