import { Problem, Secret } from "../trust";
import type { CredentialSource } from "./cluster";
import type { Value } from "./framework";

/** Arguments by name; a missing one is not set, no value is null or empty. */
export type Arguments = ReadonlyMap<string, Value>;

/** An argument that is a known text. */
export function textOf(given: Arguments, name: string): string | undefined {
  const value = given.get(name);
  return typeof value === "string" ? value : undefined;
}

/**
 * The credentials that a connection's arguments ask for, in the order in which the official provider tries them.
 *
 * @param owner for messages, such as `cluster "leaf"`
 * @throws Problem PROVIDER_ARGUMENT when a key pair is incomplete or a text is not base64
 */
export function credentialsOf(owner: string, given: Arguments): CredentialSource[] {
  const sources: CredentialSource[] = [];
  const [certPath, keyPath, rootCaPath] = triple(owner, given, ["cert_path", "key_path", "root_ca_path"]);
  if (certPath && keyPath && rootCaPath) sources.push({ kind: "key-pair-files", certPath, keyPath, rootCaPath });
  const [cert, key, rootCa] = triple(owner, given, ["cert_base64", "key_base64", "root_ca_base64"]);
  if (cert && key && rootCa) {
    const decode = (text: string, name: string) => decodeBase64(owner, text, name);
    const secret = new Secret(decode(key, "key_base64"));
    sources.push({
      kind: "key-pair",
      cert: decode(cert, "cert_base64"),
      key: secret,
      rootCa: decode(rootCa, "root_ca_base64"),
    });
  }
  const path = textOf(given, "identity_file_path");
  if (path) sources.push({ kind: "identity-file", path });
  const content = textOf(given, "identity_file");
  if (content) sources.push({ kind: "identity", content: new Secret(content), argument: "identity_file" });
  const base64 = textOf(given, "identity_file_base64");
  if (base64) {
    const decoded = new Secret(decodeBase64(owner, base64, "identity_file_base64"));
    sources.push({ kind: "identity", content: decoded, argument: "identity_file_base64" });
  }
  const [name, dir] = [textOf(given, "profile_name"), textOf(given, "profile_dir")];
  if (name !== undefined || dir !== undefined) sources.push({ kind: "profile", name, dir });
  return sources;
}

function triple(owner: string, given: Arguments, names: readonly [string, string, string]): (string | undefined)[] {
  const values = names.map((name) => textOf(given, name));
  const missing = names.filter((_, index) => values[index] === undefined);
  if (missing.length === 0 || missing.length === names.length) return values;
  const list = missing.map((name) => `\`${name}\``).join(" and ");
  throw new Problem(
    "PROVIDER_ARGUMENT",
    `${owner} has a key pair without ${list}`,
    [],
    "Give certificate, key and authorities together.",
  );
}

function decodeBase64(owner: string, text: string, name: string): string {
  const compact = text.replace(/\s+/g, "");
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact)) {
    return Buffer.from(compact, "base64").toString("utf8");
  }
  throw new Problem(
    "PROVIDER_ARGUMENT",
    `${owner}: \`${name}\` is not base64`,
    [],
    "Use `base64encode(file(…))`, or `filebase64(…)`.",
  );
}
