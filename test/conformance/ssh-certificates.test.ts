import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import {
  authorizedKey,
  certificateLine,
  encodeOpensshPrivateKey,
  fingerprint,
  type SshCertificate,
  type SshChannel,
  type SshConnectionHandlers,
  WireReader,
  WireWriter,
} from "../../lab/ssh";
import {
  type KeyKind,
  newCertificate,
  newKey,
  publicKeyOf,
  serveSsh,
  userCertificateBy,
} from "../support/ssh-fixtures";

const run = promisify(execFile);
const kinds: readonly KeyKind[] = ["ed25519", "ecdsa", "rsa"];

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ssh-certificates-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

describe("ssh-keygen", () => {
  for (const authorityKind of kinds) {
    for (const kind of kinds) {
      it(`reads and verifies an ${kind} certificate by an ${authorityKind} authority`, async () => {
        const authority = newKey(authorityKind);
        const key = newKey(kind);
        const certificate = newCertificate(authority, key, {
          kind: "user",
          principals: ["visitor", "ubuntu"],
          keyId: "alice@example.com",
          serial: 18446744073709551615n,
          validAfter: new Date("2026-11-22T10:00:00.900Z"),
          validBefore: new Date("2026-11-22T22:00:00Z"),
          criticalOptions: { "source-address": "127.0.0.0/8" },
          extensions: { "permit-pty": "", "teleport-roles": '{"version":"v1","roles":["access"]}' },
        });
        const path = file(`${authorityKind}-${kind}-cert.pub`, `${certificateLine(certificate)}\n`);
        const { stdout } = await run("ssh-keygen", ["-L", "-f", path], { env: { ...process.env, TZ: "UTC" } });
        assert.match(stdout, /Type: \S+-cert-v01@openssh\.com user certificate/);
        assert.ok(stdout.includes(fingerprint(publicKeyOf(key))));
        assert.ok(stdout.includes(fingerprint(publicKeyOf(authority))));
        assert.match(stdout, /Key ID: "alice@example\.com"/);
        assert.match(stdout, /Serial: 18446744073709551615/);
        assert.match(stdout, /Valid: from 2026-11-22T10:00:00 to 2026-11-22T22:00:00/);
        assert.match(stdout, /Principals: \n\s+visitor\n\s+ubuntu\n/);
        assert.match(stdout, /source-address 127\.0\.0\.0\/8/);
        assert.match(stdout, /permit-pty\n\s+teleport-roles UNKNOWN OPTION/);
      });
    }
  }

  for (const kind of kinds) {
    it(`reads our private ${kind} key`, async () => {
      const key = newKey(kind);
      const path = file(`private-${kind}`, encodeOpensshPrivateKey(key, "comment"));
      const { stdout } = await run("ssh-keygen", ["-y", "-f", path]);
      assert.equal(stdout.trim(), authorizedKey(publicKeyOf(key), "comment"));
    });
  }
});

/** A session that answers `exec` with who came and what was asked, and echoes its input. */
function echoSession(who: string): SshConnectionHandlers {
  return {
    onChannel: (opening) => {
      const channel: SshChannel = opening.accept(async ({ type, payload }) => {
        if (type !== "exec") return type === "env";
        void answer(channel, who, new WireReader(payload, "exec").text());
        return true;
      });
    },
  };
}

async function answer(channel: SshChannel, who: string, command: string): Promise<void> {
  channel.write(`${who} ran ${command}\n`);
  await channel.writeStderr("to stderr\n");
  channel.pipe(channel, { end: false });
  await once(channel, "end");
  channel.notify("exit-status", new WireWriter().uint32(7).done());
  channel.end();
}

interface Login {
  readonly hostKind?: KeyKind;
  readonly userKind?: KeyKind;
  readonly authorityKind?: KeyKind;
  readonly host?: Partial<Parameters<typeof newCertificate>[2]>;
  readonly user?: Partial<Parameters<typeof newCertificate>[2]>;
  /** Changes what the client trusts or brings. */
  readonly knownAuthority?: KeyKind;
  readonly withoutCertificate?: boolean;
  readonly input?: string;
}

async function login(options: Login) {
  const hostAuthority = newKey(options.authorityKind);
  const userAuthority = newKey(options.authorityKind);
  const hostKey = newKey(options.hostKind);
  const userKey = newKey(options.userKind);
  const hostCertificate = newCertificate(hostAuthority, hostKey, {
    kind: "host",
    principals: ["node-1.leaf.lab"],
    ...options.host,
  });
  const userCertificate = newCertificate(userAuthority, userKey, {
    kind: "user",
    principals: ["visitor"],
    ...options.user,
  });
  const refusals: string[] = [];
  const server = await serveSsh<SshCertificate>({
    hostKey: () => ({ privateKey: hostKey, certificate: hostCertificate }),
    authorize: userCertificateBy(userAuthority),
    connected: ({ user, identity }) => echoSession(`${identity.keyId} as ${user}`),
    refused: (_user, error) => refusals.push(error.message),
    handshakeTimeoutMs: 10_000,
  });
  try {
    const trusted = options.knownAuthority === undefined ? hostAuthority : newKey(options.knownAuthority);
    const result = await openssh(server.port, {
      knownHosts: `@cert-authority * ${authorizedKey(publicKeyOf(trusted))}\n`,
      key: encodeOpensshPrivateKey(userKey),
      certificate: options.withoutCertificate === true ? undefined : certificateLine(userCertificate),
      input: options.input ?? "",
    });
    return { ...result, refusals };
  } finally {
    await server.close();
  }
}

