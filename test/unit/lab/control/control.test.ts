import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, before, describe, test } from "node:test";

import type { LabJson, PublishedLab } from "../../../../lab";
import { callLab, clustersTable, Lab, LabFolder, NoLabError, publishLab } from "../../../../lab";
import { readLines } from "../../../../lab/control/lines";
import { socketPath } from "../../../../lab/control/socket-path";

const top = mkdtempSync(join(tmpdir(), "teleport-trust-control-"));
after(() => rmSync(top, { recursive: true }));

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("a published lab", () => {
  const path = join(top, "lab");
  let lab: Lab;
  let published: PublishedLab;

  before(async () => {
    const folder = await LabFolder.take(path);
    lab = await new Lab({ leaves: [{ name: "leaf.lab" }] }).ready;
    published = await publishLab(lab, folder);
  });

  after(async () => {
    await lab.dispose();
  });

  test("describes itself in lab.json", () => {
    const json = JSON.parse(readFileSync(join(path, "lab.json"), "utf8")) as LabJson;
    const { root } = lab;
    assert.equal(json.format, 1);
    assert.deepEqual(
      json.clusters.map(({ name, role }) => [name, role]),
      [
        ["root.lab", "root"],
        ["leaf.lab", "leaf"],
      ],
    );
    assert.deepEqual(json.clusters[0], {
      name: "root.lab",
      role: "root",
      teleport_version: "17.7.0",
      auth_addr: root.addresses.auth,
      proxy_addr: root.addresses.proxy,
      tunnel_addr: root.addresses.tunnel,
      ssh_addr: root.addresses.ssh,
      proxy_ca_file: "root.lab/proxy-ca.pem",
      ca_pins: [...root.caPins],
      identities: { bot: "root.lab/bot.pem", admin: "root.lab/admin.pem", alice: "root.lab/alice.pem" },
      nodes: [],
    });
    assert.deepEqual(json.clusters[1]?.nodes, [
      { hostname: "node-1", addr: lab.leaf().nodes[0]?.address, labels: { env: "demo" } },
    ]);
    for (const { proxy_ca_file, identities, name } of json.clusters) {
      const cluster = lab.cluster(name);
      assert.equal(readFileSync(join(path, proxy_ca_file), "utf8"), cluster.proxyCa);
      for (const [user, file] of Object.entries(identities)) {
        assert.equal(readFileSync(join(path, file), "utf8"), cluster.identities[user]?.identityFile);
      }
    }
  });

  test("gives the authorities of all proxies in one file", () => {
    const proxyCas = lab.clusters.map(({ proxyCa }) => proxyCa).join("");
    assert.equal(readFileSync(join(path, "proxy-cas.pem"), "utf8"), proxyCas);
  });

  test("lets nobody else read or connect", () => {
    assert.equal(mode(path), "700");
    for (const name of readdirSync(path, { recursive: true, encoding: "utf8" })) {
      const isFolder = statSync(join(path, name)).isDirectory();
      assert.equal(mode(join(path, name)), isFolder ? "700" : "600", name);
    }
  });

  test("answers with every object", async () => {
    assert.deepEqual(await callLab(path, { command: "dump" }), JSON.parse(JSON.stringify(lab.dump())));
  });

  test("logs a user in anew, with the roles of now", async () => {
    const before = readFileSync(join(path, "leaf.lab/alice.pem"), "utf8");
    const result = await callLab(path, { command: "login", user: "alice", cluster: "leaf.lab", ttlMs: 60_000 });
    const { file, expires } = result as { file: string; expires: string };
    assert.equal(file, "leaf.lab/alice.pem");
    assert.ok(Math.abs(Date.parse(expires) - Date.now() - 60_000) < 5_000);
    assert.notEqual(readFileSync(join(path, file), "utf8"), before);
    await assert.rejects(callLab(path, { command: "login", user: "eve" }), /user "eve" not found/);
  });

  test("logs in by ssh as whoever logged in last at the root", async () => {
    const material = () =>
      readFileSync(join(path, "ssh/id"), "utf8") + readFileSync(join(path, "ssh/id-cert.pub"), "utf8");
    const user = () => execFileSync("ssh-keygen", ["-L", "-f", join(path, "ssh/id-cert.pub")], { encoding: "utf8" });
    assert.match(user(), /Key ID: "alice"/);
    const before = material();
    await callLab(path, { command: "login", user: "admin", cluster: "leaf.lab" });
    assert.equal(material(), before);
    const { sshConfig } = (await callLab(path, { command: "login", user: "admin" })) as { sshConfig?: string };
    assert.equal(sshConfig, "ssh_config");
    assert.match(user(), /Key ID: "admin"/);
    const publicKey = execFileSync("ssh-keygen", ["-y", "-f", join(path, "ssh/id")], { encoding: "utf8" });
    assert.match(publicKey, /^ecdsa-sha2-nistp256 /);
  });

  test("tells ssh where the nodes are, and who may speak for which host", () => {
    const { host, port } = { host: "127.0.0.1", port: lab.leaf().addresses.ssh.split(":")[1] };
    const config = readFileSync(join(path, "ssh_config"), "utf8");
    assert.ok(
      config.includes(`\nHost leaf.lab\n    HostName ${host}\n    Port ${port}\n    HostKeyAlias leaf.lab\n`),
      config,
    );
    const command = `ssh -F '${path}/ssh_config' -l %r -s root.lab proxy:%h:%p@leaf.lab`;
    assert.ok(config.includes(`\nHost *.leaf.lab\n    Port 3022\n    ProxyCommand ${command}\n`), config);
    const known = readFileSync(join(path, "known_hosts"), "utf8").split("\n");
    assert.deepEqual(
      known.map((line) => line.split(" ").slice(0, 3)),
      [
        ["@cert-authority", "root.lab,*.root.lab", "ssh-ed25519"],
        ["@cert-authority", "leaf.lab,*.leaf.lab", "ssh-ed25519"],
        [""],
      ],
    );
  });

  test("moves its clock and writes the offset as the provider reads it", async () => {
    assert.equal(readFileSync(join(path, "clock-offset"), "utf8"), "0s\n");
    const { offsetMs } = (await callLab(path, { command: "clock", advanceMs: 1_860_000 })) as { offsetMs: number };
    assert.equal(offsetMs, 1_860_000);
    assert.equal(readFileSync(join(path, "clock-offset"), "utf8"), "31m0s\n");
    await assert.rejects(callLab(path, { command: "clock", advanceMs: -1 }), /a clock moves by 0 or more/);
  });

  test("injects faults", async () => {
    const link = lab.leaf().link("auth");
    const fault = { command: "fault", link: "auth", cluster: "leaf.lab" } as const;
    await callLab(path, { ...fault, action: "delay", delayMs: 20 });
    assert.deepEqual(link.state, { fault: "delay", delayMs: 20 });
    for (const action of ["cut", "pause", "blackhole"] as const) {
      await callLab(path, { ...fault, action });
      assert.deepEqual(link.state, { fault: action });
    }
    await callLab(path, { ...fault, action: "cut-at", bytes: 3, direction: "up" });
    await callLab(path, { ...fault, action: "drop" });
    await callLab(path, { ...fault, action: "restore" });
    assert.deepEqual(link.state, { fault: "none" });
    await assert.rejects(callLab(path, { ...fault, action: "delay" }), /a delay is 0 or more milliseconds/);
    await assert.rejects(
      callLab(path, { ...fault, action: "explode" as "cut" }),
      /"explode" is no fault; faults are: cut,/,
    );
    await assert.rejects(
      callLab(path, { ...fault, link: "moon" as "auth", action: "cut" }),
      /no link "moon"; links are/,
    );
    await assert.rejects(callLab(path, { ...fault, cluster: "nowhere", action: "cut" }), /no cluster "nowhere"/);
  });

  test("says what it does not understand, and goes on", async () => {
    const socket = net.connect(socketPath(path));
    const lines: string[] = [];
    const three = new Promise<void>((resolve) => {
      readLines(
        socket,
        1e6,
        (line) => lines.push(line) === 3 && resolve(),
        () => {},
      );
    });
    socket.write(`no json\n{"command":"dance"}\n{"command":"clock","advanceMs":0}\n`);
    await three;
    assert.match(lines[0] ?? "", /^\{"ok":false,"error":".*JSON/);
    assert.equal(lines[1], '{"ok":false,"error":"the lab knows no command \\"dance\\""}');
    assert.match(lines[2] ?? "", /^\{"ok":true/);
    socket.destroy();
  });

  test("hangs up on a request without end", async () => {
    const socket = net.connect(socketPath(path));
    socket.on("error", () => {});
    socket.write("x".repeat(100_000));
    socket.resume();
    await once(socket, "close");
  });

  test("keeps other labs out of its folder", async () => {
    await assert.rejects(LabFolder.take(path), /a lab runs in .* already\. End that one, or use another folder\./);
  });

  test("shows its clusters as tsh does", () => {
    const lines = clustersTable(lab).split("\n");
    assert.match(lines[0] ?? "", /^Cluster Name Status +Cluster Type Labels Version Proxy Address$/);
    assert.match(lines[2] ?? "", /^root\.lab +online +root +17\.7\.0 +127\.0\.0\.1:\d+$/);
    assert.match(lines[3] ?? "", /^leaf\.lab +not joined leaf +17\.7\.0 +127\.0\.0\.1:\d+$/);
  });

  test("leaves nothing behind", async () => {
    await published.close();
    assert.equal(existsSync(path), false);
    await assert.rejects(callLab(path, { command: "dump" }), NoLabError);
  });
});

describe("a lab's folder", () => {
  test("may be there and empty, and stays then", async () => {
    const path = join(top, "empty");
    mkdirSync(path, { mode: 0o755 });
    const folder = await LabFolder.take(path);
    assert.equal(mode(path), "700");
    folder.writeClockOffset(0);
    folder.remove();
    folder.remove();
    assert.deepEqual(readdirSync(path), []);
  });

  test("is not taken from somebody else", async () => {
    const path = join(top, "taken");
    mkdirSync(path);
    writeFileSync(join(path, "thesis.txt"), "");
    await assert.rejects(
      LabFolder.take(path),
      /is not empty, and not a lab's\. Use a folder that is empty or does not exist/,
    );
  });

  test("of a lab that was killed is cleaned and taken over", async () => {
    const path = join(top, "killed");
    for (const folder of ["old.lab", "ssh", "nodes/old.lab"]) mkdirSync(join(path, folder), { recursive: true });
    const ofLab = ["lab.json", "clock-offset", "old.lab/proxy-ca.pem", "old.lab/bot.pem", "ssh_config", "known_hosts"];
    for (const name of [...ofLab, "ssh/id", "ssh/id-cert.pub", "nodes/old.lab/file", "notes.txt"]) {
      writeFileSync(join(path, name), "");
    }
    const folder = await LabFolder.take(path);
    assert.deepEqual(readdirSync(path), ["notes.txt"]);
    folder.remove();
  });

  test("keeps what others put there", async () => {
    const path = join(top, "shared");
    const folder = await LabFolder.take(path);
    folder.writeClockOffset(0);
    writeFileSync(join(path, "main.tf"), "");
    folder.remove();
    assert.deepEqual(readdirSync(path), ["main.tf"]);
  });
});

test("a socket's path is the shorter one of two, and never too long", () => {
  assert.equal(socketPath("/tmp/lab", "/tmp"), "lab/control.sock");
  assert.equal(socketPath("lab", "/tmp"), "lab/control.sock");
  const long = `/${"x".repeat(100)}/lab`;
  assert.equal(socketPath(long, `/${"x".repeat(100)}`), "lab/control.sock");
  assert.throws(
    () => socketPath(long, "/tmp"),
    /is too long for a socket \(at most 103 bytes\)\. Use a shorter folder/,
  );
});

test("lines are read whole, wherever they are cut", () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(
    stream,
    100,
    (line) => lines.push(line),
    () => assert.fail(),
  );
  const bytes = Buffer.from("eins\nzwölf\n\nrest");
  for (const byte of bytes) stream.emit("data", Buffer.of(byte));
  stream.emit("data", Buffer.from("\na\nb\n"));
  assert.deepEqual(lines, ["eins", "zwölf", "", "rest", "a", "b"]);
});
