import type { KeyObject } from "node:crypto";
import { certificateSuffix, type SshCertificate } from "./certificate";
import { message } from "./messages";
import { publicKeyFromKeyObject } from "./public-key";
import { createSignature, signatureAlgorithms } from "./signature";
import { SshError } from "./ssh-error";
import type { SshTransport } from "./transport";
import { publicKeyRequest, signedData } from "./user-auth-request";
import { WireReader, WireWriter } from "./wire";

/** What a client comes with. */
export interface SshClientCredentials {
  readonly user: string;
  readonly privateKey: KeyObject;
  /** Presented instead of the plain key. */
  readonly certificate?: SshCertificate;
}

/**
 * Authenticates to a server by public key or certificate.
 *
 * @throws SshError `authentication` when the server refuses it; it never says why
 */
export async function authenticateToServer(transport: SshTransport, credentials: SshClientCredentials): Promise<void> {
  const authenticated = new Promise<void>((done, fail) => {
    transport.setReceiver((payload) => {
      switch (payload[0]) {
        case message.extInfo:
        case message.userauthBanner:
          return;
        case message.serviceAccept:
          return transport.send(signedRequest(transport, credentials));
        case message.userauthSuccess:
          // The next message is no longer ours, and may stand in the same bytes.
          transport.setReceiver(undefined);
          return done();
        case message.userauthFailure:
          return fail(refusedBy(payload));
        default:
          throw new SshError("malformed", `protocol error: message ${payload[0]} during user authentication`);
      }
    });
  });
  const closed = transport.whenClosed.then((error) => {
    throw error ?? new SshError("closed", "connection closed during user authentication");
  });
  transport.send(new WireWriter().byte(message.serviceRequest).string("ssh-userauth").done());
  await Promise.race([authenticated, closed]);
}

function signedRequest(transport: SshTransport, { user, privateKey, certificate }: SshClientCredentials): Buffer {
  const publicKey = publicKeyFromKeyObject(privateKey);
  const signatureAlgorithm = signatureAlgorithms(publicKey.type)[0] ?? "ssh-ed25519";
  const algorithm = certificate === undefined ? signatureAlgorithm : signatureAlgorithm + certificateSuffix;
  const request = publicKeyRequest(user, algorithm, certificate?.blob ?? publicKey.blob);
  const signature = createSignature(privateKey, signedData(transport.sessionId, request), signatureAlgorithm);
  return new WireWriter().raw(request).string(signature).done();
}

/** In the words of x/crypto/ssh, by which users of Go clients know it. */
function refusedBy(payload: Buffer): SshError {
  const reader = new WireReader(payload, "refusal of user authentication");
  reader.byte();
  const others = reader.text();
  return new SshError(
    "authentication",
    "ssh: handshake failed: ssh: unable to authenticate, attempted methods [publickey], no supported methods remain" +
      (others === "publickey" || others === "" ? "" : ` (the server takes ${others})`),
  );
}
