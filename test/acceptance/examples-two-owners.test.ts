// examples/two-owners: root and leaf are run by different people, each with a program, a state and an identity of their own; a token is all
// that goes from one to the other.
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Lab } from "../../lab";
import { Acceptance } from "../support/acceptance";
import { Evidence } from "../support/evidence";
import { assertNoWarning, synthesiseFor, writeStack } from "../support/example-programs";
import { startExample } from "../support/examples";
import { OpenSsh } from "../support/open-ssh";
import { leftovers } from "../support/outside";
import { assertEmptyPlan, assertRefused, assertSettled } from "../support/plans";

const hour = 3_600_000;
const [rootName, leafName] = ["rootcluster.example.com", "leafcluster.example.com"];

/** A stack of one of the owners, and what its runs show and leave behind. */
interface Desk {
  readonly acceptance: Acceptance;
  readonly evidence: Evidence;
}

/** The work directories of the two owners, with nothing in them but what each one has. */
async function open() {
  const site = await startExample();
  const root = synthesiseFor(site, "two-owners/root");
  const leaf = synthesiseFor(site, "two-owners/leaf");
  const desk = (text: string | undefined): Desk => {
    const acceptance = writeStack(Acceptance.over(site.lab), text ?? "");
    return { acceptance, evidence: new Evidence(acceptance) };
  };
  const [invitation, access, join] = [root.invitation, root.access, leaf.join].map(desk) as [Desk, Desk, Desk];
  const close = async () => {
    for (const { acceptance } of [invitation, access, join]) await acceptance.dispose();
    await site.dispose();
  };
  return { lab: site.lab, invitation, access, join, [Symbol.asyncDispose]: close };
}

async function applied({ acceptance, evidence }: Desk): Promise<void> {
  assertNoWarning(await evidence.planAndApply());
  await assertSettled(acceptance);
}

async function destroyed({ evidence }: Desk): Promise<void> {
  const run = await evidence.run("destroy", "-auto-approve", "-input=false", "-no-color");
  assert.equal(run.code, 0, run.output);
}

/** What the leaf's owner takes out of the secret store. */
function handedOver({ acceptance }: Desk): string {
  return acceptance.terraform.read("leafcluster.token").trim();
}

/** Where secrets are found, but for where they belong. */
function leaks({ evidence }: Desk, ...belonging: readonly RegExp[]): string[] {
  const found = evidence.leaks();
  for (const place of belonging) {
    assert.ok(
      found.some((leak) => place.test(leak)),
      `the search does not see ${place}`,
    );
  }
  return found.filter((leak) => !belonging.some((place) => place.test(leak)));
}

function trustedCluster(lab: Lab) {
  return lab.leaf().storage.get("trusted_cluster", rootName);
}

/** The root's users, but for the revisions that grants left behind. */
function usersOf({ root }: Lab): unknown {
  return root.storage.list("user").map(({ metadata, spec }) => [metadata?.name, spec?.roles, spec?.traits]);
}

test("two owners, neither with the other's identity, establish a trust, rotate its invitation, and end it", async () => {
  await using world = await open();
  const { lab, invitation, access, join } = world;
  const users = usersOf(lab);

  await applied(invitation);
  assertRefused(
    await join.acceptance.apply(),
    "neither `token_wo` nor `token` is set, and a leaf joins by an invitation token of its root only",
  );
  assert.equal(trustedCluster(lab), undefined);

  const first = handedOver(invitation);
  join.acceptance.give({ TF_VAR_invitation: first });
  await applied(join);
  assert.equal(trustedCluster(lab)?.spec?.token, first, "the leaf joined with the value that was handed over");
  await lab.root.online(leafName);
  await applied(access);
  const remote = lab.root.storage.get("remote_cluster", leafName);
  assert.deepEqual({ ...remote?.metadata?.labels }, { customer: "acme" });

  {
    await using ssh = await OpenSsh.of(lab);
    await ssh.login("myuser");
    const run = await ssh.run(`visitor@ip-172-3-2-205.${leafName}`, "whoami");
    assert.deepEqual([run.code, run.stdout], [0, "visitor\n"], run.stderr);
  }

  // Later runs need no invitation, and another one changes nothing.
  const { revision } = trustedCluster(lab)?.metadata ?? {};
  await assertEmptyPlan(join.acceptance.give({}));
  await invitation.acceptance.moveClock(25 * hour);
  const rotated = await invitation.evidence.planAndApply();
  assert.equal(rotated.code, 0, rotated.output);
  const second = handedOver(invitation);
  assert.notEqual(second, first);
  await assertEmptyPlan(join.acceptance.give({ TF_VAR_invitation: second }));
  await assertEmptyPlan(access.acceptance);
  assert.equal(trustedCluster(lab)?.metadata?.revision, revision);
  await lab.root.online(leafName);

  await destroyed(join);
  assert.equal(trustedCluster(lab), undefined);
  await lab.root.offline(leafName);
  assert.ok(lab.root.storage.get("remote_cluster", leafName), "the root keeps it until its owner ends the trust, too");
  await destroyed(access);
  await destroyed(invitation);
  assert.deepEqual(leftovers(lab), []);
  assert.deepEqual(usersOf(lab), users);

  const [rootIdentity, leafIdentity] = [
    /^bot's key for rootcluster.*: root\.pem$/,
    /^bot's key for leafcluster.*: leaf\.pem$/,
  ];
  assert.deepEqual(leaks(invitation, rootIdentity, /^token \d.*: leafcluster\.token$/), []);
  assert.deepEqual(leaks(access, rootIdentity), []);
  assert.deepEqual(leaks(join, leafIdentity, /^token \d.*: the environment of /), []);
});