interface Client {
  readonly knownHosts: string;
  readonly key: string;
  readonly certificate: string | undefined;
  readonly input: string;
}

let logins = 0;

function openssh(port: number, client: Client) {
  const name = `login-${logins++}`;
  const key = file(`${name}`, client.key);
  const args = ["-F", "none", "-p", String(port), "-i", key, "-l", "visitor"];
  const options: Record<string, string> = {
    HostKeyAlias: "node-1.leaf.lab",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: file(`${name}-known-hosts`, client.knownHosts),
    GlobalKnownHostsFile: "/dev/null",
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    BatchMode: "yes",
    LogLevel: "ERROR",
  };
  if (client.certificate !== undefined) {
    options.CertificateFile = file(`${name}-certificate`, `${client.certificate}\n`);
  }
  for (const [option, value] of Object.entries(options)) args.push("-o", `${option}=${value}`);
  return new Promise<{ stdout: string; stderr: string; code: number | null }>((done, fail) => {
    const ssh = spawn("ssh", [...args, "127.0.0.1", "uptime", "-p"], { stdio: "pipe" });
    let stdout = "";
    let stderr = "";
    ssh.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    ssh.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    ssh.on("error", fail).on("close", (code) => done({ stdout, stderr, code }));
    ssh.stdin.on("error", () => {});
    ssh.stdin.end(client.input);
  });
}

describe("OpenSSH's ssh, with @cert-authority and StrictHostKeyChecking=yes", () => {
  for (const kind of kinds) {
    it(`logs in with ${kind} keys and authorities on both sides`, async () => {
      const result = await login({ hostKind: kind, userKind: kind, authorityKind: kind, user: { keyId: "alice" } });
      assert.equal(result.stdout, "alice as visitor ran uptime -p\n", result.stderr);
      assert.equal(result.stderr, "to stderr\n");
      assert.equal(result.code, 7);
      assert.deepEqual(result.refusals, []);
    });
  }

  it("gets back 3 MB that it sends, which is more than a window", async () => {
    const input = "0123456789abcdef".repeat(196_608);
    const result = await login({ input });
    assert.equal(result.stdout, `visitor as visitor ran uptime -p\n${input}`);
    assert.equal(result.code, 7);
  });

  const strangers: readonly (readonly [name: string, options: Login, stderr: RegExp, refusal: RegExp])[] = [
    ["a plain key", { withoutCertificate: true }, /Permission denied \(publickey\)/, /^a certificate is required$/],
    [
      "an expired certificate",
      { user: { validBefore: new Date(Date.now() - 1000) } },
      /Permission denied \(publickey\)/,
      /^ssh: cert has expired$/,
    ],
    [
      "a certificate for another login",
      { user: { principals: ["root"] } },
      /Permission denied \(publickey\)/,
      /^ssh: principal "visitor" not in the set of valid principals for given certificate: \["root"\]$/,
    ],
    [
      "a certificate for another network",
      { user: { criticalOptions: { "source-address": "192.0.2.0/24" } } },
      /Permission denied \(publickey\)/,
      /^ssh: remote address 127\.0\.0\.1 is not allowed because of source-address restriction$/,
    ],
  ];
  for (const [name, options, stderr, refusal] of strangers) {
    it(`is refused with ${name}`, async () => {
      const result = await login(options);
      assert.equal(result.code, 255);
      assert.match(result.stderr, stderr);
      assert.equal(result.stdout, "");
      // The certificate comes first, then the plain key.
      assert.match(result.refusals[0] ?? "", refusal);
    });
  }

  const hosts: readonly (readonly [name: string, options: Login, stderr: RegExp])[] = [
    [
      "by an unknown authority",
      { knownAuthority: "ed25519" },
      /Host key verification failed|No ED25519 host key is known/,
    ],
    [
      "for another host",
      { host: { principals: ["node-2.leaf.lab"] } },
      /Certificate invalid: name is not a listed principal/,
    ],
    ["that has expired", { host: { validBefore: new Date(Date.now() - 1000) } }, /Certificate invalid: expired/],
    [
      "that is a user's",
      { host: { kind: "user" } },
      /Certificate invalid: not a host certificate|Host key verification failed/,
    ],
  ];
  for (const [name, options, stderr] of hosts) {
    it(`refuses a server with a host certificate ${name}`, async () => {
      const result = await login(options);
      assert.equal(result.code, 255);
      assert.match(result.stderr, stderr);
    });
  }
});
