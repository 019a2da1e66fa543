import type { RoleConditions } from "../gen/teleport/types/role_pb";
import { accessDenied } from "../trace-error";
import type { LabelConditions, Viewer } from "./label-conditions";
import { allowsLabels, deniesLabels } from "./label-conditions";
import type { Labels } from "./labels";

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

function onNodes(conditions: RoleConditions | undefined): LabelConditions {
  return { selector: conditions?.nodeLabels, expression: conditions?.nodeLabelsExpression ?? "" };
}
