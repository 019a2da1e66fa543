// `teleport_user_grant` by real terraform: own slice only, whatever others do to the user.
import assert from "node:assert/strict";
import { test } from "node:test";

import { create } from "@bufbuild/protobuf";

import type { LabCluster } from "../../lab";
import { ConnectorRefSchema } from "../../lab/gen/teleport/types/user_pb";
import { Acceptance } from "../support/acceptance";
import { editUser, outside } from "../support/outside";
import { applySettled, assertEmptyPlan, assertRefused, assertSays, changesOf, deeds } from "../support/plans";

const grant = (arguments_: string) => `
resource "teleport_user_grant" "alice" {
  cluster = "root"
  user    = "alice"
${arguments_}
}
`;

function alice(root: LabCluster) {
  const user = root.storage.get("user", "alice");
  const marks = Object.keys(user?.metadata?.labels ?? {}).filter((key) => key.startsWith("teleport-trust/granted."));
  return { roles: user?.spec?.roles, logins: user?.spec?.traits?.values.logins?.values, marks: marks.length };
}

const asSeeded = { roles: ["access"], logins: ["alice"], marks: 0 };

test("a grant is made, changed, corrected and taken back; what the user had before survives", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const { root } = acceptance.lab;
  const first = grant(`  roles   = ["access", "auditor"]\n  traits  = { logins = ["visitor"] }`);
  const made = await applySettled(acceptance, first);
  assertSays(made, 'Warning: user "alice" must sign in to root.lab again before the grant counts');
  assert.deepEqual(alice(root), { roles: ["access", "auditor"], logins: ["alice", "visitor"], marks: 2 });

  await applySettled(
    acceptance,
    grant(`  roles   = ["access", "editor"]\n  traits  = { logins = ["visitor", "root"] }`),
  );
  assert.deepEqual(alice(root), { roles: ["access", "editor"], logins: ["alice", "visitor", "root"], marks: 3 });

  await editUser(root, "alice", ({ spec }) => {
    assert(spec?.traits?.values.logins);
    spec.roles = ["access", "auditor"];
    spec.traits.values.logins.values = ["alice", "somebody"];
  });
  const { plan } = await acceptance.planned();
  assert.deepEqual(changesOf(plan, "teleport_user_grant.alice"), {
    roles: [["access"], ["access", "editor"]],
    traits: [{ logins: [] }, { logins: ["visitor", "root"] }],
  });
  await acceptance.applied();
  await assertEmptyPlan(acceptance);
  assert.deepEqual(alice(root), {
    roles: ["access", "auditor", "editor"],
    logins: ["alice", "somebody", "visitor", "root"],
    marks: 3,
  });

  const refused = await acceptance.run(["import", "-no-color", "teleport_user_grant.alice", "root/alice"]);
  assert.equal(refused.code, 1);
  assert.match(refused.output, /already managed|cannot be imported/);
  assert.equal((await acceptance.run(["state", "rm", "teleport_user_grant.alice"])).code, 0);
  assertRefused(
    await acceptance.run(["import", "-no-color", "teleport_user_grant.alice", "root/alice"]),
    "Error: teleport_user_grant cannot be imported",
    "Write it in the configuration and apply: creating it takes over what is there already. [IMPORT_UNSUPPORTED]",
  );
  const again = await acceptance.applied();
  assertSays(again, 'carries the mark of an earlier grant for the role "editor"');
  await assertEmptyPlan(acceptance);

  const destroyed = await acceptance.destroyed();
  assertSays(
    destroyed,
    'holds the role "editor", "visitor" in the trait "logins", "root" in the trait "logins" on root.lab until the certificates that are out expire',
  );
  assert.deepEqual(alice(root), { roles: ["access", "auditor"], logins: ["alice", "somebody"], marks: 0 });
});

test("ten applies at the same time on one user lose nothing, nor do ten destroys", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const { root } = acceptance.lab;
  const roles = Array.from({ length: 10 }, (_, i) => `role-${i}`);
  await outside(root, async ({ auth }) => {
    for (const name of roles) await auth.upsertRoleV2({ role: { version: "v7", metadata: { name }, spec: {} } });
  });
  // Ten work directories, ten processes of terraform and ten of the provider.
  const owners = roles.map(() => Acceptance.over(acceptance.lab));
  try {
    for (const [i, owner] of owners.entries()) {
      owner.configure(grant(`  roles   = ["role-${i}"]\n  traits  = { logins = ["login-${i}"] }`));
    }
    await Promise.all(owners.map((owner) => owner.applied()));
    const { roles: held = [], logins = [], marks } = alice(root);
    assert.deepEqual(held.toSorted(), ["access", ...roles]);
    assert.deepEqual(logins.toSorted(), ["alice", ...roles.map((_, i) => `login-${i}`)]);
    assert.equal(marks, 20);
    await Promise.all(owners.map((owner) => owner.destroyed()));
    assert.deepEqual(alice(root), asSeeded);
  } finally {
    for (const owner of owners) await owner.dispose();
  }
});

