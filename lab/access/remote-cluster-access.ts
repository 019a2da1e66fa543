import type { RoleConditions } from "../gen/teleport/types/role_pb";
import { accessDenied } from "../trace-error";
import type { LabelConditions, Viewer } from "./label-conditions";
import { allowsLabels, deniesLabels, mentionsLabels } from "./label-conditions";
import type { Labels } from "./labels";

/**
 * Refuses a leaf that the viewer's roles hide.
 *
 * A leaf without labels is seen by everybody none of whose roles says anything about cluster labels. Otherwise a deny
 * that fits hides it, and some role has to allow it.
 *
 * @throws TraceError access_denied
 */
export function checkAccessToRemoteCluster(viewer: Viewer, labels: Labels): void {
  const denied = accessDenied("access to cluster denied");
  const roles = viewer.definitions.map(({ spec }) => ({
    allow: onClusters(spec?.allow),
    deny: onClusters(spec?.deny),
  }));
  if (roles.length === 0) throw denied;
  const speak = roles.some(({ allow, deny }) => mentionsLabels(allow) || mentionsLabels(deny));
  if (!speak && Object.keys(labels).length === 0) return;
  if (roles.some(({ deny }) => deniesLabels(deny, viewer, labels))) throw denied;
  if (!roles.some(({ allow }) => allowsLabels(allow, viewer, labels))) throw denied;
}

function onClusters(conditions: RoleConditions | undefined): LabelConditions {
  return { selector: conditions?.clusterLabels, expression: conditions?.clusterLabelsExpression ?? "" };
}
