// Judges: openssl and ssh-keygen on the command line, Node's own reader of certificates.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, randomBytes, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";

import type { Suite } from "../../../../lab/ca";
import { authorityTypes, createAuthorities, WebAuthority } from "../../../../lab/ca";

const sources = { realNow: Date.now, randomBytes };
const folder = mkdtempSync(join(tmpdir(), "teleport-trust-ca-"));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TZ: "UTC" },
  });
}

const alice = {
  user: "alice",
  roles: ["editor", "access"],
  logins: ["root", "älice"],
  traits: { logins: ["root", "älice"], empty: [] },
};

const suites: readonly { suite: Suite; ssh: string; tls: string; sshSignature: string; pemLabel: string }[] = [
  { suite: "balanced-v1", ssh: "ED25519", tls: "id-ecPublicKey", sshSignature: "ssh-ed25519", pemLabel: "PRIVATE KEY" },
  { suite: "legacy", ssh: "RSA", tls: "rsaEncryption", sshSignature: "rsa-sha2-512", pemLabel: "RSA PRIVATE KEY" },
];

for (const { suite, ssh, tls, sshSignature, pemLabel } of suites) {
  describe(`authorities of the suite ${suite}`, async () => {
    const authorities = await createAuthorities(
      { clusterName: "root.lab", proxyHost: "proxy.example.com" },
      suite,
      sources,
    );
    const caOf = (type: "host" | "user" | "db") =>
      Buffer.from(authorities.public(type).spec?.activeKeys?.tls[0]?.cert ?? []).toString();

    test("publish public keys only, of the suite's kinds", () => {
      for (const type of authorityTypes) {
        const { kind, subKind, version, metadata, spec } = authorities.public(type);
        assert.deepEqual([kind, subKind, version, metadata?.name], ["cert_authority", type, "v2", "root.lab"]);
        assert.deepEqual([spec?.type, spec?.clusterName], [type, "root.lab"]);
        const { ssh: sshKeys = [], tls: tlsKeys = [], jwt = [] } = spec?.activeKeys ?? {};
        assert.equal(sshKeys.length + tlsKeys.length + jwt.length, type === "host" || type === "user" ? 2 : 1);
        for (const key of [...sshKeys, ...jwt]) assert.equal(key.privateKey.length, 0);
        for (const key of tlsKeys) assert.equal(key.key.length, 0);
      }
      const line = file("ssh-ca.pub", authorities.public("host").spec?.activeKeys?.ssh[0]?.publicKey ?? "");
      assert.match(run("ssh-keygen", "-lf", line), new RegExp(`\\(${ssh}\\)`));
      assert.match(run("openssl", "x509", "-noout", "-text", "-in", file("ca.pem", caOf("host"))), new RegExp(tls));
      const db = run("openssl", "x509", "-noout", "-text", "-in", file("db.pem", caOf("db")));
      assert.match(db, /rsaEncryption[\s\S]*\(2048 bit\)/);
    });

    test("name the cluster in O and CN, and are authorities and nothing else", () => {
      const ca = file("ca.pem", caOf("host"));
      const text = run("openssl", "x509", "-noout", "-text", "-in", ca);
      assert.match(text, /Subject: O = root\.lab, CN = root\.lab, serialNumber = \d+/);
      assert.match(text, /Basic Constraints: critical\s+CA:TRUE/);
      assert.match(text, /Key Usage: critical\s+Certificate Sign, CRL Sign/);
      assert.match(run("openssl", "verify", "-x509_strict", "-CAfile", ca, ca), /: OK/);
    });

    test("certify a user for TLS as Teleport writes it", async () => {
      const { tls: pair } = await authorities.issueUser({ ...alice, impersonator: "bot" }, 3_600_000);
      const certificate = file("user.pem", pair.certificate);
      run(
        "openssl",
        "verify",
        "-x509_strict",
        "-purpose",
        "sslclient",
        "-CAfile",
        file("user-ca.pem", caOf("user")),
        certificate,
      );
      const utf8 = ["-nameopt", "utf8,sep_multiline,lname"];
      const subject = run("openssl", "x509", "-noout", "-subject", ...utf8, "-in", certificate);
      const lines = subject
        .split("\n")
        .slice(1)
        .map((line) => line.trim())
        .filter((line) => line !== "");
      assert.deepEqual(lines, [
        // Several values of one attribute are one set, which DER sorts.
        "organizationName=access + organizationName=editor",
        "localityName=root + localityName=älice",
        "streetAddress=",
        'postalCode={"logins":["root","älice"],"empty":[]}',
        "commonName=alice",
        "1.3.9999.1.7=root.lab",
        "1.3.9999.2.7=bot",
      ]);
    });

    test("sign with the key that the certificate names, for as long as asked", async () => {
      const before = Date.now();
      const { tls: pair, expires } = await authorities.issueUser(alice, 3_600_000);
      const certificate = new X509Certificate(pair.certificate);
      assert.ok(certificate.checkPrivateKey(createPrivateKey(pair.privateKey)));
      assert.ok(certificate.verify(new X509Certificate(caOf("user")).publicKey));
      assert.equal(certificate.verify(new X509Certificate(caOf("host")).publicKey), false);
      assert.equal(Date.parse(certificate.validTo), expires.getTime());
      assert.ok(Math.abs(expires.getTime() - before - 3_600_000) < 3_000);
      assert.ok(Date.parse(certificate.validFrom) < before);
      assert.match(pair.privateKey, new RegExp(`^-----BEGIN ${pemLabel}-----\n`));
    });

    test("certify a user for SSH", async () => {
      const { sshCertificate } = await authorities.issueUser(alice, 3_600_000);
      const text = run("ssh-keygen", "-Lf", file("user-cert.pub", `${sshCertificate}\n`));
      assert.match(text, /user certificate/);
      assert.match(text, new RegExp(`Signing CA: ${ssh} .* \\(using ${sshSignature}\\)`));
      assert.match(text, /Key ID: "alice"/);
      assert.match(text, /Principals:\s+root\s+.*lice\s+-teleport-internal-join\s+Critical Options: \(none\)/);
      for (const extension of ["permit-pty", "teleport-roles", "teleport-traits", "teleport-route-to-cluster"]) {
        assert.match(text, new RegExp(`\\s${extension}\\s`));
      }
    });

    test("certify a host for TLS and SSH", async () => {
      const hostId = "8a1f2f1e-8f0c-4ad4-b8b5-000000000001";
      const { tls: pair, ssh: host } = await authorities.issueHost({
        role: "Auth",
        hostId,
        names: ["localhost", "127.0.0.1"],
      });
      const certificate = new X509Certificate(pair.certificate);
      assert.match(certificate.subject, /O=Auth\nCN=8a1f2f1e-8f0c-4ad4-b8b5-000000000001\.root\.lab/);
      for (const name of [
        "teleport.cluster.local",
        "726f6f74.teleport.cluster.local",
        "localhost",
        `${hostId}.root.lab`,
      ]) {
        assert.ok(certificate.checkHost(name), name);
      }
      assert.ok(certificate.checkIP("127.0.0.1"));
      const server = ["-x509_strict", "-purpose", "sslserver", "-CAfile", file("host-ca.pem", caOf("host"))];
      run("openssl", "verify", ...server, file("host.pem", pair.certificate));
      assert.equal(host.certificate.principals[0], `${hostId}.root.lab`);
      assert.equal(host.certificate.certType, 2);
      assert.equal(host.certificate.extensions.get("x-teleport-authority"), "root.lab");
      assert.equal(host.certificate.extensions.get("x-teleport-role"), "Auth");
      assert.ok(host.certificate.publicKey.keyObject.equals(createPublicKey(host.privateKey)));
    });

    test("write an identity file whose parts stand in tsh's order and belong together", async () => {
      const { identityFile } = await authorities.issueUser(alice, 3_600_000);
      const kinds = identityFile.split("\n").flatMap((line) => {
        if (line.startsWith("-----BEGIN ")) return [line.slice(11, -5)];
        if (line.startsWith("@cert-authority ")) return [line.split(" ").slice(0, 2).join(" ")];
        return line.includes("-cert-v01@openssh.com ") ? ["ssh certificate"] : [];
      });
      const authority = "@cert-authority proxy.example.com,root.lab,*.root.lab";
      assert.deepEqual(kinds, [pemLabel, "ssh certificate", "CERTIFICATE", authority, "CERTIFICATE"]);
      const key = file("key", identityFile.slice(0, identityFile.indexOf("\n", identityFile.indexOf("-----END ")) + 1));
      const fromKey = run("ssh-keygen", "-yf", key).split(" ")[1] ?? "";
      const certificate = identityFile.split("\n").find((line) => line.includes("-cert-v01@openssh.com ")) ?? "";
      const printed = run("ssh-keygen", "-Lf", file("identity-cert.pub", certificate));
      const fingerprint = run(
        "ssh-keygen",
        "-lf",
        file("key.pub", `${certificate.split("-cert-v01")[0]} ${fromKey}\n`),
      );
      assert.ok(printed.includes(fingerprint.split(" ")[1] ?? "none"));
    });

    test("are pinned by the hash of their public key", () => {
      const spki = new X509Certificate(caOf("host")).publicKey.export({ type: "spki", format: "der" });
      const digest = execFileSync("openssl", ["dgst", "-sha256", "-r"], { input: spki, encoding: "utf8" }).split(
        " ",
      )[0];
      assert.deepEqual(authorities.pins, [`sha256:${digest}`]);
    });
  });
}

