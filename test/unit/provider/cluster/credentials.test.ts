import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import type { CertificateAuthorities, UserCredentials } from "../../../../lab/ca";
import type { CredentialSource } from "../../../../provider/cluster";
import { loadCredentials } from "../../../../provider/cluster/credentials";
import { parseIdentityFile } from "../../../../provider/cluster/identity-file";
import { parsePrivateKey } from "../../../../provider/cluster/private-key";
import { Problem, Secret } from "../../../../trust";
import { newAuthorities, tlsAuthority } from "../../../support/auth-peer";
import { testSurroundings } from "../../../support/cluster-surroundings";

const hourMs = 3_600_000;
let leaf: CertificateAuthorities;
let bot: UserCredentials;
let dir: string;

before(async () => {
  leaf = await newAuthorities("leaf.example.com");
  bot = await leaf.issueUser({ user: "bot", roles: ["terraform"], logins: ["x"], traits: {} }, 24 * hourMs);
  dir = mkdtempSync(join(tmpdir(), "teleport-trust-credentials-"));
});
after(() => rmSync(dir, { recursive: true }));

function file(name: string, content: string, mode = 0o600): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const load = (source: CredentialSource, change: Parameters<typeof testSurroundings>[0] = {}) =>
  loadCredentials(source, 'cluster "leaf"', testSurroundings(change));

const fromText = (content: string, change: Parameters<typeof testSurroundings>[0] = {}) =>
  load({ kind: "identity", content: new Secret(content), argument: "identity_file" }, change);

async function refusal(attempt: Promise<unknown>): Promise<Problem> {
  const error = await attempt.then(
    () => assert.fail("the credentials were taken"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
}

test("reads an identity file: key, certificate, authorities, who it is", async () => {
  const credentials = await load({ kind: "identity-file", path: file("bot.pem", bot.identityFile) });
  assert.equal(credentials.identity.userName, "bot");
  assert.deepEqual(credentials.identity.roles, ["terraform"]);
  assert.equal(credentials.identity.clusterName, "leaf.example.com");
  assert.deepEqual(credentials.warnings, []);
});

test("takes blocks by their order and skips what it does not know", () => {
  const text = `# a remark\r\n${bot.identityFile.replaceAll("\n", "\r\n")}something else\n`;
  const parsed = parseIdentityFile(text);
  assert.equal(parsed.privateKey, bot.tls.privateKey);
  assert.equal(parsed.tlsCertificate, bot.tls.certificate);
  assert.equal(parsed.tlsAuthorities.length, 1);
  assert.equal(parsed.sshAuthorities.length, 1);
  assert.match(parsed.sshCertificate ?? "", /-cert-v01@openssh\.com /);
});

test("takes the SSH certificate from beside the file", async () => {
  const path = file("beside.pem", bot.identityFile.replace(/^ssh.*\n|^ecdsa-sha2.*\n/m, ""));
  assert.equal((await refusal(load({ kind: "identity-file", path }))).code, "IDENTITY_INVALID");
  file("beside.pem-cert.pub", bot.sshCertificate);
  assert.equal((await load({ kind: "identity-file", path })).identity.userName, "bot");
});

const hint = "Issue it with `tctl auth sign --format=file --user=… --out=…`, or let Machine ID (tbot) write it.";

const garbage: readonly (readonly [name: string, text: () => string, why: string])[] = [
  ["garbage", () => "garbage", "identity file could not be decoded: could not find SSH cert in the identity file"],
  ["nothing", () => "", "identity file could not be decoded: could not find SSH cert in the identity file"],
  [
    "a cut off block",
    () => bot.identityFile.slice(0, bot.identityFile.lastIndexOf("-----END")),
    "identity file could not be decoded: invalid PEM block (fragment)",
  ],
  [
    "only the SSH part",
    () => bot.sshCertificate,
    "it has no private key, no TLS certificate, no certificate of the cluster's authorities",
  ],
  [
    "a certificate in the key's place",
    () => `${bot.tls.certificate}${bot.identityFile}`,
    'its private key: it is a "CERTIFICATE", not a private key',
  ],
  [
    "another key",
    () =>
      bot.identityFile.replace(
        bot.tls.privateKey,
        pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey),
      ),
    "its private key and certificate: the private key does not belong to the certificate",
  ],
  [
    "a broken authority",
    () => `${bot.identityFile}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    "its cluster authorities: cannot be decoded",
  ],
  [
    "a key on a hardware token",
    () => bot.identityFile.replaceAll("PRIVATE KEY", "PIV YUBIKEY PRIVATE KEY").replace("BEGIN EC PIV", "BEGIN PIV"),
    "its private key: the key is on a hardware token (PIV), which only tsh can use",
  ],
];

function pemOf(key: KeyObject, type: "pkcs1" | "pkcs8" | "sec1" = "pkcs8"): string {
  return key.export({ type, format: "pem" }) as string;
}

for (const [name, text, why] of garbage) {
  test(`refuses an identity file with ${name}`, async () => {
    const problem = await refusal(fromText(text()));
    assert.equal(problem.code, "IDENTITY_INVALID");
    assert.equal(problem.what, `cluster "leaf": the identity in \`identity_file\` cannot be used: ${why}`);
    assert.equal(problem.next, hint);
  });
}

