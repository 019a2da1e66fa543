// The four checks of a certificate, by the node of a leaf: principal, signature, metadata, time to live; and who holds its key.
import assert from "node:assert/strict";
import { createPrivateKey, randomBytes, randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";

import type { LabCluster } from "../../lab";
import { createAuthorities } from "../../lab/ca";
import { parseCertificate, parseCertificateLine } from "../../lab/ssh";
import type { OpenSsh } from "../support/open-ssh";
import { dialSsh, newKey } from "../support/ssh-fixtures";
import { SshLab, soon, sshHost } from "../support/ssh-lab";

let world: SshLab;
let root: LabCluster;
let leaf: LabCluster;
let ssh: OpenSsh;

before(async () => {
  world = await SshLab.start();
  ({ root, leaf, ssh } = world);
});
after(() => world[Symbol.asyncDispose]());

describe("the four checks of a certificate", () => {
  test("principal: a login that the root did not allow", async () => {
    const { detail, login } = await world.refusedByNode(await root.login("dora"), "root");
    assert.equal(
      detail,
      'ssh: principal "root" not in the set of valid principals for given certificate: ["visitor" "-teleport-internal-join"]',
    );
    assert.deepEqual(login, { login: "root", certificateUser: "dora", node: "node-1" });
  });

  test("principal: a login that the root allows and the leaf's role does not", async () => {
    const { detail } = await world.refusedByNode(await root.login("myuser"), "ubuntu");
    assert.equal(detail, "user myuser@root.lab is not authorized to login as ubuntu@leaf.lab: access to node denied");
  });

  test("signature: an authority with all the right names that the leaf does not know", async () => {
    const sources = { realNow: Date.now, randomBytes };
    const names = { clusterName: "root.lab", proxyHost: "127.0.0.1" };
    const forger = await createAuthorities(names, "balanced-v1", sources, ["host", "user"]);
    const { identity } = await root.login("myuser");
    const { detail } = await world.refusedByNode(await forger.issueUser(identity, 3_600_000));
    assert.equal(detail, "ssh: certificate signed by unrecognized authority");
  });

  test("metadata: roles that were changed after the authority had signed them", async () => {
    const { tls, sshCertificate } = await root.login("eve");
    const { blob } = parseCertificateLine(sshCertificate);
    const at = blob.indexOf("contractor");
    assert.ok(at > 0);
    // As many bytes, and still JSON. OpenSSH would not even send such a certificate.
    blob.write('access","b', at);
    const certificate = parseCertificate(blob);
    const refused = leaf.events.next("auth", soon());
    const privateKey = createPrivateKey(tls.privateKey);
    await assert.rejects(
      dialSsh(world.nodePort, { user: "visitor", privateKey, certificate, verifyHostKey: () => {} }),
    );
    assert.equal((await refused).detail, "ssh: certificate signature does not verify");
  });

  test("metadata: roles that no row of the role map fits", async () => {
    const { detail } = await world.refusedByNode(await root.login("eve"));
    assert.equal(detail, "no roles mapped for user with remote roles [contractor]");
  });

  test("TTL: a certificate whose time is up", async () => {
    const { identity } = await root.login("myuser");
    const { detail } = await world.refusedByNode(await root.authorities.issueUser(identity, -1_000));
    assert.equal(detail, "ssh: cert has expired");
  });

  test("possession: a stolen certificate is worth nothing without its key", async () => {
    const stolen = parseCertificateLine((await root.login("myuser")).sshCertificate);
    for (const address of [leaf.nodes[0]?.address ?? "", root.addresses.ssh]) {
      const cluster = address === root.addresses.ssh ? root : leaf;
      const refused = cluster.events.next("auth", soon());
      const options = { user: "visitor", privateKey: newKey("ecdsa"), certificate: stolen, verifyHostKey: () => {} };
      await assert.rejects(dialSsh(Number(address.split(":")[1]), options));
      assert.equal((await refused).detail, "the signature is not by the key that was offered");
    }
  });

  test("possession: the key without its certificate is nobody", async () => {
    const credentials = await root.login("myuser");
    const config = ssh.configFor({ ...credentials, sshCertificate: "" });
    const run = await ssh.run(`visitor@${sshHost}`, "whoami", world.straight, config);
    assert.equal(run.code, 255);
    assert.match(run.stderr, /Permission denied \(publickey\)/);
  });

  test("a host's certificate is no user's", async () => {
    const { ssh: own } = await root.authorities.issueHost({ role: "Proxy", hostId: randomUUID(), names: ["visitor"] });
    const refused = leaf.events.next("auth", soon());
    await assert.rejects(dialSsh(world.nodePort, { user: "visitor", ...own, verifyHostKey: () => {} }));
    assert.equal((await refused).detail, "ssh: cert has type 2");
  });
});
