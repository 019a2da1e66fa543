import { message } from "./messages";
import { WireReader, WireWriter } from "./wire";

/** The service that SSH connections authenticate for. */
export const connectionService = "ssh-connection";

/** SSH_MSG_USERAUTH_REQUEST (RFC 4252 §5), as far as the lab looks into it. */
export interface UserAuthRequest {
  readonly user: string;
  readonly service: string;
  readonly method: string;
  /** Only of method `publickey`. */
  readonly publicKey?: PublicKeyAuth;
}

/** The fields of method `publickey` (RFC 4252 §7). */
export interface PublicKeyAuth {
  readonly algorithm: string;
  readonly blob: Buffer;
  /** Absent when the client only asks whether the key would do. */
  readonly signature?: Buffer;
  /** What the signature covers, together with the session id. */
  readonly signedRequest: Buffer;
}

/**
 * Reads a request for user authentication.
 *
 * @throws SshError `malformed`
 */
export function parseUserAuthRequest(payload: Buffer): UserAuthRequest {
  const reader = new WireReader(payload, "user authentication request");
  reader.byte();
  const user = reader.text();
  const service = reader.text();
  const method = reader.text();
  if (method !== "publickey") return { user, service, method };
  const hasSignature = reader.boolean();
  const algorithm = reader.text();
  const blob = reader.string();
  const signedRequest = payload.subarray(0, reader.offset);
  const signature = hasSignature ? reader.string() : undefined;
  reader.end();
  return {
    user,
    service,
    method,
    publicKey: { algorithm, blob, signedRequest, ...(signature === undefined ? {} : { signature }) },
  };
}

/** A request by public key up to the signature, which covers exactly these bytes and the session id. */
export function publicKeyRequest(user: string, algorithm: string, blob: Buffer): Buffer {
  return new WireWriter()
    .byte(message.userauthRequest)
    .string(user)
    .string(connectionService)
    .string("publickey")
    .boolean(true)
    .string(algorithm)
    .string(blob)
    .done();
}

/** The bytes that a signature of user authentication covers (RFC 4252 §7). */
export function signedData(sessionId: Buffer, request: Buffer): Buffer {
  return new WireWriter().string(sessionId).raw(request).done();
}
