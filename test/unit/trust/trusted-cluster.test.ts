import assert from "node:assert/strict";
import { test } from "node:test";

import { effectiveTunnelAddr, type TrustedClusterSpec, validateTrustedCluster } from "../../../trust";

const right: TrustedClusterSpec = {
  roleMap: [{ remote: "access", local: ["access"] }],
  roles: [],
  webProxyAddr: "root.example.com:443",
  tunnelAddr: "",
};

const table: readonly (readonly [string, Partial<TrustedClusterSpec>, readonly (readonly [string, string])[]])[] = [
  ["accepts a right one", {}, []],
  ["accepts the legacy form", { roleMap: [], roles: ["admin"] }, []],
  ["does not judge what is not known", { roleMap: undefined, roles: undefined, webProxyAddr: undefined }, []],
  ["does not ask for a role map while `roles` is not known", { roleMap: [], roles: undefined }, []],
  ["refuses both forms", { roles: ["admin"] }, [["both `roles` and `role_map` are set", "roles"]]],
  ["refuses neither", { roleMap: [] }, [["the role map is empty", "role_map"]]],
  [
    "gives paths inside the spec",
    { roleMap: [{ remote: "", local: ["x"] }], tunnelAddr: "nowhere" },
    [
      ["row 1 of the role map has an empty `remote`", "role_map.0.remote"],
      ['"nowhere" is not an address of the form host:port', "tunnel_addr"],
    ],
  ],
  ["needs a web proxy", { webProxyAddr: "" }, [['"" is not an address of the form host:port', "web_proxy_addr"]]],
];

for (const [name, change, expected] of table) {
  test(`a trusted cluster's spec: ${name}`, () => {
    const problems = validateTrustedCluster({ ...right, ...change });
    assert.deepEqual(
      problems.map(({ what, where }) => [what, where.join(".")]),
      expected,
    );
  });
}

test("an empty tunnel address means the web proxy's", () => {
  assert.equal(effectiveTunnelAddr("root:443", ""), "root:443");
  assert.equal(effectiveTunnelAddr("root:443", "root:3024"), "root:3024");
});
