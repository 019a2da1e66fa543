// Traits of a root's user on the leaf, where two kinds of certificates say different things: X.509 for the API, SSH for logins.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import type { UserCredentials } from "../../lab/ca";
import { createConnections } from "../../provider/cluster";
import { settingsOf, testSurroundings } from "../support/cluster-surroundings";
import { lists, SshLab, sshHost } from "../support/ssh-lab";

/**
 * The leaf's role: each login is a template, with a prefix that tells them apart. It has no rules at all: what its holders may ask the API comes from
 * the role that everybody has on a leaf, too, `default-implicit-role`.
 */
const templates = {
  version: "v7",
  metadata: { name: "templates" },
  spec: {
    allow: {
      nodeLabels: lists({ "*": ["*"] }),
      logins: [
        "in-{{internal.logins}}",
        "ex-{{external.logins}}",
        "team-{{external.team}}",
        'quoted-{{external["team"]}}',
        "unknown-{{internal.team}}",
        "db-{{internal.db_users}}",
        "none-{{external.nobody_has_this}}",
        "plain",
      ],
    },
  },
};

/** What the root lets its user log in as: with these the certificates are made. */
const principals = ["a", "in-a", "in-root", "ex-a", "team-x", "quoted-x", "unknown-x", "db-d", "none-", "plain"];

const user = {
  name: "trudy",
  roles: ["sender"],
  // The root's role does not use the first: the leaf must not see it.
  traits: { logins: ["root"], team: ["x"], db_users: ["d"] },
};

let world: SshLab;
let credentials: UserCredentials;
before(async () => {
  const sender = { version: "v7", metadata: { name: "sender" }, spec: { allow: { logins: principals } } };
  world = await SshLab.start({
    root: { seedRoles: [sender], seedUsers: [user, { name: "myuser", roles: ["access"] }] },
    leaves: [
      {
        seedRoles: [
          templates,
          { ...templates, metadata: { name: "visitor" } },
          { ...templates, metadata: { name: "by-traits" } },
        ],
      },
    ],
  });
  await world.setTrust({ roleMap: [{ remote: "sender", local: ["templates"] }] });
  credentials = await world.root.login("trudy");
});
after(() => world[Symbol.asyncDispose]());

test("the API of the leaf: logins are the certificate's principals, other traits are the user's, but not those that have a field of their own", async () => {
  const settings = settingsOf(world.root.addresses.proxy, credentials.identityFile, { insecure: true });
  const connections = createConnections(
    { default: settings, clusters: new Map(), clustersUnknown: false },
    testSurroundings(),
  );
  try {
    const signal = AbortSignal.timeout(20_000);
    const leaf = connections.get().throughTrust("leaf.lab");
    assert.equal((await leaf.currentUser(signal)).metadata?.name, "remote-trudy-root.lab");
    const [{ logins = [] } = {}, ...others] = await leaf.nodes.list({}, signal);
    assert.deepEqual(others, []);
    const expected = [
      ...principals.map((login) => `in-${login}`),
      ...principals.map((login) => `ex-${login}`),
      "team-x",
      "quoted-x",
      "plain",
    ];
    // A subject's values are a set: they come in the order of their bytes.
    assert.deepEqual([...(logins ?? [])].sort(), expected.sort());
  } finally {
    await connections.close();
  }
});

describe("logins to a node of the leaf", () => {
  const accepted: readonly (readonly [login: string, why: string])[] = [
    ["in-a", "`logins` are the certificate's principals, as an internal trait"],
    ["ex-a", "and as an external one: it is the same map"],
    ["team-x", "a trait of any name is external"],
    ["quoted-x", "however the template writes its name"],
    ["db-d", "an SSH certificate has no field of its own for this trait, so that it is the user's"],
    ["plain", "without a template a login is itself"],
  ];
  for (const [login, why] of accepted) {
    test(`${login} is let in: ${why}`, async () => {
      const run = await world.ssh.run(`${login}@${sshHost}`, "whoami", {}, world.ssh.configFor(credentials));
      assert.deepEqual([run.code, run.stdout], [0, `${login}\n`], run.stderr);
    });
  }

  const refused: readonly (readonly [login: string, why: string])[] = [
    ["a", "what the root allows is not yet what the leaf's role allows"],
    ["in-root", "the root user's trait `logins` is not visible on the leaf"],
    ["unknown-x", "only known names are internal"],
    ["none-", "a template without a value gives no login, not one without it"],
  ];
  for (const [login, why] of refused) {
    test(`${login} is refused: ${why}`, async () => {
      const { detail, login: of } = await world.refusedByNode(credentials, login);
      assert.deepEqual(of?.roles, ["templates"], "it is the role's logins that refuse");
      assert.equal(
        detail,
        `user trudy@root.lab is not authorized to login as ${login}@leaf.lab: access to node denied`,
      );
    });
  }
});
