import type { Problem } from "../../../trust";
import type { ObjectValue, Validator, Value } from "../../framework";
import { isObject, valueAt } from "../description/values";
import { invalid } from "../validators/invalid";

/** Whether a list is known to have nothing in it. */
function isEmpty(list: Value | undefined): boolean {
  return list === null || list === undefined || (Array.isArray(list) && list.length === 0);
}

/** Rules of a role: each names the kinds that it is about and the verbs that it is for. */
export const ruleValidator: Validator = function* (rules) {
  for (const [index, rule] of (rules as readonly Value[]).entries()) {
    if (!isObject(rule)) continue;
    if (isEmpty(rule.resources)) {
      yield invalid(`rule ${index + 1} names no resources`, 'Name kinds, such as "node", or "*" for all.', [
        index,
        "resources",
      ]);
    }
    if (isEmpty(rule.verbs)) {
      yield invalid(`rule ${index + 1} names no verbs`, 'Name verbs, such as "read" and "list", or "*" for all.', [
        index,
        "verbs",
      ]);
    }
  }
};

/** Impersonation names users and roles, both or neither; a predicate stands under `allow` only. */
export function impersonationValidator(side: "allow" | "deny"): Validator {
  return function* (value) {
    const { users, roles, where } = value as ObjectValue;
    if (isEmpty(users) !== isEmpty(roles)) {
      const missing = isEmpty(users) ? "users" : "roles";
      yield invalid(`\`impersonate\` names no ${missing}`, "Name users and roles: a user is impersonated with roles.", [
        missing,
      ]);
    }
    if (side === "deny" && typeof where === "string" && where !== "") {
      yield invalid("`deny.impersonate` takes no predicate", "Leave `where` out, or move it to `allow.impersonate`.", [
        "where",
      ]);
    }
  };
}

/** Rules over several attributes of a role. */
export function* validateRole(config: ObjectValue): Iterable<Problem> {
  const options = valueAt(config, "spec", "options");
  if (!isObject(options) || !isObject(options.ssh_port_forwarding) || typeof options.port_forwarding !== "boolean")
    return;
  yield invalid(
    "both `port_forwarding` and `ssh_port_forwarding` are set",
    "Keep `ssh_port_forwarding` for Teleport 17 and later, `port_forwarding` for older clusters.",
    ["spec", "options", "port_forwarding"],
  );
}
