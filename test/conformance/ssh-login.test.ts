// Logins to a leaf's node by OpenSSH's own `ssh`, as a root's user, through the tunnel.
import assert from "node:assert/strict";
import type { Writable } from "node:stream";
import { after, before, describe, test } from "node:test";
import { create } from "@bufbuild/protobuf";

import type { LabCluster } from "../../lab";
import { LabelValuesSchema } from "../../lab/gen/teleport/wrappers/wrappers_pb";
import { authorizedKey, checkCertificate, parseAuthorizedKey } from "../../lab/ssh";
import type { OpenSsh } from "../support/open-ssh";
import { dialSsh, newKey } from "../support/ssh-fixtures";
import { lists, SshLab, soon, sshHost } from "../support/ssh-lab";

let world: SshLab;
let root: LabCluster;
let leaf: LabCluster;
let ssh: OpenSsh;

before(async () => {
  world = await SshLab.start();
  ({ root, leaf, ssh } = world);
});
after(() => world[Symbol.asyncDispose]());

describe("through the root's proxy and the tunnel", () => {
  test("a user of the root is the mapped login on the leaf's node, as the guide's last step has it", async () => {
    const run = await ssh.run(`visitor@${sshHost}`, undefined, { input: "pwd\nuname -a\nwhoami\nhostname\n" });
    const [pwd, uname, ...rest] = run.stdout.split("\n");
    assert.equal(run.code, 0, run.stderr);
    assert.equal(pwd, "/home/visitor");
    assert.match(uname ?? "", /^\S+ node-1 /);
    assert.deepEqual(rest, ["visitor", "node-1", ""]);
  });

  test("the leaf's audit log names root, user, root roles, mapped roles, login and node", async () => {
    const started = leaf.events.next("session.start", soon());
    const ended = leaf.events.next("exec", soon());
    const asked = root.events.next("subsystem", soon());
    await ssh.run(`visitor@${sshHost}`, "whoami");
    const login = {
      login: "visitor",
      certificateUser: "myuser",
      userCluster: "root.lab",
      certificateRoles: ["access"],
      roles: ["visitor"],
      node: "node-1",
    };
    const { user, name, success, detail, login: who } = await started;
    assert.deepEqual(
      { user, name, success },
      { user: "remote-myuser-root.lab", name: "visitor@node-1", success: true },
    );
    assert.deepEqual(who, login);
    assert.equal(detail, "myuser of root.lab with roles [access] has roles [visitor] here; command: whoami");
    assert.equal((await ended).detail, "whoami: exit status 0");
    assert.equal((await asked).name, `proxy:${sshHost}:3022@leaf.lab`);
  });

  test("a role that no row maps is refused, and the leaf's audit log says so", async () => {
    const refused = leaf.events.next("auth", soon());
    const run = await ssh.run(`visitor@${sshHost}`, "whoami", {}, ssh.configFor(await root.login("eve")));
    assert.equal(run.code, 255);
    assert.match(run.stderr, /Permission denied \(publickey\)/);
    const { detail, user, name, login } = await refused;
    assert.equal(detail, "no roles mapped for user with remote roles [contractor]");
    assert.deepEqual([user, name], ["eve", "visitor@node-1"]);
    assert.deepEqual(login, {
      login: "visitor",
      certificateUser: "eve",
      userCluster: "root.lab",
      certificateRoles: ["contractor"],
      node: "node-1",
    });
  });

  test("commands are programs of this machine in a folder of their own, from a list, without a shell", async () => {
    const run = await ssh.run(`visitor@${sshHost}`, "cat", { input: "0123456789abcdef".repeat(200_000) });
    assert.deepEqual([run.code, run.stdout.length], [0, 3_200_000]);
    const env = await ssh.run(`visitor@${sshHost}`, "env");
    assert.match(
      env.stdout,
      /^HOME=.*\/leaf\.lab\/node-1\/home\/visitor\nUSER=visitor\nLOGNAME=visitor\nPATH=\/usr\/bin:\/bin\n/,
    );
    assert.doesNotMatch(env.stdout, /NODE_/);
    assert.equal((await ssh.run(`visitor@${sshHost}`, "false")).code, 1);
    for (const command of ["sh -c id", "cat /etc/passwd", "echo $HOME", "whoami; id", "env id", "ls ..", "/bin/ls"]) {
      const refused = await ssh.run(`visitor@${sshHost}`, command, world.straight);
      assert.deepEqual([refused.code, refused.stdout], [127, ""], command);
    }
  });

  test("a terminal edits lines, and Ctrl-C ends what runs", async () => {
    const type = (at: string, text: string) => ({ at, do: (stdin: Writable) => void stdin.write(text) });
    const steps = [
      type("]$ ", "whoa\u007f\u007foami\r"),
      type("visitor\r\n", "sleep 60\r"),
      type("sleep 60\r\n", "\u0003"),
      type("]$ ", "echo never shown\u0003"),
      type("^C\r\n", "uname -n\r"),
      type("node-1\r\n", "exit 7\r"),
    ];
    const run = await ssh.run(`visitor@${sshHost}`, undefined, { flags: ["-tt"], steps });
    assert.equal(run.code, 7, run.stderr);
    assert.ok(run.ms < 15_000);
  });

  test("a node that there is not is named by the proxy", async () => {
    const run = await ssh.run("visitor@node-9.leaf.lab", "whoami");
    assert.equal(run.code, 255);
    assert.match(run.stderr, /^ERROR: direct dialing to nodes not found in inventory is not supported\n/);
  });

  test("a role is had only after the next login", async () => {
    const user = root.storage.get("user", "eve");
    assert.ok(user?.spec);
    await ssh.login("eve");
    user.spec.roles = ["contractor", "access"];
    root.storage.upsert("user", user);
    assert.equal((await ssh.run(`visitor@${sshHost}`, "whoami")).code, 255);
    await ssh.login("eve");
    assert.equal((await ssh.run(`visitor@${sshHost}`, "whoami")).stdout, "visitor\n");
    user.spec.roles = ["contractor"];
    root.storage.upsert("user", user);
    await ssh.login("myuser");
  });

  test("what a role of the leaf means is read at the login: a change has effect at once", async () => {
    const before = leaf.storage.get("role", "visitor");
    const changed = leaf.storage.get("role", "visitor");
    assert.ok(before && changed?.spec?.allow);
    changed.spec.allow.nodeLabels = create(LabelValuesSchema, lists({ env: ["prod"] }));
    leaf.storage.upsert("role", changed);
    const refused = leaf.events.next("auth", soon());
    assert.equal((await ssh.run(`visitor@${sshHost}`, "whoami")).code, 255);
    assert.equal(
      (await refused).detail,
      "user myuser@root.lab is not authorized to login as visitor@leaf.lab: access to node denied",
    );
    leaf.storage.upsert("role", before);
    assert.equal((await ssh.run(`visitor@${sshHost}`, "whoami")).code, 0);
  });

  test("a mapped role that is gone refuses the login", async () => {
    const visitor = leaf.storage.get("role", "visitor");
    assert.ok(visitor);
    leaf.storage.delete("role", "visitor");
    const refused = leaf.events.next("auth", soon());
    await ssh.run(`visitor@${sshHost}`, "whoami");
    assert.equal((await refused).detail, "role visitor is not found");
    leaf.storage.upsert("role", visitor);
  });
});

