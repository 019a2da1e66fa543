import assert from "node:assert/strict";
import { test } from "node:test";

import { LabelValues, UserV2 } from "../../../../../provider/cluster";
import { relation } from "../../../../../provider/framework";
import { userGrant } from "../../../../../provider/resources/user-grant";
import { markOf } from "../../../../../provider/resources/user-grant/item";
import { publicId } from "../../../../../trust";
import { MiniTerraform } from "../../../../support/mini-terraform";
import { Killed } from "../../../../support/trust/fake-cluster";
import { Federation } from "../../../../support/trust/federation";

const resource = relation(userGrant);

const grant = { cluster: "root", user: "myuser", roles: ["visitor"], traits: new Map([["logins", ["visitor"]]]) };
const visitorMark = markOf({ kind: "role", role: "visitor" });

function user(change: Partial<UserV2["spec"] & object> = {}, labels: Record<string, string> = { team: "a" }): UserV2 {
  const traits = LabelValues.fromPartial({ values: { logins: { values: ["root"] } } });
  return UserV2.fromPartial({
    kind: "user",
    metadata: { name: "myuser", labels },
    spec: { roles: ["access"], traits, ...change },
  });
}

function setUp(stored: UserV2 | undefined = user()) {
  const federation = new Federation();
  federation.root.roles.add("auditor");
  if (stored !== undefined) federation.root.putUser(stored);
  const found = () => federation.root.users.get("myuser");
  return {
    federation,
    root: federation.root,
    terraform: new MiniTerraform(resource, () => federation.context),
    roles: () => found()?.spec?.roles,
    logins: () => found()?.spec?.traits?.values.logins?.values,
    labels: () => found()?.metadata?.labels,
  };
}

const signIn = 'warning GRANT_SIGN_IN user "myuser" must sign in to root.lab again before the grant counts';

test("what is missing is added and marked in one write; what the user had stays as it was", async () => {
  const { federation, terraform, roles, logins, labels } = setUp();
  assert.deepEqual(await terraform.apply(grant), { action: "create", problems: [signIn] });
  assert.deepEqual(federation.writes, ["root: update user"]);
  assert.deepEqual(roles(), ["access", "visitor"]);
  assert.deepEqual(logins(), ["root", "visitor"]);
  assert.deepEqual(labels(), {
    team: "a",
    [`teleport-trust/granted.${publicId("visitor")}`]: "role:visitor",
    [`teleport-trust/granted.${publicId("logins=visitor")}`]: "trait:logins=visitor",
  });
  assert.equal(terraform.state?.id, "root.lab/myuser");
  assert(await terraform.isSettled(grant));
});

test("a destroy takes back what was added, and nothing else", async () => {
  const { terraform, roles, logins, labels } = setUp();
  const both = { ...grant, roles: ["access", "visitor"], traits: new Map([["logins", ["root", "visitor"]]]) };
  await terraform.apply(both);
  assert(await terraform.isSettled(both));
  assert.deepEqual(await terraform.destroy(), [
    'warning GRANT_SIGN_IN user "myuser" holds the role "visitor", "visitor" in the trait "logins" on root.lab until the certificates that are out expire',
  ]);
  assert.deepEqual(roles(), ["access"]);
  assert.deepEqual(logins(), ["root"]);
  assert.deepEqual(labels(), { team: "a" });
});

test("a trait that only the grant filled is gone after the destroy", async () => {
  const { root, terraform } = setUp(user({ traits: undefined }));
  await terraform.apply(grant);
  await terraform.destroy();
  assert.deepEqual(root.users.get("myuser")?.spec?.traits?.values, {});
});

test("an update adds what is new and takes back what is given up, if it was granted here", async () => {
  const { terraform, roles, labels, federation } = setUp();
  await terraform.apply({ ...grant, roles: ["visitor", "access"] });
  federation.calls.length = 0;
  const { action } = await terraform.apply({ ...grant, roles: ["auditor"] });
  assert.equal(action, "update");
  assert.deepEqual(federation.writes, ["root: update user"]);
  assert.deepEqual(roles(), ["access", "auditor"]);
  assert.equal(labels()?.[visitorMark], undefined);
  assert(await terraform.isSettled({ ...grant, roles: ["auditor"] }));
});

