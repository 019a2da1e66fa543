import { type LabelConditions, type LabelSelector, seesEveryRemoteCluster, seesRemoteCluster } from "../../trust";
import type { RoleConditions, RoleV6 } from "./gen/teleport/types/role";

/**
 * Whether no label could hide a remote cluster from somebody with these roles.
 *
 * Label expressions are not evaluated: one that denies might hide anything, one that allows proves nothing.
 */
export function rolesSeeEverything(roles: readonly RoleV6[]): boolean {
  return !roles.some(deniesByExpression) && seesEveryRemoteCluster(roles.map(conditions));
}

/** Whether somebody with these roles would see a remote cluster that carries these labels; `false` where it cannot be known. */
export function rolesSee(roles: readonly RoleV6[], labels: Readonly<Record<string, string>>): boolean {
  return !roles.some(deniesByExpression) && seesRemoteCluster(roles.map(conditions), labels);
}

function deniesByExpression(role: RoleV6): boolean {
  return (role.spec?.deny?.cluster_labels_expression ?? "") !== "";
}

function conditions(role: RoleV6): LabelConditions {
  return { allow: selector(role.spec?.allow), deny: selector(role.spec?.deny) };
}

function selector(of: RoleConditions | undefined): LabelSelector {
  const entries = Object.entries(of?.cluster_labels?.values ?? {});
  return Object.fromEntries(entries.map(([key, { values }]) => [key, values]));
}
