import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { InvitationToken } from "../../../constructs";
import { type Block, newSite, only, synthesise } from "../../support/synthesis";

describe("an invitation token", () => {
  it("rotates on the root and is handed over by a command's environment, triggered by the generation", () => {
    const { stack, root } = newSite();
    const token = new InvitationToken(stack, "partner", { root, rotateAfter: "24h", overlap: "2h", ttl: "48h" });
    token.handOver("vault kv put secret/teleport token=-");

    const synthesised = synthesise(stack);
    const generation = `\${teleport_rotating_token.${token.resource.friendlyUniqueId}.generation}`;
    const value = only(synthesised.ephemeral?.teleport_rotating_token);
    assert.deepEqual(value, { cluster: "root", generation, name: "partner", overlap: "2h", provider: "teleport" });
    const handOver = only(synthesised.resource?.terraform_data);
    assert.deepEqual(handOver.triggers_replace, { generation });
    const [{ "local-exec": exec }] = handOver.provisioner as [{ "local-exec": Block }];
    assert.equal(exec.command, "vault kv put secret/teleport token=-");
    assert.match(
      JSON.stringify(exec.environment),
      /^\{"TELEPORT_INVITATION_TOKEN":"\$\{ephemeral\.teleport_rotating_token\./,
    );
  });

  it("refuses a duration that is none", () => {
    const { stack, root } = newSite();
    assert.throws(() => new InvitationToken(stack, "partner", { root, ttl: "2 days" }), { code: "TRUST_DURATION" });
  });
});
