import assert from "node:assert/strict";
import type { KeyObject } from "node:crypto";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { type SshCertificate, SshError } from "../../../../lab/ssh";
import { message } from "../../../../lab/ssh/messages";
import { createSignature } from "../../../../lab/ssh/signature";
import { SshTransport } from "../../../../lab/ssh/transport";
import { publicKeyRequest, signedData } from "../../../../lab/ssh/user-auth-request";
import { WireWriter } from "../../../../lab/ssh/wire";
import {
  dialSsh,
  hostCertificateBy,
  type KeyKind,
  newCertificate,
  newKey,
  serveSsh,
  userCertificateBy,
} from "../../../support/ssh-fixtures";

const kinds: readonly KeyKind[] = ["ed25519", "ecdsa", "rsa"];
const signal = () => AbortSignal.timeout(10_000);

interface World {
  readonly hostAuthority: KeyObject;
  readonly userAuthority: KeyObject;
  readonly userKey: KeyObject;
  readonly userCertificate: SshCertificate;
  readonly port: number;
  readonly refusals: string[];
  readonly admitted: string[];
}

/** A server with a host certificate, and somebody who may come in. */
async function withServer(
  kind: KeyKind,
  change: { readonly host?: Partial<Parameters<typeof newCertificate>[2]>; readonly plainHostKey?: boolean },
  use: (world: World) => Promise<void>,
): Promise<void> {
  const [hostAuthority, userAuthority, hostKey, userKey] = [newKey(kind), newKey(kind), newKey(kind), newKey(kind)];
  const certificate = newCertificate(hostAuthority, hostKey, {
    kind: "host",
    principals: ["proxy.root.lab"],
    ...change.host,
  });
  const refusals: string[] = [];
  const admitted: string[] = [];
  const server = await serveSsh({
    hostKey: () => ({ privateKey: hostKey, ...(change.plainHostKey === true ? {} : { certificate }) }),
    authorize: userCertificateBy(userAuthority),
    connected: ({ user }) => {
      admitted.push(user);
      return {};
    },
    refused: (user, error) => refusals.push(`${user ?? "?"}: ${error.message}`),
    handshakeTimeoutMs: 10_000,
  });
  const userCertificate = newCertificate(userAuthority, userKey, { kind: "user", principals: ["visitor"] });
  try {
    await use({ hostAuthority, userAuthority, userKey, userCertificate, port: server.port, refusals, admitted });
  } finally {
    await server.close();
    assert.equal(server.sockets.size, 0, "no socket is left");
  }
}

describe("the SSH handshake between our own ends", () => {
  for (const kind of kinds) {
    it(`verifies both sides by certificate: ${kind}`, () =>
      withServer(kind, {}, async ({ port, hostAuthority, userKey, userCertificate, admitted }) => {
        const connection = await dialSsh(port, {
          user: "visitor",
          privateKey: userKey,
          certificate: userCertificate,
          verifyHostKey: hostCertificateBy(hostAuthority, "proxy.root.lab"),
        });
        assert.deepEqual(admitted, ["visitor"]);
        await connection.close();
      }));
  }

  it("lets the client see a plain host key, and verifies that, too", () =>
    withServer("ed25519", { plainHostKey: true }, async ({ port, userKey, userCertificate }) => {
      let seen = "";
      const connection = await dialSsh(port, {
        user: "visitor",
        privateKey: userKey,
        certificate: userCertificate,
        verifyHostKey: ({ type }) => {
          seen = type;
        },
      });
      assert.equal(seen, "ssh-ed25519");
      await connection.close();
    }));

  it("gives up at once when it is told to, and leaves nothing open", async () => {
    const abort = new AbortController();
    await withServer("ed25519", {}, async ({ port, userKey }) => {
      const socket = connect({ port, host: "127.0.0.1" });
      const attempt = SshTransport.connect(socket, () => abort.abort(new Error("enough")), abort.signal);
      await assert.rejects(attempt, (error) => error instanceof SshError && error.reason === "closed");
      assert.ok(socket.destroyed);
      void userKey;
    });
  });
});

