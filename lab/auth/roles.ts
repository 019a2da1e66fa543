import { normalizeRole } from "../access";
import type { RoleV6 } from "../gen/teleport/types/role_pb";
import { alreadyExists, badParameter, notFound, TraceError } from "../trace-error";
import { audit } from "./audit";
import type { Caller } from "./caller";
import type { AuthContext } from "./context";
import { normalizeMetadata } from "./metadata";
import { permit } from "./permit";

/** A role by name; everybody may read the roles that they have. @throws TraceError not_found */
export function getRole(context: AuthContext, caller: Caller, name: string): RoleV6 {
  if (name === "") throw badParameter("missing role name");
  if (!("roles" in caller) || !caller.roles.includes(name)) permit(caller, "role", ["read"]);
  const role = context.storage.get("role", name);
  if (role === undefined) throw notFound(`role ${name} is not found`);
  return role;
}

/** All roles, by name. */
export function listRoles(context: AuthContext, caller: Caller): RoleV6[] {
  permit(caller, "role", ["list", "read"]);
  return context.storage.list("role");
}

/** Stores a role that must not exist. @throws TraceError already_exists */
export function createRole(context: AuthContext, caller: Caller, role: RoleV6): RoleV6 {
  permit(caller, "role", ["create"]);
  const name = normalize(context, role);
  if (context.storage.get("role", name) !== undefined) throw alreadyExists(`role "${name}" already exists`);
  const stored = context.storage.create("role", role);
  audit(context, { event: "role.created", user: caller.user, name });
  return stored;
}

/** Stores a role of the same revision as the stored one. @throws TraceError compare_failed, also when there is none */
export function updateRole(context: AuthContext, caller: Caller, role: RoleV6): RoleV6 {
  permit(caller, "role", ["update"]);
  const name = normalize(context, role);
  const stored = context.storage.update("role", role);
  audit(context, { event: "role.updated", user: caller.user, name });
  return stored;
}

/** Stores a role, whatever stood there. */
export function upsertRole(context: AuthContext, caller: Caller, role: RoleV6): RoleV6 {
  permit(caller, "role", ["create", "update"]);
  const name = normalize(context, role);
  const stored = context.storage.upsert("role", role);
  audit(context, { event: "role.created", user: caller.user, name });
  return stored;
}

/** Deletes a role that nobody uses. @throws TraceError not_found; unknown with "still in use" */
export function deleteRole(context: AuthContext, caller: Caller, name: string): void {
  if (name === "") throw badParameter("missing role name");
  permit(caller, "role", ["delete"]);
  if (context.storage.get("role", name) === undefined) throw notFound(`role "${name}" is not found`);
  assertUnused(context, name);
  context.storage.delete("role", name);
  audit(context, { event: "role.deleted", user: caller.user, name });
}

function normalize({ rules }: AuthContext, role: RoleV6): string {
  const { name } = normalizeMetadata(role);
  const options = role.spec?.options;
  if (rules.sshPortForwarding && options?.portForwarding !== undefined && options.sshPortForwarding !== undefined) {
    throw badParameter("options define both 'port_forwarding' and 'ssh_port_forwarding', only one can be set");
  }
  normalizeRole(role, rules);
  return name;
}

/** The kind of this failure differs by release; clients go by its text. */
function assertUnused({ storage }: AuthContext, name: string): void {
  const inUse = (by: string) =>
    new TraceError(
      "unknown",
      `failed to delete a role that is still in use by ${by}, check the system server logs for more details`,
    );
  if (storage.list("user").some(({ spec }) => spec?.roles.includes(name))) throw inUse("a user");
  const authorities = storage.list("cert_authority");
  if (
    authorities.some(
      ({ spec }) => spec?.roleMap.some(({ local }) => local.includes(name)) || spec?.roles.includes(name),
    )
  ) {
    throw inUse("a certificate authority");
  }
}
