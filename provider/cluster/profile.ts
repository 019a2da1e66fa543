import { join } from "node:path";

import { type Files, isMissing } from "./files";

/** What a tsh profile holds, as text. */
export interface Profile {
  /** Proxy host without port: the profile's name. */
  readonly name: string;
  /** PEM; a secret. */
  readonly privateKey: string;
  /** PEM. */
  readonly tlsCertificate: string;
  /** PEM texts; each may hold several certificates. */
  readonly tlsAuthorities: readonly string[];
  /** The file of the private key, for messages and its mode. */
  readonly keyPath: string;
}

/**
 * Reads a profile that `tsh login` wrote. Both layouts are read: up to Teleport 16 one key `<user>` with
 * `<user>-x509.pem`, from 17 on `<user>.key` with `<user>.crt`.
 *
 * @param name proxy host without port; the current profile where it is undefined
 * @throws Error that names the missing file or key, or Node's own error of a file that cannot be read
 */
export async function readProfile(files: Files, dir: string, name: string | undefined): Promise<Profile> {
  const { profileName, file, settings } = await readSettings(files, dir, name);
  const user = settings.get("user") ?? "";
  if (user === "") throw new Error(`${file} names no user`);
  const keys = join(dir, "keys", profileName);
  const [keyName, certName] = (await exists(files, join(keys, `${user}.crt`)))
    ? [`${user}.key`, `${user}.crt`]
    : [user, `${user}-x509.pem`];
  const keyPath = join(keys, keyName);
  const certPath = join(keys, certName);
  return {
    name: profileName,
    privateKey: await required(files, keyPath, `its private key ${keyPath} is missing`),
    tlsCertificate: await required(files, certPath, `its certificate ${certPath} is missing`),
    tlsAuthorities: await authorities(files, keys),
    keyPath,
  };
}

/**
 * The web proxy that a profile belongs to, as `host:port`; empty where it names none.
 *
 * @throws Error as {@link readProfile}
 */
export async function profileAddr(files: Files, dir: string, name: string | undefined): Promise<string> {
  return (await readSettings(files, dir, name)).settings.get("web_proxy_addr") ?? "";
}

async function readSettings(files: Files, dir: string, name: string | undefined) {
  const profileName = name ?? (await currentProfile(files, dir));
  const file = join(dir, `${profileName}.yaml`);
  const text = await required(files, file, `there is no profile "${profileName}": ${file} is missing`);
  return { profileName, file, settings: flatYaml(text) };
}

async function currentProfile(files: Files, dir: string): Promise<string> {
  const file = join(dir, "current-profile");
  const name = (await required(files, file, `nobody is logged in: ${file} is missing`)).trim();
  if (name === "") throw new Error(`${file} is empty`);
  return name;
}

async function authorities(files: Files, keys: string): Promise<string[]> {
  const names = await files.list(join(keys, "cas")).catch((error: unknown) => (isMissing(error) ? [] : raise(error)));
  const paths = [...names.filter((each) => each.endsWith(".pem")).map((each) => join(keys, "cas", each))];
  const legacy = join(keys, "certs.pem");
  if (await exists(files, legacy)) paths.push(legacy);
  if (paths.length === 0) throw new Error(`it has no cluster authorities: ${join(keys, "cas")} is missing or empty`);
  return Promise.all(paths.map((path) => files.read(path)));
}

async function required(files: Files, path: string, otherwise: string): Promise<string> {
  try {
    return await files.read(path);
  } catch (error) {
    if (isMissing(error)) throw new Error(otherwise);
    throw error;
  }
}

async function exists(files: Files, path: string): Promise<boolean> {
  try {
    await files.mode(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function raise(error: unknown): never {
  throw error;
}

/** The top-level `key: value` lines of a YAML file; all that a profile's settings are. Nested lines are skipped. */
function flatYaml(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^([A-Za-z_]+):\s*(.*?)\s*$/.exec(line);
    if (match) values.set(match[1] ?? "", unquote(match[2] ?? ""));
  }
  return values;
}

function unquote(value: string): string {
  if (/^".*"$/s.test(value)) {
    try {
      return String(JSON.parse(value));
    } catch {
      return value.slice(1, -1);
    }
  }
  if (/^'.*'$/s.test(value)) return value.slice(1, -1).replaceAll("''", "'");
  return value.replace(/\s+#.*$/, "");
}