describe("strangers at an SSH server", () => {
  type Credentials = { privateKey: KeyObject; certificate?: SshCertificate; user?: string };
  const strangers: readonly {
    readonly name: string;
    readonly comesWith: (world: World) => Credentials;
    readonly refusal: string;
  }[] = [
    {
      name: "no certificate, only a key",
      comesWith: ({ userKey }) => ({ privateKey: userKey }),
      refusal: "visitor: a certificate is required",
    },
    {
      name: "a stolen certificate without its key",
      comesWith: ({ userCertificate }) => ({ privateKey: newKey(), certificate: userCertificate }),
      refusal: "visitor: the signature is not by the key that was offered",
    },
    {
      name: "a certificate by a foreign authority",
      comesWith: ({ userKey }) => ({
        privateKey: userKey,
        certificate: newCertificate(newKey(), userKey, { kind: "user", principals: ["visitor"] }),
      }),
      refusal: "visitor: ssh: certificate signed by unrecognized authority",
    },
    {
      name: "an expired certificate",
      comesWith: ({ userKey, userAuthority }) => ({
        privateKey: userKey,
        certificate: newCertificate(userAuthority, userKey, {
          kind: "user",
          principals: ["visitor"],
          validBefore: new Date(Date.now() - 1000),
        }),
      }),
      refusal: "visitor: ssh: cert has expired",
    },
    {
      name: "a certificate that is not valid yet",
      comesWith: ({ userKey, userAuthority }) => ({
        privateKey: userKey,
        certificate: newCertificate(userAuthority, userKey, {
          kind: "user",
          principals: ["visitor"],
          validAfter: new Date(Date.now() + 60_000),
        }),
      }),
      refusal: "visitor: ssh: cert is not yet valid",
    },
    {
      name: "a host certificate as a user",
      comesWith: ({ userKey, userAuthority }) => ({
        privateKey: userKey,
        certificate: newCertificate(userAuthority, userKey, { kind: "host", principals: ["visitor"] }),
      }),
      refusal: "visitor: ssh: cert has type 2",
    },
    {
      name: "somebody else's name",
      comesWith: ({ userKey, userCertificate }) => ({
        privateKey: userKey,
        certificate: userCertificate,
        user: "root",
      }),
      refusal: 'root: ssh: principal "root" not in the set of valid principals for given certificate: ["visitor"]',
    },
  ];
  for (const { name, comesWith, refusal } of strangers) {
    it(`are refused: ${name}`, () =>
      withServer("ed25519", {}, async (world) => {
        const attempt = dialSsh(world.port, {
          user: "visitor",
          ...comesWith(world),
          verifyHostKey: hostCertificateBy(world.hostAuthority, "proxy.root.lab"),
        });
        await assert.rejects(attempt, {
          name: "SshError",
          reason: "authentication",
          message:
            "ssh: handshake failed: ssh: unable to authenticate, attempted methods [publickey], no supported methods remain",
        });
        assert.deepEqual(world.refusals, [refusal]);
        assert.deepEqual(world.admitted, []);
      }));
  }

  /** Somebody who speaks the protocol by hand, up to what a proper client never does. */
  async function byHand(world: World, act: (transport: SshTransport, request: Buffer) => void): Promise<number[]> {
    const transport = await SshTransport.connect(connect({ port: world.port, host: "127.0.0.1" }), () => {}, signal());
    const answers: number[] = [];
    transport.setReceiver((payload) => {
      answers.push(payload[0] ?? 0);
      if (payload[0] === message.serviceAccept) {
        act(transport, publicKeyRequest("visitor", world.userCertificate.type, world.userCertificate.blob));
      }
      if (payload[0] === message.userauthFailure) transport.end();
    });
    transport.send(new WireWriter().byte(message.serviceRequest).string("ssh-userauth").done());
    await transport.whenClosed;
    return answers.filter((type) => type !== message.extInfo);
  }

  it("are refused: the certificate, with a signature of another session", () =>
    withServer("ed25519", {}, async (world) => {
      const answers = await byHand(world, (transport, request) => {
        const replayed = createSignature(world.userKey, signedData(Buffer.alloc(32, 7), request));
        transport.send(new WireWriter().raw(request).string(replayed).done());
      });
      assert.deepEqual(answers, [message.serviceAccept, message.userauthFailure]);
      assert.deepEqual(world.refusals, ["visitor: the signature is not by the key that was offered"]);
    }));

  it("are refused: a question about the certificate, and then a channel without any proof", () =>
    withServer("ed25519", {}, async (world) => {
      const answers = await byHand(world, (transport, request) => {
        const question = Buffer.from(request);
        // The flag that says whether a signature follows stands behind user, service and method.
        question.writeUInt8(0, 1 + 4 + 7 + 4 + 14 + 4 + 9);
        transport.send(question);
        const open = new WireWriter().byte(message.channelOpen).string("session");
        transport.send(open.uint32(0).uint32(1024).uint32(1024).done());
      });
      assert.deepEqual(answers, [message.serviceAccept, message.userauthPkOk]);
      assert.deepEqual(world.admitted, []);
      assert.deepEqual(world.refusals, ["?: protocol error: message 90 before user authentication"]);
    }));

  it("are thrown out after six tries", () =>
    withServer("ed25519", {}, async (world) => {
      const transport = await SshTransport.connect(
        connect({ port: world.port, host: "127.0.0.1" }),
        () => {},
        signal(),
      );
      const request = publicKeyRequest(
        "visitor",
        "ssh-ed25519",
        newCertificate(newKey(), newKey(), { kind: "user", principals: [] }).publicKey.blob,
      );
      transport.setReceiver(() => {});
      transport.send(new WireWriter().byte(message.serviceRequest).string("ssh-userauth").done());
      const attempt = new WireWriter()
        .raw(request)
        .string(createSignature(newKey(), signedData(transport.sessionId, request)))
        .done();
      for (let tries = 0; tries < 7; tries += 1) transport.send(attempt);
      const end = await transport.whenClosed;
      assert.equal(end?.message, "the other side disconnected: too many authentication failures");
      assert.equal(world.refusals.length, 6);
    }));

  it("are thrown out when they do not speak SSH", () =>
    withServer("ed25519", {}, async (world) => {
      const socket = connect({ port: world.port, host: "127.0.0.1" });
      socket.write("GET / HTTP/1.1\r\nHost: root.lab\r\n\r\n");
      socket.resume();
      await new Promise((done) => socket.once("close", done));
      assert.equal(world.refusals.length, 1);
      assert.match(world.refusals[0] ?? "", /^\?: SSH failed: /);
    }));
});