test("what somebody took away is seen and given again; a mark that was left over does not hinder", async () => {
  const { root, terraform, roles, labels } = setUp();
  await terraform.apply(grant);
  root.putUser(user({}, { ...labels() }));
  await terraform.refresh();
  assert.deepEqual([terraform.state?.roles, terraform.state?.traits], [[], new Map([["logins", []]])]);
  assert.equal((await terraform.apply(grant)).action, "update");
  assert.deepEqual(roles(), ["access", "visitor"]);
  assert(await terraform.isSettled(grant));
  root.putUser(user({}, { ...labels() }));
  await terraform.destroy();
  assert.deepEqual(labels(), { team: "a" }, "marks of what is gone are removed, too");
});

test("a role that lost its mark is left to whoever writes the whole user, and said", async () => {
  const { root, terraform, roles } = setUp();
  await terraform.apply({ ...grant, traits: null });
  root.putUser(user({ roles: ["access", "visitor"] }));
  assert(await terraform.isSettled({ ...grant, traits: null }));
  assert.deepEqual(await terraform.destroy(), [
    'warning GRANT_LEFT user "myuser" on root.lab keeps the role "visitor": somebody removed the mark that it was granted here',
  ]);
  assert.deepEqual(roles(), ["access", "visitor"]);
});

test("a user that is gone takes the grant out of the state, and out of the way of a destroy", async () => {
  const { root, terraform } = setUp();
  await terraform.apply(grant);
  const { state } = terraform;
  root.users.clear();
  await terraform.refresh();
  assert.equal(terraform.state, null);
  assert(state);
  assert.deepEqual(await resource.delete({ prior: state }, new Federation().context), []);
});

const github = { connector: { type: "github", id: "acme", identity: "myuser" }, time: undefined, user: undefined };

for (const [name, stored, change, said] of [
  ["a user that does not exist", undefined, {}, 'GRANT_NO_USER there is no user "myuser" on root.lab'],
  [
    "a user of single sign-on",
    user({ created_by: github }),
    {},
    'GRANT_SSO_USER user "myuser" on root.lab was made by single sign-on (connector "acme", github), which writes roles and traits anew at each login',
  ],
  ["a role that does not exist", user(), { roles: ["nope"] }, 'GRANT_ROLE the role "nope" does not exist on root.lab'],
] as const) {
  test(`a create refuses ${name}, and writes nothing`, async () => {
    const { federation, terraform } = setUp(stored);
    if (stored === undefined) federation.root.users.clear();
    const { problems } = await terraform.apply({ ...grant, ...change });
    assert.deepEqual(problems, [`error ${said}`]);
    assert.deepEqual(federation.writes, []);
    assert.equal(terraform.state, null);
  });
}

test("a connection that leads to another cluster than the state's is refused", async () => {
  const { federation, terraform } = setUp();
  await terraform.apply(grant);
  const elsewhere = new Federation();
  Object.assign(elsewhere.root, { name: "other.lab" });
  elsewhere.root.putUser(user());
  const moved = new MiniTerraform(resource, () => elsewhere.context);
  moved.state = terraform.state;
  await assert.rejects(
    moved.refresh(),
    ({ code, what }: { code: string; what: string }) =>
      code === "RELATION_OTHER_CLUSTER" &&
      what === 'cluster "root" (other.lab:443) is the cluster "other.lab", but this resource is about "root.lab"',
  );
  assert.deepEqual(elsewhere.writes, []);
  assert.equal(federation.root.name, "root.lab");
});

test("a write that meets another writer is done again on what that one wrote", async () => {
  const { root, terraform, roles } = setUp();
  let others = 0;
  root.before = (call) => {
    if (call !== "update user" || others >= 12) return;
    others++;
    const found = root.users.get("myuser") as UserV2;
    root.putUser(UserV2.fromPartial({ ...found, spec: { ...found.spec, roles: [...(roles() ?? []), `r${others}`] } }));
  };
  assert.deepEqual((await terraform.apply(grant)).problems, [signIn]);
  assert.equal(roles()?.length, 14);
});

