import type { ProvisionTokenV2 } from "../gen/teleport/types/provision_token_pb";
import { alreadyExists, badParameter, notFound } from "../trace-error";
import { audit } from "./audit";
import type { Caller } from "./caller";
import type { AuthContext } from "./context";
import { permit } from "./permit";
import { tokenHash } from "./token-ledger";
import { normalizeToken } from "./token-spec";

/** @throws TraceError not_found for an unknown or expired token, its name masked */
export function getToken(context: AuthContext, caller: Caller, name: string): ProvisionTokenV2 {
  permit(caller, "token", ["read"]);
  return findToken(context, name);
}

/** All tokens that have not expired, values included: the server returns them in clear. */
export function listTokens(context: AuthContext, caller: Caller): ProvisionTokenV2[] {
  permit(caller, "token", ["list", "read"]);
  return context.storage.list("token");
}

/** Stores a token that must not exist. @throws TraceError already_exists */
export function createToken(context: AuthContext, caller: Caller, token: ProvisionTokenV2): void {
  permit(caller, "token", ["create"]);
  const name = normalizeToken(token);
  if (context.storage.get("token", name) !== undefined) {
    throw alreadyExists(`provisioning token(${maskToken(name)}) already exists`);
  }
  store(context, caller, token);
}

/** Stores a token in place of another of that name. */
export function upsertToken(context: AuthContext, caller: Caller, token: ProvisionTokenV2): void {
  permit(caller, "token", ["create", "update"]);
  normalizeToken(token);
  store(context, caller, token);
}

/** @throws TraceError not_found */
export function deleteToken(context: AuthContext, caller: Caller, name: string): void {
  permit(caller, "token", ["delete"]);
  findToken(context, name);
  context.storage.delete("token", name);
  audit(context, { event: "join_token.delete", user: caller.user, name: tokenHash(name) });
}

/** The token of that name, whoever asks. @throws TraceError not_found when there is none that is still valid */
export function findToken({ storage }: Pick<AuthContext, "storage">, name: string): ProvisionTokenV2 {
  if (name === "") throw badParameter("missing parameter token");
  const token = storage.get("token", name);
  if (token === undefined) throw notFound(`provisioning token(${maskToken(name)}) not found`);
  return token;
}

/** A token as it stands in messages: the first three quarters of its letters are stars. */
export function maskToken(name: string): string {
  const hidden = Math.floor(name.length * 0.75);
  return "*".repeat(hidden) + name.slice(hidden);
}

function store(context: AuthContext, caller: Caller, token: ProvisionTokenV2): void {
  const name = token.metadata?.name ?? "";
  context.tokens.add(name);
  context.storage.upsert("token", token);
  const roles = token.spec?.roles ?? [];
  const seen = { user: caller.user, name: tokenHash(name), detail: roles.join(",") };
  audit(context, { event: "join_token.create", ...seen });
  if (roles.includes("Trusted_cluster")) audit(context, { event: "trusted_cluster_token.create", ...seen });
}