test("ten grants of one configuration on one user lose nothing, made, changed and taken back at the same time", async () => {
  await using acceptance = await Acceptance.start({ leaves: [], withoutAuthorities: ["db"] });
  const { root } = acceptance.lab;
  const ten = (login: string) => `
resource "teleport_user_grant" "alice" {
  count   = 10
  cluster = "root"
  user    = "alice"
  roles   = count.index == 0 ? ["access", "auditor"] : []
  traits  = { logins = ["${login}-\${count.index}"] }
}
`;
  for (const login of ["first", "second"]) {
    acceptance.configure(ten(login));
    await acceptance.applied({ args: ["-parallelism=10"] });
    await assertEmptyPlan(acceptance);
    const { roles, logins = [], marks } = alice(root);
    assert.deepEqual(roles, ["access", "auditor"]);
    assert.deepEqual(logins.toSorted(), ["alice", ...Array.from({ length: 10 }, (_, i) => `${login}-${i}`)]);
    assert.equal(marks, 11);
  }
  await acceptance.destroyed({ args: ["-parallelism=10"] });
  assert.deepEqual(alice(root), asSeeded);
});

test("a user who is not there yet is a warning in the plan and an error in the apply; one of single sign-on is refused at once", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const { root } = acceptance.lab;
  const before = JSON.stringify(root.dump());
  acceptance.configure(grant(`  roles = ["auditor"]`).replaceAll("alice", "nobody"));
  const planned = await acceptance.plan();
  assert.equal(planned.code, 2, planned.output);
  assertSays(planned, 'Warning: there is no user "nobody" on root.lab yet');
  assertRefused(
    await acceptance.apply(),
    'Error: there is no user "nobody" on root.lab',
    "Create it first (`tctl users add nobody`), or write its name as `tctl users ls` shows it.",
  );

  acceptance.configure(grant(`  roles = ["nope"]`));
  assertSays(await acceptance.plan(), 'Warning: the role "nope" does not exist on root.lab yet');
  assertRefused(await acceptance.apply(), 'Error: the role "nope" does not exist on root.lab');
  assert.equal(JSON.stringify(root.dump()), before);

  await editUser(root, "alice", ({ spec }) => {
    assert(spec?.createdBy);
    spec.createdBy.connector = create(ConnectorRefSchema, { type: "github", id: "acme", identity: "alice" });
  });
  acceptance.configure(grant(`  roles = ["auditor"]`));
  assertRefused(
    await acceptance.plan(),
    'Error: user "alice" on root.lab was made by single sign-on (connector "acme", github), which writes roles and traits anew at each login',
    "Grant it where the connector maps teams, claims or attributes to roles, or by an access list; here it would be lost at the next login. [GRANT_SSO_USER]",
  );
  assert.deepEqual(alice(root), asSeeded);
});

test("a role of the same plan is granted in the right order, and the user's next login has it", async () => {
  await using acceptance = await Acceptance.start({ leaves: [] });
  const { root } = acceptance.lab;
  const role = `
resource "teleport_role" "demo" {
  cluster  = "root"
  version  = "v7"
  metadata = { name = "demo-cluster-access" }
  spec     = { allow = { cluster_labels = { env = ["demo"] }, logins = ["{{internal.logins}}"] } }
}
`;
  acceptance.configure(`${role}${grant(`  roles   = [teleport_role.demo.id]\n  traits  = { logins = ["visitor"] }`)}`);
  const planned = await acceptance.plan();
  assert.doesNotMatch(planned.output, /does not exist/);
  await acceptance.applied();
  assert.deepEqual(await deeds(acceptance), {});
  const { tls } = await root.login("alice");
  assert.ok(tls.certificate.length > 0);
  assert.deepEqual(alice(root).roles, ["access", "demo-cluster-access"]);
  await acceptance.destroyed();
  assert.deepEqual(alice(root), asSeeded);
});
