import { join } from "node:path";
import { rootCertificates } from "node:tls";

import type { Files } from "./files";

/** Where systems keep their bundle; the first that exists counts. The list is Go's. */
const bundleFiles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** Where systems keep single certificates; all that exist count. The list is Go's. */
const certificateDirectories = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/**
 * The authorities that this machine trusts for the public web, as PEM, as a Go program finds them; Node alone does not
 * look there.
 *
 * `SSL_CERT_FILE` takes the place of the bundle and `SSL_CERT_DIR` (directories with colons between) that of the
 * directories; `NODE_EXTRA_CA_CERTS` is added (under the name that the executable's first lines give it, so that Node does
 * not read it at every start). Where all of it gives nothing, the authorities that Node brings along.
 */
export async function systemCertificates(
  files: Files,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const named = env.SSL_CERT_FILE;
  const bundle = await firstReadable(files, named ? [named] : bundleFiles);
  const directories = env.SSL_CERT_DIR ? env.SSL_CERT_DIR.split(":") : certificateDirectories;
  // A distribution's directory holds what its bundle holds, file by file; it is worth reading only without the bundle.
  const singles = bundle !== undefined && !env.SSL_CERT_DIR && !named ? [] : await directoryTexts(files, directories);
  const extraFile = env.NODE_EXTRA_CA_CERTS || env.TELEPORT_TRUST_EXTRA_CA_CERTS;
  const extra = extraFile ? await firstReadable(files, [extraFile]) : undefined;
  const system = [bundle ?? "", ...singles].flatMap(certificatesIn);
  const base = system.length > 0 ? system : rootCertificates;
  return [...new Set([...base, ...certificatesIn(extra ?? "")])];
}

function certificatesIn(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
}

async function firstReadable(files: Files, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const text = await readable(files, path);
    if (text !== undefined) return text;
  }
  return undefined;
}

async function directoryTexts(files: Files, directories: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(
    directories.map(async (directory) => {
      const names = await files.list(directory).catch(() => []);
      return Promise.all(names.map((name) => readable(files, join(directory, name))));
    }),
  );
  return lists.flat().filter((text) => text !== undefined);
}

/** Go passes over what it cannot read, as long as something can be. */
function readable(files: Files, path: string): Promise<string | undefined> {
  return files.read(path).catch(() => undefined);
}
