import type { SshCertificate } from "../ssh";
import type { Traits } from "./caller";
import { traitsFromJson } from "./tls-identity";

/** What an SSH user certificate says of its user. Read, not checked: that is `authorizeSsh`. */
export interface SshIdentity {
  readonly user: string;
  readonly roles: readonly string[];
  readonly traits: Traits;
}

/**
 * Reads Teleport's extensions of an SSH user certificate. One without roles is a user without roles, which a role map's
 * `*` still fits.
 *
 * @throws Error when an extension is not the JSON that it has to be
 */
export function identityFromCertificate(certificate: SshCertificate): SshIdentity {
  return {
    user: certificate.keyId,
    roles: rolesFromJson(certificate.extensions.get("teleport-roles") ?? ""),
    traits: traitsFromJson(certificate.extensions.get("teleport-traits") ?? ""),
  };
}

function rolesFromJson(json: string): readonly string[] {
  if (json === "") return [];
  const { roles } = parseObject(json);
  if (roles === undefined || roles === null) return [];
  if (!Array.isArray(roles) || roles.some((role) => typeof role !== "string")) throw notRoles();
  return roles as readonly string[];
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw notRoles(cause);
  }
  if (typeof value !== "object" || value === null) throw notRoles();
  return value as Readonly<Record<string, unknown>>;
}

function notRoles(cause?: unknown): Error {
  return new Error("the certificate's roles are not the JSON that they have to be", { cause });
}