describe("traits", () => {
  test("logins and node labels of a leaf's role come from the root user's traits", async () => {
    const config = ssh.configFor(await root.login("dora"));
    assert.equal((await ssh.run(`visitor@${sshHost}`, "whoami", {}, config)).stdout, "visitor\n");
  });

  test("a trait with another value does not open the node", async () => {
    const { detail, login } = await world.refusedByNode(await root.login("petra"));
    assert.equal(detail, "user petra@root.lab is not authorized to login as visitor@leaf.lab: access to node denied");
    assert.deepEqual(login?.roles, ["by-traits"]);
  });
});

describe("who answers", () => {
  test("without the leaf's authority among the known hosts ssh refuses the node", async () => {
    const [key] = root.authorities.public("host").spec?.activeKeys?.ssh ?? [];
    const line = authorizedKey(parseAuthorizedKey(Buffer.from(key?.publicKey ?? []).toString()));
    const known = ssh.file("known_hosts", `@cert-authority root.lab,*.root.lab ${line}\n`);
    const run = await ssh.run(`visitor@${sshHost}`, "whoami", { options: [`UserKnownHostsFile=${known}`] });
    assert.equal(run.code, 255);
    assert.match(
      run.stderr,
      /No \S+ host key is known for \[node-1\.leaf\.lab\]:3022 and you have requested strict checking/,
    );
  });

  test("the node's certificate names it in every way in which people write it, and no other host", async () => {
    const names = ["node-1", "node-1.leaf.lab", "127.0.0.1", "localhost", leaf.nodes[0]?.id ?? ""];
    const [key] = leaf.authorities.public("host").spec?.activeKeys?.ssh ?? [];
    const authorities = [parseAuthorizedKey(Buffer.from(key?.publicKey ?? []).toString())];
    const privateKey = newKey();
    const verify =
      (principal: string) => (presented: Parameters<Parameters<typeof dialSsh>[1]["verifyHostKey"]>[0]) => {
        assert.ok("principals" in presented);
        checkCertificate(presented, { kind: "host", principal, authorities, now: Date.now() });
      };
    const come = (name: string) =>
      dialSsh(world.nodePort, { user: "visitor", privateKey, verifyHostKey: verify(name) });
    for (const name of names) await assert.rejects(come(name), /publickey|authentication/i, name);
    await assert.rejects(come("node-2.leaf.lab"), /principal "node-2\.leaf\.lab" not in the set/);
  });
});
