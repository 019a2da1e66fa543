import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

import { certificatePem } from "../../provider/plugin/certificate";
import {
  bitString,
  boolean,
  der,
  explicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from "../../provider/plugin/der-writer";

/** What a go-plugin host identifies itself with. */
export interface HostCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
}

/** A P-521 certificate as Terraform makes one for each plugin that it starts: self-signed, O=HashiCorp, CN and SAN localhost, a CA. */
export function createHostCertificate(): HostCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-521" });
  const algorithm = sequence(objectIdentifier("1.2.840.10045.4.3.4")); // ecdsa-with-SHA512
  const toBeSigned = hostTbs(publicKey, algorithm);
  const signature = sign("sha512", toBeSigned, privateKey);
  return {
    keyPem: privateKey.export({ type: "sec1", format: "pem" }) as string,
    certificatePem: certificatePem(sequence(toBeSigned, algorithm, bitString(signature))),
  };
}

function hostTbs(publicKey: KeyObject, algorithm: Buffer): Buffer {
  const name = sequence(
    set(sequence(objectIdentifier("2.5.4.10"), utf8String("HashiCorp"))),
    set(sequence(objectIdentifier("2.5.4.3"), utf8String("localhost"))),
  );
  const now = Date.now();
  return sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(randomBytes(16)),
    algorithm,
    name,
    sequence(time(new Date(now - 30_000)), time(new Date(now + 30 * 365 * 24 * 3_600_000))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    explicit(
      3,
      sequence(
        sequence(objectIdentifier("2.5.29.19"), boolean(true), octetString(sequence(boolean(true)))),
        sequence(objectIdentifier("2.5.29.17"), octetString(sequence(der(0x82, Buffer.from("localhost"))))),
      ),
    ),
  );
}
