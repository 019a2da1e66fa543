import { create } from "@bufbuild/protobuf";

import { implicitRole } from "../access";
import type { RoleV6 } from "../gen/teleport/types/role_pb";
import type { UserV2 } from "../gen/teleport/types/user_pb";
import { CreatedBySchema, UserRefSchema, UserSpecV2Schema, UserV2Schema } from "../gen/teleport/types/user_pb";
import { LabelValuesSchema } from "../gen/teleport/wrappers/wrappers_pb";
import { accessDenied, alreadyExists, badParameter, notFound } from "../trace-error";
import { audit } from "./audit";
import type { Caller } from "./caller";
import type { AuthContext } from "./context";
import { normalizeMetadata } from "./metadata";
import { permit } from "./permit";
import { timestampFromMs, zeroTime } from "./zero-time";

/** A user by name; everybody may read their own record. @throws TraceError not_found */
export function getUser(context: AuthContext, caller: Caller, name: string, withSecrets: boolean): UserV2 {
  if (withSecrets) throw accessDenied("this request can be only executed by an admin");
  if (caller.user !== name) permit(caller, "user", ["read"]);
  return findUser(context, name);
}

/** All users, by name. */
export function listUsers(context: AuthContext, caller: Caller, withSecrets: boolean): UserV2[] {
  if (withSecrets) throw accessDenied("this request can be only executed by an admin");
  permit(caller, "user", ["list", "read"]);
  return context.storage.list("user");
}

/**
 * Who calls, as a user: a local user's stored record, or what a leaf makes of a root's user.
 *
 * @throws TraceError access_denied for a caller without certificate or a service
 */
export function getCurrentUser(context: AuthContext, caller: Caller): UserV2 {
  if (caller.kind === "local-user") return findUser(context, caller.user);
  if (caller.kind !== "remote-user") throw accessDenied("access denied: not a user");
  const traits = Object.entries(caller.traits).map(([name, values]) => [name, { values: [...values] }]);
  return create(UserV2Schema, {
    kind: "user",
    version: "v2",
    metadata: { name: caller.user, namespace: "default" },
    spec: { roles: [...caller.roles], traits: { values: Object.fromEntries(traits) } },
  });
}

/** The definitions of the caller's roles. @throws TraceError access_denied for a caller without roles */
export function getCurrentUserRoles(caller: Caller): readonly RoleV6[] {
  if (!("definitions" in caller)) throw accessDenied("access denied: not a user");
  return caller.definitions;
}

/** Stores a user that must not exist. @throws TraceError already_exists */
export function createUser(context: AuthContext, caller: Caller, user: UserV2): UserV2 {
  permit(caller, "user", ["create"]);
  const name = normalizeUser(context, caller, user);
  if (context.storage.get("user", name) !== undefined) throw alreadyExists(`user "${name}" already exists`);
  const stored = context.storage.create("user", user);
  audit(context, { event: "user.create", user: caller.user, name });
  return stored;
}

/** Stores a user of the same revision as the stored one. @throws TraceError not_found, compare_failed */
export function updateUser(context: AuthContext, caller: Caller, user: UserV2): UserV2 {
  permit(caller, "user", ["update"]);
  const name = normalizeUser(context, caller, user);
  findUser(context, name);
  const stored = context.storage.update("user", user);
  audit(context, { event: "user.update", user: caller.user, name });
  return stored;
}

/** Stores a user, whatever stood there. */
export function upsertUser(context: AuthContext, caller: Caller, user: UserV2): UserV2 {
  permit(caller, "user", ["create", "update"]);
  const name = normalizeUser(context, caller, user);
  const stored = context.storage.upsert("user", user);
  audit(context, { event: "user.create", user: caller.user, name });
  return stored;
}

/** @throws TraceError not_found */
export function deleteUser(context: AuthContext, caller: Caller, name: string): void {
  permit(caller, "user", ["delete"]);
  findUser(context, name);
  context.storage.delete("user", name);
  audit(context, { event: "user.delete", user: caller.user, name });
}

function findUser({ storage }: AuthContext, name: string): UserV2 {
  if (name === "") throw badParameter("missing parameter name");
  const user = storage.get("user", name);
  if (user === undefined) throw notFound(`user "${name}" not found`);
  return user;
}

function normalizeUser(context: AuthContext, caller: Caller, user: UserV2): string {
  user.kind = "user";
  user.version = "v2";
  const { name } = normalizeMetadata(user);
  user.spec ??= create(UserSpecV2Schema);
  const { spec } = user;
  spec.traits ??= create(LabelValuesSchema);
  spec.expires ??= zeroTime();
  spec.createdBy ??= create(CreatedBySchema, {
    time: timestampFromMs(context.now()),
    user: create(UserRefSchema, { name: caller.user }),
  });
  const missing = spec.roles.find((role) => role !== implicitRole && context.storage.get("role", role) === undefined);
  if (missing !== undefined) throw notFound(`role ${missing} is not found`);
  return name;
}
