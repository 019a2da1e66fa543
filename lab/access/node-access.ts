import type { RoleConditions } from "../gen/teleport/types/role_pb";
import { accessDenied } from "../trace-error";
import type { LabelConditions, Viewer } from "./label-conditions";
import { allowsLabels, deniesLabels } from "./label-conditions";
import type { Labels } from "./labels";
import { applyTraits } from "./traits";

/**
 * Refuses a node that the viewer's roles hide: a deny that fits hides it, and some role has to allow its labels.
 *
 * @throws TraceError access_denied
 */
export function checkAccessToNode(viewer: Viewer, labels: Labels): void {
  const hidden = viewer.definitions.some(({ spec }) => deniesLabels(onNodes(spec?.deny), viewer, labels));
  const shown = viewer.definitions.some(({ spec }) => allowsLabels(onNodes(spec?.allow), viewer, labels));
  if (hidden || !shown) throw accessDenied("access to node denied");
}

/**
 * Refuses an account on a node: the viewer's roles have to show the node, and one of those that do has to allow the login.
 *
 * @throws TraceError access_denied
 */
export function checkLoginOnNode(viewer: Viewer, labels: Labels, login: string): void {
  checkAccessToNode(viewer, labels);
  if (!nodeLogins(viewer, labels).includes(login)) throw accessDenied("access to node denied");
}

/**
 * The logins that the viewer's roles allow on a node, in the order of the roles: those of every role that allows its labels, without those that a
 * role denies there (inferred; the real server's list is for showing, the node decides).
 */
export function nodeLogins(viewer: Viewer, labels: Labels): string[] {
  const logins = (conditions: RoleConditions | undefined) =>
    (conditions?.logins ?? []).flatMap((login) => applyTraits(login, viewer.traits));
  const allowing = viewer.definitions.filter(({ spec }) => allowsLabels(onNodes(spec?.allow), viewer, labels));
  const denied = viewer.definitions.flatMap(({ spec }) => logins(spec?.deny));
  const allowed = allowing.flatMap(({ spec }) => logins(spec?.allow));
  return [...new Set(allowed)].filter((login) => !denied.includes(login) && !denied.includes("*"));
}

function onNodes(conditions: RoleConditions | undefined): LabelConditions {
  return { selector: conditions?.nodeLabels, expression: conditions?.nodeLabelsExpression ?? "" };
}
