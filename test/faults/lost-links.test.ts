// A network that fails before, in the midst of and after the join: what is said, what is left, and that it goes on afterwards.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { LabCluster } from "../../lab";
import { Acceptance, guideTrust } from "../support/acceptance";
import { leftovers } from "../support/outside";
import { assertErrors, onOneLine, type ShownError } from "../support/refusals";

/** Both ways to a cluster's Auth: by its proxy, and directly. */
function links(cluster: LabCluster) {
  const both = [cluster.link("proxy"), cluster.link("auth")];
  return {
    fail(how: "cut" | "blackhole") {
      for (const link of both) link[how]();
    },
    restore() {
      for (const link of both) link.restore();
    },
  };
}

/** The guide's trust with little patience. */
function configure(acceptance: Acceptance, createTimeout = "6s"): void {
  const patience = `  retry_max_tries = "2"\n  retry_base_duration = "10ms"\n  dial_timeout_duration = "2s"\n`;
  const timeouts = `  timeouts = { create = "${createTimeout}" }\n`;
  const provider = acceptance.provider().replace("{\n", `{\n${patience}`);
  acceptance.terraform.configure(`${provider}\n${guideTrust.replace("{\n", `{\n${timeouts}`)}`);
}

/** Does something as soon as the root has made the token, before the leaf is asked for anything more. */
function onceTokenIsMade(root: LabCluster, work: () => void): void {
  const stop = root.storage.onChange(({ kind }) => {
    if (kind !== "token") return;
    stop();
    work();
  });
}

function to(acceptance: Acceptance): string {
  return `cluster "leaf" at ${acceptance.lab.leaf().addresses.proxy} with the identity file "${acceptance.identity(acceptance.lab.leaf())}"`;
}

const ofTrust = { with: "teleport_trust.leaf" };

const ways: Readonly<
  Record<"cut" | "blackhole", { before: (a: Acceptance) => ShownError; amid: (a: Acceptance) => ShownError }>
> = {
  cut: {
    before: (acceptance) => ({
      ...ofTrust,
      summary: `cannot connect to ${to(acceptance)}: it closed the connection before the TLS handshake was done`,
      detail: "Check that `addr` is the web proxy (443 or 3080) or Auth (3025) of the cluster. [CONNECTION_FAILED]",
    }),
    amid: (acceptance) => ways.cut.before(acceptance),
  },
  blackhole: {
    before: (acceptance) => ({
      ...ofTrust,
      summary: `cannot connect to ${to(acceptance)}: no answer within 2 s`,
      detail:
        "Check `addr`, firewalls on the way, or raise `dial_timeout_duration` (`dial_timeout` in `clusters`). [CONNECTION_FAILED]",
    }),
    amid: ({ lab }) => ({
      ...ofTrust,
      summary: `cannot read trusted cluster "root.lab" in cluster "leaf" (${lab.leaf().addresses.proxy}): no answer before the time was up`,
      detail: "The cluster did not answer in time; check its load and the network, then apply again. [API_TIMEOUT]",
    }),
  },
};

for (const how of ["cut", "blackhole"] as const) {
  describe(`a leaf's link that does ${how}`, () => {
    test("before the join: a plan with a warning, an error in apply, nothing written; then the apply goes through", async () => {
      await using acceptance = await Acceptance.start();
      const link = links(acceptance.lab.leaf());
      configure(acceptance);
      link.fail(how);
      const run = await acceptance.apply();
      assertErrors(run, ways[how].before(acceptance));
      const warning = `Warning: not checked against cluster "leaf" (${acceptance.lab.leaf().addresses.proxy}): `;
      assert.ok(onOneLine(run).includes(warning), run.output);
      assert.deepEqual(leftovers(acceptance.lab), []);
      link.restore();
      await acceptance.applied();
    });

    test("between the token and the join: the token is taken back, and the next apply goes through", async () => {
      await using acceptance = await Acceptance.start();
      const { lab } = acceptance;
      const link = links(lab.leaf());
      configure(acceptance);
      onceTokenIsMade(lab.root, () => link.fail(how));
      assertErrors(await acceptance.apply(), ways[how].amid(acceptance));
      assert.equal(lab.issuedTokens.length, 1);
      assert.deepEqual(leftovers(lab), [], "the token is gone, though its time is not up");
      link.restore();
      await acceptance.applied();
      assert.deepEqual(leftovers(lab), ["root.lab: remote cluster leaf.lab", "leaf.lab: trusted cluster root.lab"]);
    });
  });
}

test("a root that is lost for a destroy is told, the state is kept, and the destroy goes on when it is back", async () => {
  await using acceptance = await Acceptance.start();
  const { lab } = acceptance;
  configure(acceptance, "5m");
  await acceptance.applied();
  const link = links(lab.root);
  link.fail("cut");
  assertErrors(await acceptance.destroy(), {
    ...ofTrust,
    summary: `cannot connect to cluster "root" at ${lab.root.addresses.proxy} with the identity file "${acceptance.identity(lab.root)}": it closed the connection before the TLS handshake was done`,
    detail: "Check that `addr` is the web proxy (443 or 3080) or Auth (3025) of the cluster. [CONNECTION_FAILED]",
  });
  assert.deepEqual(leftovers(lab), ["root.lab: remote cluster leaf.lab", "leaf.lab: trusted cluster root.lab"]);
  link.restore();
  await acceptance.destroyed();
  assert.deepEqual(leftovers(lab), []);
});

test("a network that stops for a moment in the midst of an apply is not noticed", async () => {
  await using acceptance = await Acceptance.start();
  const { lab } = acceptance;
  const link = links(lab.leaf());
  acceptance.configure(guideTrust);
  const tokenMade = new Promise<void>((made) =>
    onceTokenIsMade(lab.root, () => {
      link.fail("cut");
      made();
    }),
  );
  const applied = acceptance.applied();
  await tokenMade;
  link.restore();
  await applied;
});
