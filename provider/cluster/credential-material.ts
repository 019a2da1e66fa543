import { join } from "node:path";
import type { Secret } from "../../trust";
import { Problem } from "../../trust";
import { type Files, fileFailure, isMissing } from "./files";
import { parseIdentityFile } from "./identity-file";
import { readProfile } from "./profile";

/** Where credentials come from. Contents are secrets; paths are not. */
export type CredentialSource =
  | { readonly kind: "identity-file"; readonly path: string }
  | { readonly kind: "identity"; readonly content: Secret; readonly argument: string }
  | {
      readonly kind: "key-pair-files";
      readonly certPath: string;
      readonly keyPath: string;
      readonly rootCaPath: string;
    }
  | { readonly kind: "key-pair"; readonly cert: string; readonly key: Secret; readonly rootCa: string }
  | { readonly kind: "profile"; readonly name: string | undefined; readonly dir: string | undefined };

/** Credentials as text, read but not yet looked into. */
export interface CredentialMaterial {
  readonly key: string;
  readonly cert: string;
  readonly authorities: readonly string[];
  /** Files that hold the private key. */
  readonly secretFiles: readonly string[];
}

/** The source for messages, such as `identity file "leaf.pem"`. */
export function credentialTitle(source: CredentialSource): string {
  switch (source.kind) {
    case "identity-file":
      return `identity file "${source.path}"`;
    case "identity":
      return `identity in \`${source.argument}\``;
    case "key-pair-files":
      return `key pair "${source.certPath}", "${source.keyPath}"`;
    case "key-pair":
      return "key pair in `cert_base64`, `key_base64`";
    case "profile":
      return source.name === undefined ? "current tsh profile" : `tsh profile "${source.name}"`;
  }
}

/**
 * Reads the text of credentials.
 *
 * @param owner for messages, such as `cluster "leaf"`
 * @throws Problem IDENTITY_INVALID when a file cannot be read or an identity file has not its form
 */
export async function readMaterial(
  source: CredentialSource,
  owner: string,
  files: Files,
  homeDir: string,
): Promise<CredentialMaterial> {
  const title = credentialTitle(source);
  switch (source.kind) {
    case "identity-file":
      return readIdentityFile(source.path, owner, title, files);
    case "identity":
      return fromIdentityText(source.content.reveal(), undefined, owner, title);
    case "key-pair":
      return {
        key: source.key.reveal(),
        cert: source.cert,
        authorities: [source.rootCa],
        secretFiles: [],
      };
    case "key-pair-files": {
      const load = (path: string) => readText(path, owner, title, files);
      const [key, cert, rootCa] = await Promise.all([
        load(source.keyPath),
        load(source.certPath),
        load(source.rootCaPath),
      ]);
      return { key, cert, authorities: [rootCa], secretFiles: [source.keyPath] };
    }
    case "profile":
      return readProfileMaterial(source, owner, title, files, homeDir);
  }
}

async function readIdentityFile(path: string, owner: string, title: string, files: Files): Promise<CredentialMaterial> {
  const text = await readText(path, owner, title, files);
  // An older form keeps the SSH certificate beside the file; whoever writes it that way is still a valid identity.
  const beside = await files.read(`${path}-cert.pub`).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw invalidIdentity(owner, title, `${path}-cert.pub cannot be read: ${fileFailure(error)}`);
  });
  return { ...fromIdentityText(text, beside, owner, title), secretFiles: [path] };
}

function fromIdentityText(
  text: string,
  sshCertificate: string | undefined,
  owner: string,
  title: string,
): CredentialMaterial {
  const file = decodeOrInvalid(() => parseIdentityFile(text), "identity file could not be decoded", owner, title);
  if ((file.sshCertificate ?? sshCertificate) === undefined) {
    throw invalidIdentity(
      owner,
      title,
      "identity file could not be decoded: could not find SSH cert in the identity file",
    );
  }
  return {
    key: file.privateKey ?? "",
    cert: file.tlsCertificate ?? "",
    authorities: file.tlsAuthorities,
    secretFiles: [],
  };
}

async function readProfileMaterial(
  source: CredentialSource & { kind: "profile" },
  owner: string,
  title: string,
  files: Files,
  homeDir: string,
): Promise<CredentialMaterial> {
  try {
    const profile = await readProfile(files, source.dir ?? join(homeDir, ".tsh"), source.name);
    return {
      key: profile.privateKey,
      cert: profile.tlsCertificate,
      authorities: profile.tlsAuthorities,
      secretFiles: [profile.keyPath],
    };
  } catch (error) {
    const why = error instanceof Error && !("code" in error) ? error.message : fileFailure(error);
    throw new Problem(
      "IDENTITY_INVALID",
      `${owner}: the ${title} cannot be used: ${why}`,
      [],
      "Log in with `tsh login`, or use an identity file.",
      {
        cause: error,
      },
    );
  }
}

async function readText(path: string, owner: string, title: string, files: Files): Promise<string> {
  try {
    return await files.read(path);
  } catch (error) {
    const what = `${owner}: the ${title} cannot be read: ${path}: ${fileFailure(error)}`;
    const next = `A relative path starts where terraform runs. ${howToIssue}`;
    throw new Problem("IDENTITY_INVALID", what, [], next, { cause: error });
  }
}

/** What to do about credentials that do not work. */
export const howToIssue =
  "Issue it with `tctl auth sign --format=file --user=… --out=…`, or let Machine ID (tbot) write it.";

/** What to do about credentials that have worked. */
export const howToRenew =
  "Issue a new one with `tctl auth sign --format=file --user=… --out=…`, or let Machine ID (tbot) renew it.";

/** A problem of these credentials; `why` completes "cannot be used: …". */
export function invalidIdentity(owner: string, title: string, why: string, cause?: unknown): Problem {
  return new Problem("IDENTITY_INVALID", `${owner}: the ${title} cannot be used: ${why}`, [], howToIssue, { cause });
}

/** Runs a decoder; its failure becomes a Problem that names the part and shows nothing of its content. */
export function decodeOrInvalid<T>(attempt: () => T, part: string, owner: string, title: string): T {
  try {
    return attempt();
  } catch (error) {
    throw invalidIdentity(owner, title, `${part}: ${opensslWords(error)}`, error);
  }
}

/** OpenSSL's texts name its routines; the common ones are said in words. */
function opensslWords(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH") return "the private key does not belong to the certificate";
  if (code.startsWith("ERR_OSSL")) return "cannot be decoded";
  return error instanceof Error ? error.message : String(error);
}
