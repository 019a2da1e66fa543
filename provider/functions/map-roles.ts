import { mapRoles, type Problem, type RoleMapping, validateRoleMap } from "../../trust";
import { FunctionArgumentError, type FunctionDefinition, type ObjectValue, types, type Value } from "../framework";

const ROLE_MAP = 0;
const ROLES = 1;

function textOf(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

function textsOf(value: Value | undefined): string[] {
  return Array.isArray(value) ? (value as readonly Value[]).map(textOf) : [];
}

function rowOf(row: Value): RoleMapping {
  const { remote, local } = (row ?? {}) as ObjectValue;
  return { remote: textOf(remote), local: textsOf(local) };
}

function sentence({ what, next }: Problem): string {
  return `${what}. ${next}`;
}

/** `map_roles`: the leaf roles that root roles lead to. */
export const mapRolesFunction: FunctionDefinition = {
  name: "map_roles",
  summary: "The leaf roles that a role map gives to root roles",
  description:
    "Gives the roles that a user with these roles of the root holds in the leaf, as the leaf itself maps them: rows are tried in order, all that match apply, no role comes twice. An empty list means that the leaf refuses such a user.",
  parameters: [
    {
      name: "role_map",
      type: types.list(types.object({ remote: types.string, local: types.list(types.string) })),
      description: "The role map, as `teleport_trust` takes it.",
    },
    { name: "roles", type: types.list(types.string), description: "Roles of the root." },
  ],
  returns: types.list(types.string),
  call([map, roles]) {
    const rows = (map as readonly Value[]).map(rowOf);
    const problems = validateRoleMap(rows);
    if (problems.length > 0) throw new FunctionArgumentError(ROLE_MAP, problems.map(sentence).join("\n"));
    const names = textsOf(roles);
    const empty = names.indexOf("");
    if (empty >= 0) throw new FunctionArgumentError(ROLES, `role ${empty + 1} of the list is empty. Name a role.`);
    return mapRoles(rows, names);
  },
};
