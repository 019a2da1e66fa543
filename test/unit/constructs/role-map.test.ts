import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { RoleMap } from "../../../constructs";
import { mappedRows, mappedVectors, refusedRows, refusedVectors } from "../../support/role-map-table";

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

  for (const { name, map, roles, result } of [...mappedRows, ...mappedVectors()]) {
    if (map.length === 0) continue;
    it(`resolves as the server does, ${name}`, () => assert.deepEqual(RoleMap.of(map).resolve(roles), result));
  }

  for (const { name, map } of [...refusedRows, ...refusedVectors()]) {
    it(`refuses at synth what the server refuses, ${name}`, () => {
      assert.throws(() => RoleMap.of(map), { code: /^TRUST_ROLE_MAP(_PATTERN)?$/ });
    });
  }

  it("refuses a row that the leaf would refuse, when it is written", () => {
    assert.throws(() => RoleMap.from("^env-(?!prod)$").to("x"), { code: "TRUST_ROLE_MAP_PATTERN" });
    assert.throws(() => RoleMap.from("access").to("*"), { code: "TRUST_ROLE_MAP" });
    assert.throws(() => RoleMap.from("a").to("x").from("a").to("y"), { code: "TRUST_ROLE_MAP" });
  });
});