test("names the file that is missing", async () => {
  const path = join(dir, "missing.pem");
  const problem = await refusal(load({ kind: "identity-file", path }));
  assert.equal(problem.what, `cluster "leaf": the identity file "${path}" cannot be read: ${path}: no such file`);
  assert.equal(problem.next, `A relative path starts where terraform runs. ${hint}`);
});

test("refuses an expired identity, and warns of one that is about to expire", async () => {
  const { notAfter } = (await fromText(bot.identityFile)).identity;
  const problem = await refusal(fromText(bot.identityFile, { wallClock: () => notAfter }));
  const date = new Date(notAfter).toISOString().replace(".000Z", "Z");
  assert.equal(problem.code, "IDENTITY_EXPIRED");
  assert.equal(problem.what, `cluster "leaf": the identity in \`identity_file\` of user "bot" expired at ${date}`);
  const { warnings } = await fromText(bot.identityFile, { wallClock: () => notAfter - 10 * 60_000 });
  assert.deepEqual(
    warnings.map(({ code, what }) => [code, what]),
    [
      [
        "IDENTITY_EXPIRES_SOON",
        `cluster "leaf": the identity in \`identity_file\` of user "bot" expires at ${date}, in 10 min`,
      ],
    ],
  );
  assert.deepEqual((await fromText(bot.identityFile, { wallClock: () => notAfter - hourMs - 1 })).warnings, []);
});

test("warns of a file that others can read", async () => {
  const path = file("open.pem", bot.identityFile, 0o644);
  const { warnings } = await load({ kind: "identity-file", path });
  assert.deepEqual(
    warnings.map(({ code, what, next }) => [code, what, next]),
    [
      [
        "IDENTITY_READABLE",
        `cluster "leaf": "${path}" holds a private key, and its mode 0644 lets others at it`,
        `Run \`chmod 600 ${path}\`.`,
      ],
    ],
  );
});

test("reads a key pair, from files and as text", async () => {
  const rootCa = tlsAuthority(leaf, "host");
  const certPath = file("bot.crt", bot.tls.certificate);
  const keyPath = file("bot.key", bot.tls.privateKey);
  const rootCaPath = file("bot.cas", rootCa);
  const fromFiles = await load({ kind: "key-pair-files", certPath, keyPath, rootCaPath });
  assert.equal(fromFiles.identity.userName, "bot");
  const key = new Secret(bot.tls.privateKey);
  assert.equal((await load({ kind: "key-pair", cert: bot.tls.certificate, key, rootCa })).identity.userName, "bot");
});

for (const [layout, keyName, certName] of [
  ["of Teleport 16 and before", "bot", "bot-x509.pem"],
  ["of Teleport 17", "bot.key", "bot.crt"],
] as const) {
  test(`reads a tsh profile ${layout}`, async () => {
    const home = mkdtempSync(join(dir, "tsh-"));
    const keys = join(home, ".tsh/keys/leaf.example.com");
    mkdirSync(join(keys, "cas"), { recursive: true });
    writeFileSync(join(home, ".tsh/current-profile"), "leaf.example.com\n");
    writeFileSync(join(home, ".tsh/leaf.example.com.yaml"), 'web_proxy_addr: leaf.example.com:443\nuser: "bot"\n');
    writeFileSync(join(keys, keyName), bot.tls.privateKey, { mode: 0o600 });
    writeFileSync(join(keys, certName), bot.tls.certificate);
    writeFileSync(join(keys, "cas/leaf.example.com.pem"), tlsAuthority(leaf, "host"));
    const credentials = await load({ kind: "profile", name: undefined, dir: undefined }, { homeDir: home });
    assert.equal(credentials.identity.userName, "bot");
    assert.deepEqual(credentials.warnings, []);
  });
}

