import { certificateSuffix, isCertificateType, parseCertificate, type SshCertificate } from "./certificate";
import { assertSourceAddress } from "./check-certificate";
import { withoutCertificate } from "./host-key";
import { disconnectReason, message } from "./messages";
import { parsePublicKey, type SshPublicKey } from "./public-key";
import { isSignatureOf, parseSignature, signatureAlgorithms } from "./signature";
import { SshError } from "./ssh-error";
import type { SshTransport } from "./transport";
import { connectionService, type PublicKeyAuth, parseUserAuthRequest, signedData } from "./user-auth-request";
import { WireReader, WireWriter } from "./wire";

/** As OpenSSH's sshd (`MaxAuthTries`). */
const maxAttempts = 6;

/** With what somebody wants to come in. */
export interface SshCredential {
  readonly user: string;
  /** The key that the client proves to hold: the one inside of the certificate, if there is one. */
  readonly publicKey: SshPublicKey;
  readonly certificate?: SshCertificate;
}

/** What a server wants of its clients. */
export interface UserAuthPolicy<Identity> {
  /**
   * Decides who this is; throws to refuse. Also called, without consequences, when a client only asks whether a key
   * would do. That the client holds the key, and the option `source-address`, are checked by the caller.
   */
  readonly authorize: (credential: SshCredential) => Identity;
  /** Hears of every refusal, with the reason that the client is not told. */
  readonly onRefused: (user: string, error: SshError) => void;
  /** The client's IP address, where known. */
  readonly remoteAddress?: string | undefined;
}

/**
 * Authenticates a client by public key or certificate (RFC 4252; PROTOCOL.certkeys of OpenSSH).
 *
 * Guarantees on return: `authorize` let the credential in, and the client has signed this session with the key, so a
 * certificate without its key is worth nothing.
 *
 * @throws SshError when the client gave up, was refused too often, or broke the protocol
 */
export async function authenticateClient<Identity>(
  transport: SshTransport,
  policy: UserAuthPolicy<Identity>,
): Promise<{ readonly identity: Identity; readonly user: string }> {
  let refusals = 0;
  let lastRefusal: SshError | undefined;
  const authenticated = new Promise<{ identity: Identity; user: string }>((done) => {
    transport.setReceiver((payload) => {
      const type = payload[0];
      if (type === message.serviceRequest) return acceptService(transport, payload);
      if (type !== message.userauthRequest) {
        throw new SshError("malformed", `protocol error: message ${type} before user authentication`);
      }
      const request = parseUserAuthRequest(payload);
      try {
        const identity = decide(transport, request, policy);
        if (identity === undefined) return;
        // The next message is no longer ours, and may stand in the same bytes.
        transport.setReceiver(undefined);
        transport.send(Buffer.of(message.userauthSuccess));
        done({ identity: identity.is, user: request.user });
      } catch (error) {
        lastRefusal = asRefusal(error);
        if (request.method !== "none") {
          policy.onRefused(request.user, lastRefusal);
          refusals += 1;
        }
        refuse(transport, refusals);
      }
    });
  });
  const closed = transport.whenClosed.then((error) => {
    throw lastRefusal ?? error ?? new SshError("closed", "connection closed during user authentication");
  });
  return Promise.race([authenticated, closed]);
}

function acceptService(transport: SshTransport, payload: Buffer): void {
  const reader = new WireReader(payload, "service request");
  reader.byte();
  const name = reader.text();
  if (name !== "ssh-userauth") {
    throw new SshError("malformed", `protocol error: service ${JSON.stringify(name)} before user authentication`);
  }
  transport.send(new WireWriter().byte(message.serviceAccept).string(name).done());
}

/** `undefined`: it was a question, and it has been answered. */
function decide<Identity>(
  transport: SshTransport,
  request: ReturnType<typeof parseUserAuthRequest>,
  policy: UserAuthPolicy<Identity>,
): { readonly is: Identity } | undefined {
  const { user, service, publicKey } = request;
  if (service !== connectionService || publicKey === undefined) {
    throw new SshError("authentication", `authentication method ${request.method} for ${service} is not offered`);
  }
  const credential = readCredential(user, publicKey);
  const identity = policy.authorize(credential);
  if (credential.certificate !== undefined) assertSourceAddress(credential.certificate, policy.remoteAddress);
  if (publicKey.signature === undefined) {
    const writer = new WireWriter().byte(message.userauthPkOk).string(publicKey.algorithm).string(publicKey.blob);
    transport.send(writer.done());
    return undefined;
  }
  assertProof(transport, credential, publicKey, publicKey.signature);
  return { is: identity };
}

function readCredential(user: string, { blob, algorithm }: PublicKeyAuth): SshCredential {
  const type = new WireReader(blob, "public key").text();
  const certificate = isCertificateType(type) ? parseCertificate(blob) : undefined;
  const key = certificate?.publicKey ?? parsePublicKey(blob);
  const suffix = certificate === undefined ? "" : certificateSuffix;
  if (!signatureAlgorithms(key.type).some((name) => name + suffix === algorithm)) {
    throw new SshError("untrusted", `signature algorithm ${JSON.stringify(algorithm)} is not accepted for ${type}`);
  }
  return { user, publicKey: key, ...(certificate === undefined ? {} : { certificate }) };
}

/** Asserts that the client signed this session, by the algorithm that it named. */
function assertProof(transport: SshTransport, credential: SshCredential, auth: PublicKeyAuth, blob: Buffer): void {
  const signature = parseSignature(blob);
  const data = signedData(transport.sessionId, auth.signedRequest);
  if (
    signature.algorithm !== withoutCertificate(auth.algorithm) ||
    !isSignatureOf(credential.publicKey, data, signature)
  ) {
    throw new SshError("untrusted", "the signature is not by the key that was offered");
  }
}

function refuse(transport: SshTransport, refusals: number): void {
  if (refusals >= maxAttempts) {
    transport.end(disconnectReason.noMoreAuthMethods, "too many authentication failures");
    return;
  }
  transport.send(new WireWriter().byte(message.userauthFailure).string("publickey").boolean(false).done());
}

function asRefusal(error: unknown): SshError {
  if (error instanceof SshError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new SshError("untrusted", text, { cause: error });
}
