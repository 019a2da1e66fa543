import { Problem } from "../../../trust";
import type { GrantFacts } from "./facts";

export function noUserProblem({ place, userName }: GrantFacts): Problem {
  return new Problem(
    "GRANT_NO_USER",
    `there is no user "${userName}" on ${place.name}`,
    ["user"],
    `Create it first (\`tctl users add ${userName}\`), or write its name as \`tctl users ls\` shows it. Users of single sign-on exist only after their first login, and cannot be granted anything here.`,
  );
}

export function ssoUserProblem(
  { place, userName }: GrantFacts,
  { type, id }: { readonly type: string; readonly id: string },
): Problem {
  return new Problem(
    "GRANT_SSO_USER",
    `user "${userName}" on ${place.name} was made by single sign-on (connector "${id}"${type === "" ? "" : `, ${type}`}), which writes roles and traits anew at each login`,
    ["user"],
    "Grant it where the connector maps teams, claims or attributes to roles, or by an access list; here it would be lost at the next login.",
  );
}

export function missingRoleProblem({ place, missingRoles }: GrantFacts): Problem {
  const names = missingRoles.map((role) => `"${role}"`).join(", ");
  return new Problem(
    "GRANT_ROLE",
    `${missingRoles.length === 1 ? `the role ${names} does` : `the roles ${names} do`} not exist on ${place.name}`,
    ["roles"],
    "Create it there first. If this apply creates it, refer to its resource's `id` here, so that it comes before.",
  );
}

export function notSettledProblem({ place, userName, attempts }: GrantFacts): Problem {
  return new Problem(
    "GRANT_NOT_SETTLED",
    `user "${userName}" on ${place.name} does not show what was granted after ${attempts} writes`,
    [],
    "Others write the same user all the time (another tool that owns its roles?); find out who, then apply again.",
  );
}
