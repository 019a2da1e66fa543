import type { RoleV6, Rule } from "../gen/teleport/types/role_pb";
import { accessDenied } from "../trace-error";
import type { ExpressionScope } from "./evaluate";
import { holds } from "./evaluate";
import { parseExpression } from "./expression";
import type { Labels } from "./labels";
import type { TraitValues } from "./traits";

/** What a caller may want to do with objects of a kind. */
export type Verb = "create" | "read" | "readnosecrets" | "list" | "update" | "delete" | "rotate";

/** Who asks, for rules with a condition. */
export interface RuleSubject {
  readonly user: string;
  readonly roles: readonly string[];
  readonly traits: TraitValues;
  readonly definitions: readonly RoleV6[];
}

/** The object that is asked for, for rules with a condition; absent for a whole kind. */
export interface RuleObject {
  readonly name: string;
  readonly labels: Labels;
}

/**
 * Rules of the role that every user has: read access to what a client needs to find its way (recalled from
 * lib/services/role.go; only the kinds that this lab serves).
 */
const implicitRules: readonly { readonly kind: string; readonly verbs: readonly string[] }[] = [
  { kind: "node", verbs: ["list", "read"] },
  { kind: "tunnel", verbs: ["list", "read"] },
  { kind: "cert_authority", verbs: ["list", "readnosecrets"] },
  { kind: "cluster_name", verbs: ["list", "read"] },
  { kind: "remote_cluster", verbs: ["list", "read"] },
];

/** Whether the subject's roles allow a verb on a kind: no deny rule fits, and an allow rule does. */
export function isAllowed(subject: RuleSubject, kind: string, verb: Verb, object?: RuleObject): boolean {
  const scope = scopeOf(subject, object);
  const fits = (rule: Rule) => coversVerb(rule, kind, verb) && conditionHolds(rule, scope);
  if (subject.definitions.some((role) => role.spec?.deny?.rules.some(fits))) return false;
  if (implicitRules.some((rule) => rule.kind === kind && rule.verbs.some((allowed) => satisfies(allowed, verb)))) {
    return true;
  }
  return subject.definitions.some((role) => role.spec?.allow?.rules.some(fits));
}

/** @throws TraceError access_denied in the server's words, for the first verb that is not allowed */
export function assertAllowed(subject: RuleSubject, kind: string, verbs: readonly Verb[], object?: RuleObject): void {
  const missing = verbs.find((verb) => !isAllowed(subject, kind, verb, object));
  if (missing !== undefined) throw accessDenied(accessDeniedText(missing, kind));
}

/** The server's words for a verb that no role allows. */
export function accessDeniedText(verb: Verb, kind: string): string {
  return `access denied to perform action "${verb}" on "${kind}"`;
}

function coversVerb(rule: Rule, kind: string, verb: Verb): boolean {
  if (!rule.resources.includes(kind) && !rule.resources.includes("*")) return false;
  return rule.verbs.some((allowed) => satisfies(allowed, verb));
}

function satisfies(allowed: string, verb: Verb): boolean {
  return allowed === "*" || allowed === verb || (allowed === "read" && verb === "readnosecrets");
}

function conditionHolds(rule: Rule, scope: ExpressionScope): boolean {
  return rule.where === "" || holds(parseExpression(rule.where), scope);
}

function scopeOf(subject: RuleSubject, object: RuleObject | undefined): ExpressionScope {
  const user: ExpressionScope = {
    entries: {
      metadata: { entries: { name: subject.user } },
      spec: {
        entries: { roles: subject.roles, traits: { entries: subject.traits, otherwise: [] } },
      },
    },
  };
  const resource: ExpressionScope = {
    entries: {
      metadata: {
        entries: { name: object?.name ?? "", labels: { entries: object?.labels ?? {}, otherwise: "" } },
      },
    },
  };
  return { entries: { user, resource } };
}
