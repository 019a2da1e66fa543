// The SSH proxies of a root and a leaf, by OpenSSH's own `ssh`: what they let through, what they say, and what a bad network does.
import assert from "node:assert/strict";
import type { Writable } from "node:stream";
import { after, before, describe, test } from "node:test";

import type { LabCluster } from "../../lab";
import type { OpenSsh } from "../support/open-ssh";
import { SshLab, soon, sshHost, sshRoot } from "../support/ssh-lab";

let world: SshLab;
let root: LabCluster;
let leaf: LabCluster;
let ssh: OpenSsh;

before(async () => {
  world = await SshLab.start();
  ({ root, leaf, ssh } = world);
});
after(() => world[Symbol.asyncDispose]());

describe("what the root says, and what the leaf decides", () => {
  /** Labels of the leaf as the root has them. */
  function label(values: Readonly<Record<string, string>>): void {
    const known = root.storage.get("remote_cluster", "leaf.lab");
    assert.ok(known?.metadata);
    known.metadata.labels = { ...values };
    root.storage.upsert("remote_cluster", known);
  }

  test("cluster_labels hide a leaf at the root's proxy, and are no boundary: the leaf's own proxy takes the certificate", async () => {
    label({ env: "prod" });
    const refused = root.events.next("subsystem", soon());
    const hidden = await ssh.run(`visitor@${sshHost}`, "whoami");
    assert.equal(hidden.code, 255);
    assert.match(hidden.stderr, /^ERROR: cluster "leaf\.lab" is not found\n/);
    assert.deepEqual([(await refused).success, (await refused).detail], [false, 'cluster "leaf.lab" is not found']);

    const asked = leaf.events.next("subsystem", soon());
    const direct = { options: [ssh.proxyCommand("leaf.lab", "proxy:%h:%p@leaf.lab")] };
    const run = await ssh.run(`visitor@${sshHost}`, "whoami", direct);
    assert.deepEqual([run.code, run.stdout], [0, "visitor\n"], run.stderr);
    assert.equal((await asked).user, "remote-myuser-root.lab");
    label({});
  });

  test("with a role whose cluster_labels fit, the labelled leaf is there again", async () => {
    label({ env: "prod" });
    const { identity } = await root.login("myuser");
    const roles = [...identity.roles, "cluster-access"];
    const config = ssh.configFor(await root.authorities.issueUser({ ...identity, roles }, 3_600_000));
    assert.equal((await ssh.run(`visitor@${sshHost}`, "whoami", {}, config)).stdout, "visitor\n");
    label({});
  });

  test("the leaf's proxy lets nobody in whose roles no row maps", async () => {
    const refused = leaf.events.next("auth", soon());
    const config = ssh.configFor(await root.login("eve"));
    const direct = { options: [ssh.proxyCommand("leaf.lab", "proxy:%h:%p@leaf.lab", config)] };
    assert.equal((await ssh.run(`visitor@${sshHost}`, "whoami", direct, config)).code, 255);
    const { name, detail } = await refused;
    assert.equal(name, "visitor@leaf.lab");
    assert.equal(detail, "no roles mapped for user with remote roles [contractor]");
  });

  test("a leaf's user is nobody at the root", async () => {
    const config = ssh.configFor(await leaf.login("alice"));
    const refused = root.events.next("auth", soon());
    assert.equal((await ssh.run("alice@node-1.leaf.lab", "whoami", {}, config)).code, 255);
    assert.equal((await refused).detail, "ssh: certificate signed by unrecognized authority");
    const own = { options: [ssh.proxyCommand("leaf.lab", "proxy:%h:%p@leaf.lab", config)] };
    assert.equal((await ssh.run("alice@node-1.leaf.lab", "whoami", own, config)).stdout, "alice\n");
  });

  test("a proxy runs no commands and opens no other channels", async () => {
    for (const [command, request] of [
      ["whoami", "exec"],
      [undefined, "shell"],
    ] as const) {
      const run = await ssh.run("visitor@root.lab", command);
      assert.equal(run.code, 255);
      assert.equal(
        run.stderr,
        `ERROR: a proxy serves the subsystem proxy:host:port@cluster and nothing else, not "${request}"\n`,
      );
    }
    const forward = await ssh.run("visitor@root.lab", undefined, { flags: ["-W", "127.0.0.1:1"] });
    assert.deepEqual([forward.code, forward.stderr], [255, "stdio forwarding failed\r\n"]);
  });

  test("while the trust is disabled the node knows no authority of the root, and knows it again afterwards", async () => {
    await world.setTrust({ enabled: false });
    const { detail } = await world.refusedByNode(await root.login("myuser"));
    assert.equal(detail, "ssh: certificate signed by unrecognized authority");
    await world.setTrust({ enabled: true });
    await world.online();
    assert.equal((await ssh.run(`visitor@${sshHost}`, "whoami")).stdout, "visitor\n");
  });

  test("another row of the role map has effect at the next login", async () => {
    await world.setTrust({ roleMap: [{ remote: "^contr(.*)$", local: ["visitor"] }] });
    const config = ssh.configFor(await root.login("eve"));
    assert.equal((await ssh.run(`visitor@${sshHost}`, "whoami", {}, config)).stdout, "visitor\n");
    await world.setTrust({});
  });
});

