import { applyTraits, listsByName } from "./access";
import type { UserIdentity } from "./ca";
import type { UserV2 } from "./gen/teleport/types/user_pb";
import type { ClusterStorage } from "./storage";
import { notFound } from "./trace-error";

/** Longest validity of a login's certificates (tsh's default), in milliseconds. */
export const loginTtlMs = 12 * 3_600_000;

/** What a user's certificates say, and how long they may be valid at most. */
export interface LoginTerms {
  readonly identity: UserIdentity;
  readonly maxTtlMs: number;
}

/**
 * What a login gives a user now: roles and traits of the record, the logins that the roles allow with the traits put in.
 *
 * @throws TraceError not_found when there is no such user, or one of its roles is gone
 */
export function loginTerms(storage: ClusterStorage, name: string): LoginTerms {
  const user = storage.get("user", name);
  if (user === undefined) {
    const known = storage.list("user").map((other) => other.metadata?.name ?? "");
    throw notFound(`user "${name}" not found; users are: ${known.join(", ")}`);
  }
  const { roles, traits } = recordOf(user);
  const definitions = roles.map((role) => {
    const definition = storage.get("role", role);
    if (definition === undefined) throw notFound(`role ${role} is not found`);
    return definition;
  });
  const allowed = definitions
    .flatMap(({ spec }) => spec?.allow?.logins ?? [])
    .flatMap((login) => applyTraits(login, traits));
  const denied = definitions
    .flatMap(({ spec }) => spec?.deny?.logins ?? [])
    .flatMap((login) => applyTraits(login, traits));
  const logins = [...new Set(allowed)].filter((login) => !denied.includes(login) && !denied.includes("*"));
  const sessionTtls = definitions.map(({ spec }) => Number((spec?.options?.maxSessionTtl ?? 0n) / 1_000_000n));
  const maxTtlMs = Math.min(...sessionTtls.filter((ttlMs) => ttlMs > 0));
  return { identity: { user: name, roles, logins, traits }, maxTtlMs };
}

function recordOf(user: UserV2) {
  return { roles: user.spec?.roles ?? [], traits: listsByName(user.spec?.traits) };
}
