import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import {
  checkCertificate,
  connectSsh,
  issueCertificate,
  publicKeyFromKeyObject,
  type SshCertificate,
  type SshCertificateRequest,
  type SshClientOptions,
  type SshConnection,
  type SshPublicKey,
  SshServer,
  type SshServerOptions,
} from "../../lab/ssh";

/** The kinds of key that Teleport's two suites use for SSH, and the one of FIPS. */
export type KeyKind = "ed25519" | "ecdsa" | "rsa";

/** A new private key. */
export function newKey(kind: KeyKind = "ed25519"): KeyObject {
  if (kind === "rsa") return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  if (kind === "ecdsa") return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  return generateKeyPairSync("ed25519").privateKey;
}

/** The public half in SSH's form. */
export function publicKeyOf(privateKey: KeyObject): SshPublicKey {
  return publicKeyFromKeyObject(privateKey);
}

/** A certificate that is valid for an hour, except for what `change` says. */
export function newCertificate(
  authority: KeyObject,
  privateKey: KeyObject,
  change: Partial<SshCertificateRequest> & Pick<SshCertificateRequest, "kind" | "principals">,
): SshCertificate {
  return issueCertificate(authority, {
    publicKey: publicKeyOf(privateKey),
    nonce: randomBytes(32),
    keyId: change.principals[0] ?? "nobody",
    validAfter: new Date(Date.now() - 60_000),
    validBefore: new Date(Date.now() + 3_600_000),
    ...change,
  });
}

/** A TCP listener on a port of its own choice; `close` leaves nothing open. */
export async function listen(onSocket: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    onSocket(socket);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not a TCP listener");
  return {
    port: address.port,
    sockets,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** An SSH server on a TCP port. */
export async function serveSsh<Identity>(options: SshServerOptions<Identity>) {
  const ssh = new SshServer(options);
  const listener = await listen((socket) => ssh.attach(socket, socket.remoteAddress));
  return {
    ssh,
    port: listener.port,
    sockets: listener.sockets,
    close: async () => {
      await ssh.close();
      await listener.close();
    },
  };
}

/** Our own SSH client on a TCP port. */
export function dialSsh(port: number, options: SshClientOptions): Promise<SshConnection> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  return connectSsh(socket, options, AbortSignal.timeout(10_000));
}

/** Lets in a user whose certificate is by one of these authorities. */
export function userCertificateBy(authority: KeyObject, now: () => number = Date.now) {
  return ({ user, certificate }: { user: string; certificate?: SshCertificate }) => {
    if (certificate === undefined) throw new Error("a certificate is required");
    checkCertificate(certificate, { kind: "user", principal: user, authorities: [publicKeyOf(authority)], now: now() });
    return certificate;
  };
}

/** Takes a server whose host certificate is by this authority and names this host. */
export function hostCertificateBy(authority: KeyObject, host: string) {
  return (presented: SshPublicKey | SshCertificate) => {
    if (!("principals" in presented)) throw new Error("the server has no host certificate");
    checkCertificate(presented, {
      kind: "host",
      principal: host,
      authorities: [publicKeyOf(authority)],
      now: Date.now(),
    });
  };
}
