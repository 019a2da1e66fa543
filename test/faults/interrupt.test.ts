// Ctrl-C while a trust is worked on: terraform asks the provider to stop (StopProvider), and what there is must be kept.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Acceptance } from "../support/acceptance";
import { cutShort, interrupt, type Moment } from "../support/cut-short";
import { leftovers } from "../support/outside";
import { applySettled, assertSays, deedsOf } from "../support/plans";
import { assertFailed } from "../support/refusals";
import type { Run } from "../support/terraform";

const address = "teleport_trust.leaf";

/** A waiting provider would take its five minutes: a test that ends in time has shown that it did not. */
const soon = { timeout: 60_000 };

function trust(more = ""): string {
  return `resource "teleport_trust" "leaf" {
    root     = "root"
    leaf     = "leaf"
    role_map = [{ remote = "access", local = ["access"] }]
    labels   = { env = "demo" }
    ${more}
  }\n`;
}

/** Applies, and presses Ctrl-C in the midst of that call. */
async function interrupted(acceptance: Acceptance, moment: Moment): Promise<Run> {
  const run = await cutShort(acceptance, moment, interrupt);
  assertSays(
    run,
    "Interrupt received. Please wait for Terraform to exit or data loss may occur. Gracefully shutting down...",
  );
  assertFailed(run);
  return run;
}

/** A call of a bot that waits for its leaf: plan and steps ask this seven times at most, all that come after are the wait's. */
const waiting = { n: 8, method: "/teleport.presence.v1.PresenceService/GetRemoteCluster" };

async function isTainted(acceptance: Acceptance): Promise<boolean> {
  const { values } = await acceptance.terraform.state();
  const [resource] = values?.root_module.resources ?? [];
  assert.equal(resource?.address, address);
  return (resource as { readonly tainted?: boolean }).tainted === true;
}

test(
  "a create that is interrupted while it waits ends at once, keeps its state, and is continued after untaint",
  soon,
  async () => {
    await using acceptance = await Acceptance.start();
    const tunnel = acceptance.lab.leaf().link("tunnel");
    tunnel.cut();
    acceptance.configure(trust());
    const run = await interrupted(acceptance, waiting);
    assertSays(run, "`terraform untaint 'ADDRESS'`, ADDRESS as shown above, and apply again");
    assert.equal(await isTainted(acceptance), true);
    assert.deepEqual(acceptance.lab.root.dump().tokens, []);
    tunnel.restore();
    assert.equal((await acceptance.run(["untaint", address])).code, 0);
    await applySettled(acceptance);
    assert.equal(acceptance.lab.issuedTokens.length, 1, "the leaf did not join again");
  },
);

test("an interrupted create that nobody untaints is made anew by the next apply", soon, async () => {
  await using acceptance = await Acceptance.start();
  const tunnel = acceptance.lab.leaf().link("tunnel");
  tunnel.cut();
  acceptance.configure(trust());
  await interrupted(acceptance, waiting);
  tunnel.restore();
  const { plan } = await acceptance.planned();
  assert.deepEqual(deedsOf(plan), { [address]: "delete then create" });
  await applySettled(acceptance);
  assert.deepEqual(acceptance.lab.root.dump().tokens, []);
});

test(
  "an update that is interrupted while it waits ends at once, and the next apply finds its work done",
  soon,
  async () => {
    await using acceptance = await Acceptance.start();
    await acceptance.configure(trust("enabled = false")).applied();
    const tunnel = acceptance.lab.leaf().link("tunnel");
    tunnel.cut();
    acceptance.configure(trust());
    await interrupted(acceptance, waiting);
    assert.equal(await isTainted(acceptance), false);
    tunnel.restore();
    await applySettled(acceptance);
    await acceptance.lab.root.online("leaf.lab");
  },
);

const handshake = {
  "its token is being made": "/proto.AuthService/CreateTokenV2",
  "the leaf joins": "/teleport.trust.v1.TrustService/UpsertTrustedCluster",
  "its token is being removed": "/proto.AuthService/DeleteToken",
};

for (const [moment, method] of Object.entries(handshake)) {
  test(`a create that is interrupted while ${moment} leaves no token, and the next apply goes on`, soon, async () => {
    await using acceptance = await Acceptance.start();
    acceptance.configure(trust());
    await interrupted(acceptance, { method });
    assert.deepEqual(acceptance.lab.root.dump().tokens, []);
    await applySettled(acceptance);
    await acceptance.destroyed();
    assert.deepEqual(leftovers(acceptance.lab), []);
  });
}
