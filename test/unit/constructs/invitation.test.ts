import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { DefaultTokenResolver, StringConcat, TerraformStack, TerraformVariable, Tokenization } from "cdktf";
import type { Construct } from "constructs";

import { Identity, Invitation, InvitationToken, LeafCluster, RoleMap } from "../../../constructs";
import { newSite, newStack, synthesise } from "../../support/synthesis";

/** What Terraform gets to see of a reference. */
function expressionOf(scope: Construct, reference: string): unknown {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(reference, { scope, resolver, preparing: false });
}

describe("an invitation", () => {
  it("comes in as an ephemeral variable that may be left out", () => {
    const stack = newStack();
    const { token } = Invitation.fromVariable(stack, "acme_invitation");

    assert.deepEqual(synthesise(stack).variable, {
      acme_invitation: {
        default: null,
        description: "Invitation token of the root, needed only by the run in which the leaf joins.",
        ephemeral: true,
        type: "string",
      },
    });
    assert.equal(expressionOf(stack, token), "${var.acme_invitation}");
  });

  it("has one name wherever its variable is declared, so that the pipeline's environment variable fits", () => {
    const { stack, leaf } = newSite();
    assert.equal(expressionOf(stack, Invitation.fromVariable(leaf).token), "${var.invitation}");
  });

  it("refuses the name of a variable that no shell can set", () => {
    for (const name of ["acme-invitation", "1st", "", "a b", "ä"]) {
      assert.throws(() => Invitation.fromVariable(newStack(), name), {
        message: `${JSON.stringify(name)} cannot be part of an environment variable's name. Use letters, digits and _.`,
      });
    }
  });

  it("may be any reference", () => {
    const { stack, root } = newSite();
    const made = new InvitationToken(stack, "partner", { root }).token;
    const given = new TerraformVariable(stack, "given", { sensitive: true }).stringValue;
    for (const reference of [made, given]) assert.equal(Invitation.fromReference(reference).token, reference);
  });

  it("is refused in another stack, to which Terraform hands no ephemeral value", () => {
    const { stack, root } = newSite();
    const made = Invitation.fromReference(new InvitationToken(stack, "partner", { root }).token);
    const given = Invitation.fromVariable(stack);
    for (const [invitation, path] of [
      [made, "stack/partner/Value"],
      [given, "stack/invitation"],
    ] as const) {
      const other = new TerraformStack(stack.node.root, `other-${path.length}`);
      const identity = Identity.fromFile("leaf.pem");
      const leaf = new LeafCluster(other, "leaf", { addr: "leaf.example.com:443", identity });
      leaf.trustByInvitation("root.example.com", {
        invitation,
        webProxyAddr: "root.example.com:443",
        roleMap: RoleMap.from("access").to("access"),
      });
      assert.throws(
        () => synthesise(other),
        new RegExp(
          `${path} is ephemeral: it is there in the stack stack only\\. Use it there, or make another one in ${other.node.path}\\.`,
        ),
      );
    }
    synthesise(stack);
  });

  it("is never a literal", () => {
    assert.throws(() => Invitation.fromReference("abcd123-insecure-do-not-use-this"), {
      message:
        "The invitation is a literal text, which would end up in cdk.tf.json. Use Invitation.fromVariable, and give the token as an environment variable.",
    });
  });
});
