import type { KeyObject } from "node:crypto";
import { publicKeyFromKeyObject } from "./public-key";
import { SshError } from "./ssh-error";
import { WireWriter } from "./wire";

const magic = Buffer.from("openssh-key-v1\0");
/** The format pads to the cipher's block; the cipher `none` has blocks of 8 bytes. */
const blockBytes = 8;
const lineLength = 70;

/**
 * A private key as `ssh-keygen` writes it without a passphrase (PROTOCOL.key of OpenSSH); OpenSSH before 9.6 reads
 * Ed25519 keys in no other form.
 *
 * @param checkNumber any 32 bit number; it stands twice in the file, so that a wrong passphrase is noticed
 * @returns PEM, with a newline at its end. A secret.
 * @throws SshError `malformed` when the key is public or of a kind that SSH does not use
 */
export function encodeOpensshPrivateKey(key: KeyObject, comment = "", checkNumber = 0): string {
  if (key.type !== "private") {
    throw new SshError("malformed", "a public key cannot be written as a private one");
  }
  const publicKey = publicKeyFromKeyObject(key);
  const secret = new WireWriter()
    .uint32(checkNumber)
    .uint32(checkNumber)
    .raw(privateFields(key))
    .string(comment)
    .done();
  const padding = Buffer.from(
    Array.from({ length: (blockBytes - (secret.length % blockBytes)) % blockBytes }, (_, i) => i + 1),
  );
  const file = new WireWriter()
    .raw(magic)
    .string("none")
    .string("none")
    .string("")
    .uint32(1)
    .string(publicKey.blob)
    .string(Buffer.concat([secret, padding]))
    .done();
  const lines = file.toString("base64").match(new RegExp(`.{1,${lineLength}}`, "g")) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

function privateFields(key: KeyObject): Buffer {
  const jwk = key.export({ format: "jwk" });
  const number = (value: string | undefined) => Buffer.from(value ?? "", "base64url");
  const { type, blob } = publicKeyFromKeyObject(key);
  if (type === "ssh-rsa") {
    const writer = new WireWriter().string(type);
    for (const field of [jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q]) writer.unsignedMpint(number(field));
    return writer.done();
  }
  if (type === "ssh-ed25519") {
    const publicBytes = number(jwk.x);
    return new WireWriter()
      .string(type)
      .string(publicBytes)
      .string(Buffer.concat([number(jwk.d), publicBytes]))
      .done();
  }
  // The public fields of an ECDSA key are those of its wire form, type included.
  return new WireWriter().raw(blob).unsignedMpint(number(jwk.d)).done();
}
