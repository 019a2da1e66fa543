import type { KeyObject } from "node:crypto";
import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

import type { Suite } from "./types";

/** The kinds of key that a suite can ask for. */
export type KeyKind = "rsa-2048" | "p-256" | "ed25519";

/** What a key is for, as far as the suites tell uses apart. */
export type KeyPurpose = "tls" | "ssh" | "db" | "jwt" | "user";

/**
 * The kind of key for each purpose (lib/cryptosuites/suites.go). A user's key stands in an identity file, which holds one
 * key for TLS and SSH together: of the suite's two it has to be the one that TLS can use.
 */
const suites: Readonly<Record<Suite, Readonly<Record<KeyPurpose, KeyKind>>>> = {
  "balanced-v1": { tls: "p-256", ssh: "ed25519", db: "rsa-2048", jwt: "p-256", user: "p-256" },
  legacy: { tls: "rsa-2048", ssh: "rsa-2048", db: "rsa-2048", jwt: "rsa-2048", user: "rsa-2048" },
};

const generate = promisify(generateKeyPair);

/** Makes a private key. RSA takes some 100 ms of another thread, the others nothing to speak of. */
export async function createPrivateKey(suite: Suite, purpose: KeyPurpose): Promise<KeyObject> {
  switch (suites[suite][purpose]) {
    case "rsa-2048":
      return (await generate("rsa", { modulusLength: 2048 })).privateKey;
    case "p-256":
      return (await generate("ec", { namedCurve: "P-256" })).privateKey;
    case "ed25519":
      return (await generate("ed25519")).privateKey;
  }
}

/** The form in which Teleport writes a key: PKCS#1 for RSA, PKCS#8 for the others. */
export function privateKeyPem(key: KeyObject): string {
  const type = key.asymmetricKeyType === "rsa" ? "pkcs1" : "pkcs8";
  return key.export({ type, format: "pem" }) as string;
}
