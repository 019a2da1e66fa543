import type { CertAuthorityV2 } from "../../cluster";

function sshKey(line: Buffer): string {
  // The comment at the end of an authorized_keys line is no part of the key.
  return line.toString("utf8").trim().split(/\s+/).slice(0, 2).join(" ");
}

function certificateBody(pem: Buffer): string {
  return pem.toString("latin1").replaceAll(/-----[^-]+-----|\s/g, "");
}

/** The public keys of an authority, active ones and those that are trusted through a rotation. */
export function keysOfAuthority(authority: CertAuthorityV2 | undefined): ReadonlySet<string> {
  const sets = [authority?.spec?.active_keys, authority?.spec?.additional_trusted_keys];
  const keys = sets.flatMap((set) => [
    ...(set?.ssh ?? []).map((pair) => sshKey(pair.public_key)),
    ...(set?.tls ?? []).map((pair) => certificateBody(pair.cert)),
  ]);
  return new Set(keys.filter((key) => key !== ""));
}

/** Whether two authorities are the same one, perhaps at different moments of a rotation: they share a key. */
export function sharesKey(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...a].some((key) => b.has(key));
}
