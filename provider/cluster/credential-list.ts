import { Problem } from "../../trust";
import type { CredentialSource } from "./credential-material";
import { type CredentialSurroundings, type Credentials, loadCredentials } from "./credentials";

/** All credentials of one connection. */
export interface LoadedCredentials {
  /** In the order of the configuration; at least one. */
  readonly usable: readonly Credentials[];
  readonly warnings: readonly Problem[];
}

/**
 * Loads all credentials of a connection. An expired one gives way to the next; one that cannot be read is an error even
 * when another would do, since somebody meant it to be used.
 *
 * @throws Problem IDENTITY_INVALID, or IDENTITY_EXPIRED when all have expired
 */
export async function loadAllCredentials(
  sources: readonly CredentialSource[],
  owner: string,
  around: CredentialSurroundings,
): Promise<LoadedCredentials> {
  const usable: Credentials[] = [];
  const expired: Problem[] = [];
  for (const source of sources) {
    try {
      usable.push(await loadCredentials(source, owner, around));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "IDENTITY_EXPIRED") throw error;
      expired.push(error);
    }
  }
  if (usable.length === 0) throw expired[0] ?? noCredentials(owner);
  return { usable, warnings: [...expired, ...usable.flatMap(({ warnings }) => warnings)] };
}

function noCredentials(owner: string): Problem {
  const next = "Give it `identity_file_path`, `identity_file`, `identity_file_base64`, a key pair, or a tsh profile.";
  return new Problem("IDENTITY_INVALID", `${owner} has no credentials`, [], next);
}
