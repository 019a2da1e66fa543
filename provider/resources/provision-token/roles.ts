import { isKnownSystemRole, isSameSystemRole, systemRoles } from "../../../trust";
import { nearestName } from "../../cluster";
import { asWarning, type ProblemShape, type Validator, type Value } from "../../framework";
import { invalid } from "../validators/invalid";

function roleProblem(role: string, index: number, before: readonly Value[]): ProblemShape | undefined {
  const isTwice = before.some((other) => typeof other === "string" && isSameSystemRole(other, role));
  if (isTwice) return invalid(`the role ${JSON.stringify(role)} is there twice`, "Name each role once.", [index]);
  if (isKnownSystemRole(role)) return undefined;
  const nearest = nearestName(role, systemRoles);
  const hint = nearest === undefined ? "" : `Did you mean ${JSON.stringify(nearest)}? `;
  // A newer cluster may know it.
  return asWarning(
    invalid(
      `${JSON.stringify(role)} is no system role that this provider knows`,
      `${hint}Known are ${systemRoles.join(", ")}.`,
      [index],
    ),
  );
}

/** The system roles of a token: at least one, each once, in any spelling that clusters take. */
export const rolesValidator: Validator = function* (value) {
  const roles = value as readonly Value[];
  if (roles.length === 0) yield invalid("the token gives no roles", 'Name at least one, such as "Trusted_cluster".');
  for (const [index, role] of roles.entries()) {
    if (typeof role !== "string") continue;
    const problem = roleProblem(role, index, roles.slice(0, index));
    if (problem !== undefined) yield problem;
  }
};

/** Whether two lists name the same roles in the same order. */
export function sameRoles(left: Value | readonly string[], right: Value | readonly string[]): boolean {
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
  const others = right as readonly unknown[];
  return (left as readonly unknown[]).every((role, index) => {
    const other = others[index];
    return typeof role === "string" && typeof other === "string" && isSameSystemRole(role, other);
  });
}