test("a user without logins may log in nowhere, and that is not everywhere", async () => {
  const authorities = await createAuthorities({ clusterName: "a", proxyHost: "p" }, "balanced-v1", sources);
  const { sshCertificate } = await authorities.issueUser({ ...alice, logins: [] }, 60_000);
  const text = run("ssh-keygen", "-Lf", file("no-login.pub", `${sshCertificate}\n`));
  assert.match(text, /Principals:\s+-teleport-nologin-alice\s+-teleport-internal-join\s/);
});

test("a certificate past 2049 writes its time the other way", async () => {
  const far = { realNow: () => Date.UTC(2045, 0, 1), randomBytes };
  const authority = await WebAuthority.create("far", far);
  const text = run("openssl", "x509", "-noout", "-enddate", "-in", file("far.pem", authority.certificate));
  assert.equal(text, "notAfter=Dec 30 00:00:00 2054 GMT\n");
});

test("a web authority certifies a server's names and addresses", async () => {
  const authority = await WebAuthority.create("company", sources);
  const { certificate } = await authority.issueServer("proxy", ["root.lab", "*.root.lab", "127.0.0.1"]);
  const ca = file("web-ca.pem", authority.certificate);
  const server = file("web.pem", certificate);
  const verify = (...check: string[]) => run("openssl", "verify", "-x509_strict", "-CAfile", ca, ...check, server);
  assert.match(verify("-verify_hostname", "x.root.lab"), /: OK/);
  assert.match(verify("-verify_ip", "127.0.0.1"), /: OK/);
  assert.throws(() => verify("-verify_hostname", "other.example.com"), /hostname mismatch/);
});