test("a user that another tool writes all the time is reported, not fought for ever", async () => {
  const { root, terraform } = setUp();
  root.after = (call) => {
    if (call === "update user") root.putUser(user());
  };
  const { problems } = await terraform.apply(grant);
  assert.match(
    problems.join(),
    /GRANT_NOT_SETTLED user "myuser" on root\.lab does not show what was granted after 30 writes/,
  );
});

test("grants of one process to one user wait for one another", async () => {
  const { federation, root, roles } = setUp();
  const names = Array.from({ length: 10 }, (_, i) => `r${i}`);
  for (const name of names) root.roles.add(name);
  let under = 0;
  root.before = (call) => {
    if (call === "update user") assert.equal(++under, 1, "two writes at the same time");
  };
  root.after = (call) => {
    if (call === "update user") under--;
  };
  const { context } = federation;
  const applies = names.map((name) => new MiniTerraform(resource, () => context).apply({ ...grant, roles: [name] }));
  await Promise.all(applies);
  assert.deepEqual(roles()?.toSorted(), ["access", ...names]);
  assert.equal(federation.writes.length, 10, "no write met a conflict");
});

test("a call that was killed anywhere is continued by the next one, and forgets nothing", async () => {
  for (const what of ["create", "update", "destroy"] as const) {
    for (let killAt = 1; ; killAt++) {
      const { federation, root, terraform, roles, labels } = setUp();
      if (what !== "create") await terraform.apply(grant);
      let calls = 0;
      root.after = () => {
        if (++calls === killAt) throw new Killed();
      };
      const changed = { ...grant, roles: ["auditor"], traits: null };
      const run = () =>
        what === "destroy" ? terraform.destroy() : terraform.apply(what === "create" ? grant : changed);
      const wanted = what === "create" ? grant : changed;
      const before = terraform.state;
      const survived = await run().then(
        () => calls < killAt,
        () => false,
      );
      root.after = () => {};
      if (survived) break;
      // Nothing of a killed call's answer is stored.
      terraform.state = before;
      if (what === "destroy") await terraform.destroy();
      else {
        await terraform.apply(wanted);
        assert(await terraform.isSettled(wanted), `${what}, killed after call ${killAt}`);
        await terraform.destroy();
      }
      assert.deepEqual(roles(), ["access"], `${what}, killed after call ${killAt}`);
      assert.deepEqual(labels(), { team: "a" }, `${what}, killed after call ${killAt}`);
      federation.calls.length = 0;
    }
  }
});

test("a create that finds an earlier grant says so", async () => {
  const { terraform, federation } = setUp();
  await terraform.apply(grant);
  const second = new MiniTerraform(resource, () => federation.context);
  assert.deepEqual((await second.apply({ ...grant, traits: null })).problems, [
    'warning GRANT_CONTINUED user "myuser" on root.lab carries the mark of an earlier grant for the role "visitor": it is taken over, not made',
  ]);
});

test("what is wrong with the arguments is named", () => {
  const problems = (said: Record<string, unknown>) => [
    ...(resource.validateConfig?.(new MiniTerraform(resource, () => new Federation().context).config(said)) ?? []),
  ];
  assert.equal(problems({ user: "a", roles: [] })[0]?.what, "the grant gives nothing");
  assert.deepEqual(problems({ user: "a", traits: new Map([["logins", ["x"]]]) }), []);
  const traits = userGrant.schema.attributes.traits?.validate?.[0];
  assert.deepEqual(
    [
      ...(traits?.(
        new Map<string, never>([
          ["logins", [] as never],
          ["", ["x", ""] as never],
        ]),
      ) ?? []),
    ].map(({ what, where }) => [what, where]),
    [
      ['the trait "logins" has no values', ["logins"]],
      ["a trait has no name", [""]],
      ["a name is empty", ["", 1]],
    ],
  );
});