describe("an SSH client refuses a server", () => {
  const servers: readonly {
    readonly name: string;
    readonly change: Parameters<typeof withServer>[1];
    readonly trusts?: "stranger";
    readonly refusal: string;
  }[] = [
    {
      name: "with a plain key",
      change: { plainHostKey: true },
      refusal: "SSH failed: the server has no host certificate",
    },
    {
      name: "by a foreign authority",
      change: {},
      trusts: "stranger",
      refusal: "ssh: no authorities for hostname: proxy.root.lab",
    },
    {
      name: "whose certificate has expired",
      change: { host: { validBefore: new Date(Date.now() - 1000) } },
      refusal: "ssh: cert has expired",
    },
    {
      name: "with a user certificate",
      change: { host: { kind: "user" } },
      refusal: "ssh: certificate presented as a host key has type 1",
    },
    {
      name: "of another name",
      change: { host: { principals: ["other.root.lab"] } },
      refusal:
        'ssh: principal "proxy.root.lab" not in the set of valid principals for given certificate: ["other.root.lab"]',
    },
  ];
  for (const { name, change, trusts, refusal } of servers) {
    it(name, () =>
      withServer("ed25519", change, async (world) => {
        const authority = trusts === "stranger" ? newKey() : world.hostAuthority;
        const attempt = dialSsh(world.port, {
          user: "visitor",
          privateKey: world.userKey,
          certificate: world.userCertificate,
          verifyHostKey: hostCertificateBy(authority, "proxy.root.lab"),
        });
        await assert.rejects(attempt, { name: "SshError", message: refusal });
        assert.deepEqual(world.admitted, []);
      }),
    );
  }

  it("that presents somebody's certificate without having its key", async () => {
    const hostAuthority = newKey();
    const certificate = newCertificate(hostAuthority, newKey(), { kind: "host", principals: ["proxy.root.lab"] });
    const server = await serveSsh({
      hostKey: () => ({ privateKey: newKey(), certificate }),
      authorize: () => "anybody",
      connected: () => ({}),
      handshakeTimeoutMs: 10_000,
    });
    const attempt = dialSsh(server.port, {
      user: "visitor",
      privateKey: newKey(),
      verifyHostKey: hostCertificateBy(hostAuthority, "proxy.root.lab"),
    });
    await assert.rejects(attempt, { message: "SSH failed: Handshake failed: signature verification failed" });
    await server.close();
  });
});