describe("a bad network", () => {
  test("a tunnel that is cut by command makes the same ssh fail within 5 s, and a restored one makes it work", async () => {
    assert.equal((await ssh.run(`visitor@${sshHost}`, "whoami")).stdout, "visitor\n");
    await ssh.fault("cut", "leaf.lab");
    const cut = await ssh.run(`visitor@${sshHost}`, "whoami");
    await ssh.fault("restore", "leaf.lab");
    assert.equal(cut.code, 255);
    assert.ok(cut.ms < 5_000, `${cut.ms} ms`);
    assert.match(cut.stderr, /^ERROR: leaf\.lab is offline: no active tunnels to root\.lab found\n/);
    await world.online();
    assert.equal((await ssh.run(`visitor@${sshHost}`, "whoami")).stdout, "visitor\n");
  });

  test("a session ends with the tunnel that it goes through, and what ran in it ends too", async () => {
    const ended = leaf.events.next("session.end", soon());
    const cut = { at: "started\r\n", do: () => leaf.link("tunnel").cut() };
    const type = (at: string, text: string) => ({ at, do: (stdin: Writable) => void stdin.write(text) });
    const steps = [type("]$ ", "echo started\r"), cut];
    const run = await ssh.run(`visitor@${sshHost}`, undefined, { flags: ["-tt"], steps });
    leaf.link("tunnel").restore();
    assert.equal(run.code, 255);
    assert.ok(run.ms < 5_000, `${run.ms} ms`);
    await ended;
    await world.online();
  });
});

test("keys and authorities of the legacy suite log in as well; the end of a lab ends what runs on its nodes", async () => {
  await using other = await SshLab.start({ suite: "legacy" });
  const openSsh = other.ssh;
  assert.equal((await openSsh.run(`visitor@${sshHost}`, "whoami")).stdout, "visitor\n");
  const started = other.leaf.events.next("session.start", soon());
  const running = openSsh.run(`visitor@${sshHost}`, "sleep 3600");
  await started;
  await other.lab.dispose();
  assert.equal((await running).code, 255);
});

test("a root has nodes when it is told so; a hidden second node stays hidden", async () => {
  await using other = await SshLab.start({
    root: { ...sshRoot, nodes: [{ hostname: "bastion" }] },
    nodes: [
      { hostname: "node-1", labels: { env: "demo" } },
      { hostname: "node-2", labels: { env: "prod" } },
    ],
  });
  const openSsh = other.ssh;
  assert.equal((await openSsh.run("visitor@bastion.root.lab", "hostname")).stdout, "bastion\n");
  await openSsh.login("dora");
  assert.equal((await openSsh.run("visitor@node-1.leaf.lab", "hostname")).stdout, "node-1\n");
  assert.equal((await openSsh.run("visitor@node-2.leaf.lab", "hostname")).code, 255);
  await openSsh.login("petra");
  assert.equal((await openSsh.run("visitor@node-2.leaf.lab", "hostname")).stdout, "node-2\n");
});
