import type { RoleV6 } from "../gen/teleport/types/role_pb";
import type { LabelValues } from "../gen/teleport/wrappers/wrappers_pb";
import { holds } from "./evaluate";
import { parseExpression } from "./expression";
import { listsByName } from "./label-values";
import type { Labels } from "./labels";
import { matchesLabels } from "./labels";
import type { TraitValues } from "./traits";
import { applyTraitsToSelector } from "./traits";

/** Whose view is asked for. */
export interface Viewer {
  readonly user: string;
  readonly definitions: readonly RoleV6[];
  readonly traits: TraitValues;
}

/** What one side of a role says about the labels of one kind of object: a selector, an expression, both or neither. */
export interface LabelConditions {
  readonly selector: LabelValues | undefined;
  readonly expression: string;
}

/** Whether the conditions say anything at all. */
export function mentionsLabels({ selector, expression }: LabelConditions): boolean {
  return hasSelector(selector) || expression !== "";
}

/** Whether these conditions hide an object: either form that fits is enough. */
export function deniesLabels(conditions: LabelConditions, viewer: Viewer, labels: Labels): boolean {
  const { selector, expression } = conditions;
  return selectorFits(selector, viewer, labels) || (expression !== "" && expressionFits(expression, viewer, labels));
}

/** Whether these conditions show an object: each form that is there must fit (recalled from lib/services/role.go). */
export function allowsLabels(conditions: LabelConditions, viewer: Viewer, labels: Labels): boolean {
  const { selector, expression } = conditions;
  if (!mentionsLabels(conditions)) return false;
  if (hasSelector(selector) && !selectorFits(selector, viewer, labels)) return false;
  return expression === "" || expressionFits(expression, viewer, labels);
}

function hasSelector(selector: LabelValues | undefined): boolean {
  return Object.keys(listsByName(selector)).length > 0;
}

function selectorFits(selector: LabelValues | undefined, viewer: Viewer, labels: Labels): boolean {
  return matchesLabels(applyTraitsToSelector(listsByName(selector), viewer.traits), labels);
}

function expressionFits(expression: string, viewer: Viewer, labels: Labels): boolean {
  const traits = { entries: viewer.traits, otherwise: [] };
  const user = { entries: { metadata: { entries: { name: viewer.user } }, spec: { entries: { traits } } } };
  return holds(parseExpression(expression), { entries: { labels: { entries: labels, otherwise: "" }, user } });
}