test("says that nobody is logged in", async () => {
  const homeDir = mkdtempSync(join(dir, "empty-"));
  const problem = await refusal(load({ kind: "profile", name: undefined, dir: undefined }, { homeDir }));
  const path = join(homeDir, ".tsh/current-profile");
  assert.equal(
    problem.what,
    `cluster "leaf": the current tsh profile cannot be used: nobody is logged in: ${path} is missing`,
  );
  assert.equal(problem.next, "Log in with `tsh login`, or use an identity file.");
});

test("never prints a key", async () => {
  const source = { kind: "identity", content: new Secret(bot.identityFile), argument: "identity_file" } as const;
  const { inspect } = await import("node:util");
  const shown = [inspect(source, { depth: 9 }), JSON.stringify(source), inspect(await load(source), { depth: 9 })].join(
    "\n",
  );
  const body = bot.tls.privateKey.split("\n")[1] ?? "";
  assert.ok(body.length > 40 && !shown.includes(body));
});

/** Signs with the private key, and checks it with the public key that it should have. */
function belongsTo(key: KeyObject, publicKey: KeyObject): boolean {
  const digest = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return verify(digest, Buffer.from("x"), publicKey, sign(digest, Buffer.from("x"), key));
}

/** OpenSSH's own reading of a public key. It cannot write Ed25519 in a form that Node reads: there its last 32 bytes are the key. */
function opensshPublicKey(path: string): KeyObject {
  const [type = "", blob = ""] = readFileSync(path, "utf8").split(" ");
  if (type !== "ssh-ed25519") {
    return createPublicKey(execFileSync("ssh-keygen", ["-e", "-m", "PKCS8", "-f", path], { encoding: "utf8" }));
  }
  const x = Buffer.from(blob, "base64").subarray(-32).toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}

const kinds = [
  ["rsa", "pkcs1", ["-t", "rsa", "-b", "2048"]],
  ["ec", "sec1", ["-t", "ecdsa", "-b", "256"]],
  ["ec", "sec1", ["-t", "ecdsa", "-b", "521"]],
  ["ed25519", "pkcs8", ["-t", "ed25519"]],
] as const;

for (const [type, own, options] of kinds) {
  test(`reads an ${options[1]} key (${options[3] ?? "-"} bits) in OpenSSH's form and its own`, () => {
    const path = join(dir, `ssh-${options.join("")}`);
    execFileSync("ssh-keygen", ["-q", "-N", "", "-f", path, ...options]);
    const key = parsePrivateKey(readFileSync(path, "utf8"));
    assert.equal(key.asymmetricKeyType, type);
    const publicKey = opensshPublicKey(`${path}.pub`);
    assert.ok(belongsTo(key, publicKey));
    assert.ok(belongsTo(parsePrivateKey(pemOf(key, own)), publicKey));
    assert.ok(belongsTo(parsePrivateKey(pemOf(key)), publicKey));
  });
}

test("refuses an encrypted key", () => {
  const path = join(dir, "encrypted");
  execFileSync("ssh-keygen", ["-q", "-N", "secret", "-t", "ed25519", "-f", path]);
  const encrypted = /^the key is encrypted; it must be readable without a passphrase$/;
  assert.throws(() => parsePrivateKey(readFileSync(path, "utf8")), { message: encrypted });
  const { privateKey } = generateKeyPairSync("ed25519");
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }) as string;
  assert.throws(() => parsePrivateKey(pkcs8), { message: encrypted });
});

test("refuses every cut of an OpenSSH key without crashing", () => {
  const path = join(dir, "cut");
  execFileSync("ssh-keygen", ["-q", "-N", "", "-t", "ed25519", "-f", path]);
  const lines = readFileSync(path, "utf8").split("\n");
  const body = Buffer.from(lines.slice(1, -2).join(""), "base64");
  for (let length = 0; length < body.length - 40; length += 3) {
    const pem = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.subarray(0, length).toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
    assert.throws(() => parsePrivateKey(pem), Error);
  }
});
