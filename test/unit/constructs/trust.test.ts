import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, it } from "node:test";

import { Identity, l1, RoleMap, RootCluster, Trust } from "../../../constructs";
import { newSite, only, synthesise } from "../../support/synthesis";

describe("a trust between a root and a leaf", () => {
  it("is one resource that names both connections, with the role that the leaf makes by reference", () => {
    const { stack, root, leaf } = newSite();
    const visitor = leaf.addRole("visitor", { logins: ["visitor"], nodeLabels: { "*": "*" } });
    leaf.trust(root, { roleMap: RoleMap.from("access").to(visitor), labels: { env: "demo" } });

    const trust = only(synthesise(stack).resource?.teleport_trust);
    assert.equal(trust.root, "root");
    assert.equal(trust.leaf, "leaf");
    assert.deepEqual(trust.labels, { env: "demo" });
    const reference = `\${teleport_role.${visitor.resource.friendlyUniqueId}.id}`;
    assert.deepEqual(trust.role_map, [{ remote: "access", local: [reference] }]);
  });

  it("shares one provider block, which holds just the connections that the stack uses", () => {
    const { stack, root, leaf } = newSite();
    new RootCluster(stack, "unused", { addr: "other.example.com:443", identity: Identity.fromProfile("other") });
    leaf.trust(root, { roleMap: RoleMap.from("access").to("access") });

    const { provider } = synthesise(stack);
    assert.equal(provider.teleport.length, 1);
    assert.deepEqual(provider.teleport[0].clusters, {
      leaf: { addr: "leaf.example.com:443", identity_file_path: resolve("leaf.pem") },
      root: { addr: "root.example.com:443", identity_file_path: resolve("root.pem") },
    });
  });

  it("passes on what the properties say and nothing else", () => {
    const { stack, root, leaf } = newSite();
    leaf.trust(root, {
      roleMap: RoleMap.from("access").to("access"),
      enabled: false,
      tokenTtl: "90s",
      waitFor: "registered",
      webProxyAddr: "root.example.com:3080",
      tunnelAddr: "root.example.com:3024",
    });

    assert.deepEqual(only(synthesise(stack).resource?.teleport_trust), {
      enabled: false,
      leaf: "leaf",
      provider: "teleport",
      role_map: [{ local: ["access"], remote: "access" }],
      root: "root",
      token_ttl: "90s",
      tunnel_addr: "root.example.com:3024",
      wait_for: "registered",
      web_proxy_addr: "root.example.com:3080",
    });
  });

  it("refuses a token lifetime that is no duration", () => {
    const { root, leaf } = newSite();
    assert.throws(() => leaf.trust(root, { roleMap: RoleMap.from("a").to("b"), tokenTtl: "5 minutes" }), {
      code: "TRUST_DURATION",
    });
  });

  it("is refused beside a hand-written trusted cluster for the same pair", () => {
    const { stack, root, leaf } = newSite();
    const trust = leaf.trust(root, { roleMap: RoleMap.from("access").to("access") });
    new l1.TrustedCluster(stack, "raw", {
      ...leaf.connect(trust),
      version: "v2",
      metadata: { name: "root.example.com" },
      spec: {},
    });

    assert.throws(() => synthesise(stack), /stack\/raw manages a part of the trust between root and leaf/);
  });

  it("stands beside a hand-written trusted cluster for another root", () => {
    const { stack, root, leaf } = newSite();
    const trust = leaf.trust(root, { roleMap: RoleMap.from("access").to("access") });
    new l1.TrustedCluster(stack, "raw", {
      ...leaf.connect(trust),
      version: "v2",
      metadata: { name: "another-root.example.com" },
      spec: {},
    });

    synthesise(stack);
  });

  it("is refused twice for the same pair", () => {
    const { stack, root, leaf } = newSite();
    for (const id of ["one", "two"]) new Trust(stack, id, { root, leaf, roleMap: RoleMap.from("access").to("access") });

    assert.throws(() => synthesise(stack), /stack\/two\/Resource manages a part of the trust/);
  });
});
