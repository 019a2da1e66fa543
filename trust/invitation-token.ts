import { createHash } from "node:crypto";

import { Secret } from "./secret";

/** The label by which a trusted cluster on a leaf says which trust owns it; its value is {@link trustId}. */
export const ownershipLabel = "teleport-trust/id";

/** Hexadecimal digits of the random part of a token's name: 128 bits. */
const secretDigits = 32;

/**
 * The public id of what `scope` names: 8 hexadecimal digits of its SHA-256. It tells things apart, it proves nothing.
 *
 * @param scope `<root>/<leaf>` for a trust, `<cluster>/<name>` for a rotating token
 */
export function publicId(scope: string): string {
  return createHash("sha256").update(scope, "utf8").digest("hex").slice(0, 8);
}

/** The public id of a trust, by the real names of its clusters: the value of {@link ownershipLabel}. */
export function trustId(root: string, leaf: string): string {
  return publicId(`${root}/${leaf}`);
}

/** What all token names of one scope begin with: `tt-<id>-`. It is public; orphans are found by it. */
export function tokenPrefix(id: string): string {
  return `tt-${id}-`;
}

/**
 * How a token is named wherever people or files can see it: `sha256:` and the hexadecimal digits of its name's SHA-256. The name is the secret, so
 * it is no id.
 */
export function tokenId(name: string): string {
  return `sha256:${createHash("sha256").update(name, "utf8").digest("hex")}`;
}

/** The public prefix of a token's name, `tt-<id>-`; undefined for a name that neither a trust nor a rotating token gave. */
export function publicPrefixOf(name: string): string | undefined {
  return /^(tt-[0-9a-f]{8}-)(?:\d+-\d{8}T\d{6}Z-)?[0-9a-f]{32}$/.exec(name)?.[1];
}

/** Whether a token's name was made by {@link createTokenName} for this id. */
export function isTokenNameOf(id: string, name: string): boolean {
  const prefix = tokenPrefix(id);
  return name.startsWith(prefix) && /^[0-9a-f]{32}$/.test(name.slice(prefix.length));
}

/**
 * Makes the name of a new invitation token: the public prefix and 128 random bits. In Teleport a token's name *is* its
 * secret, hence the type.
 *
 * @param randomBytes gives that many cryptographically strong bytes
 */
export function createTokenName(id: string, randomBytes: (size: number) => Uint8Array): Secret {
  return new Secret(tokenPrefix(id) + Buffer.from(randomBytes(secretDigits / 2)).toString("hex"));
}
