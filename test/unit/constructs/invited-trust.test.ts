import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Identity, Invitation, InvitedTrust, LeafCluster, l1, RoleMap } from "../../../constructs";
import { newSite, newStack, only, synthesise } from "../../support/synthesis";

const webProxyAddr = "root.example.com:443";

/** A leaf in a stack that does not reach its root, and what every trust of it says. */
function newLeaf() {
  const stack = newStack();
  const leaf = new LeafCluster(stack, "leaf", {
    addr: "leaf.example.com:443",
    identity: Identity.fromFile("leaf.pem"),
  });
  const invitation = Invitation.fromVariable(stack);
  return { stack, leaf, props: { webProxyAddr, invitation, roleMap: RoleMap.from("support").to("visitor") } };
}

describe("a trust by invitation", () => {
  it("is a trusted cluster on the leaf, with the token as a write-only reference", () => {
    const { stack, leaf, props } = newLeaf();
    leaf.trustByInvitation("root.example.com", props);

    const { resource, provider } = synthesise(stack);
    assert.deepEqual(only(resource?.teleport_trusted_cluster), {
      cluster: "leaf",
      metadata: { name: "root.example.com" },
      provider: "teleport",
      spec: {
        enabled: true,
        role_map: [{ local: ["visitor"], remote: "support" }],
        token_wo: "${var.invitation}",
        web_proxy_addr: webProxyAddr,
      },
      version: "v2",
    });
    assert.deepEqual(Object.keys(provider.teleport[0].clusters), ["leaf"], "no connection to the root is needed");
  });

  it("passes on what is given beyond that: a tunnel of its own, a role that the leaf makes, a trust that is off", () => {
    const { stack, leaf, props } = newLeaf();
    const visitor = leaf.addRole("visitor", { logins: ["visitor"] });
    const roleMap = RoleMap.from("^support-(.*)$").to(visitor, "$1-visitor", "${1}");
    leaf.trustByInvitation("root.example.com", {
      ...props,
      roleMap,
      tunnelAddr: "root.example.com:3024",
      enabled: false,
    });

    const { spec } = only(synthesise(stack).resource?.teleport_trusted_cluster);
    const { tunnel_addr, enabled, role_map } = spec as Record<string, unknown>;
    const made = `\${teleport_role.${visitor.resource.friendlyUniqueId}.id}`;
    assert.deepEqual(
      { tunnel_addr, enabled, role_map },
      {
        tunnel_addr: "root.example.com:3024",
        enabled: false,
        role_map: [{ remote: "^support-(.*)$", local: [made, "$1-visitor", "$${1}"] }],
      },
    );
  });

  it("refuses addresses that are none", () => {
    for (const wrong of [{ webProxyAddr: "https://root.example.com" }, { tunnelAddr: "root.example.com" }]) {
      const { leaf, props } = newLeaf();
      assert.throws(() => leaf.trustByInvitation("root.example.com", { ...props, ...wrong }), {
        code: "TRUST_ADDRESS",
      });
    }
  });

  it("verifies access for its own root by the leaf alone", () => {
    const { stack, leaf, props } = newLeaf();
    const trust = leaf.trustByInvitation("root.example.com", props);
    trust.verifyAccess({ node: "node-1", login: "visitor" });

    assert.deepEqual(only(synthesise(stack).data?.teleport_role_mapping), {
      cluster: "leaf",
      depends_on: [`teleport_trusted_cluster.${trust.resource.friendlyUniqueId}`],
      provider: "teleport",
      roles: ["support"],
      root: "root.example.com",
    });
  });

  it("stands beside another root's, which may have an invitation of its own", () => {
    const { stack, leaf, props } = newLeaf();
    leaf.trustByInvitation("root.example.com", props);
    leaf.trustByInvitation("other.example.com", { ...props, invitation: Invitation.fromVariable(stack, "other") });

    assert.equal(Object.keys(synthesise(stack).resource?.teleport_trusted_cluster ?? {}).length, 2);
  });

  it("is refused twice for one root, also beside a hand-written trusted cluster", () => {
    const { stack, leaf, props } = newLeaf();
    const trust = leaf.trustByInvitation("root.example.com", props);
    new l1.TrustedCluster(stack, "raw", {
      ...leaf.connect(trust),
      version: "v2",
      metadata: { name: "root.example.com" },
      spec: {},
    });
    new InvitedTrust(stack, "again", { ...props, leaf, rootName: "root.example.com" });

    const refused = (path: string) =>
      new RegExp(
        `${path} manages the same trust of leaf in root.example.com as stack/leaf/Trust-root.example.com. Remove one`,
      );
    assert.throws(() => synthesise(stack), refused("stack/raw"));
    assert.throws(() => synthesise(stack), refused("stack/again/Resource"));
  });

  it("stands beside the same root's on another leaf", () => {
    const { stack, leaf, props } = newLeaf();
    const identity = Identity.fromFile("second.pem");
    const second = new LeafCluster(stack, "second", { addr: "second.example.com:443", identity });
    for (const cluster of [leaf, second]) cluster.trustByInvitation("root.example.com", props);

    assert.equal(Object.keys(synthesise(stack).resource?.teleport_trusted_cluster ?? {}).length, 2);
  });

  it("is refused beside a whole trust of the same pair", () => {
    const { stack, root, leaf } = newSite();
    const roleMap = RoleMap.from("access").to("access");
    leaf.trust(root, { roleMap });
    const invitation = Invitation.fromVariable(stack);
    leaf.trustByInvitation("root.example.com", { webProxyAddr, invitation, roleMap });

    assert.throws(
      () => synthesise(stack),
      /stack\/leaf\/Trust-root.example.com\/Resource manages a part of the trust between root and leaf/,
    );
  });
});
