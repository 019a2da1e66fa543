import type { LabelSelector } from "./labels";
import { parseTraitTemplate, type TraitExpression } from "./trait-template";

/** Values by trait name. */
export type TraitValues = Readonly<Record<string, readonly string[]>>;

/** The traits that `{{internal.…}}` may name; any other has to be asked for as `{{external.…}}`. */
const internalTraits = new Set([
  "logins",
  "windows_logins",
  "kubernetes_groups",
  "kubernetes_users",
  "db_names",
  "db_users",
  "db_roles",
  "aws_role_arns",
  "azure_identities",
  "gcp_service_accounts",
  "jwt",
  "github_orgs",
]);

/**
 * A role's text with the caller's traits put in: a text without template is itself; one with a template becomes one text
 * a value, none when the caller has no such trait.
 *
 * @throws TraceError bad_parameter for a template that does not parse; no stored role has one
 */
export function applyTraits(text: string, traits: TraitValues): string[] {
  const template = parseTraitTemplate(text);
  if (template === undefined) return [text];
  const { prefix, expression, suffix } = template;
  return valuesOf(expression, traits)
    .filter((value) => value !== "")
    .map((value) => `${prefix}${value}${suffix}`);
}

function valuesOf(expression: TraitExpression, traits: TraitValues): readonly string[] {
  switch (expression.kind) {
    case "text":
      return [expression.value];
    case "trait":
      return traitValues(expression.namespace, expression.name, traits);
    case "email-local":
      return localParts(valuesOf(expression.of, traits));
    case "regexp-replace": {
      const { pattern, replacement } = expression;
      // A value that does not match gives nothing, as it was not meant.
      const matching = valuesOf(expression.of, traits).filter((value) => pattern.matches(value));
      return matching.map((value) => pattern.replaceAll(value, replacement));
    }
  }
}

function traitValues(namespace: "internal" | "external", name: string, traits: TraitValues): readonly string[] {
  if (namespace === "internal" && !internalTraits.has(name)) return [];
  return Object.hasOwn(traits, name) ? (traits[name] ?? []) : [];
}

/** What stands before the `@` of each address; one that is no address spoils them all. */
function localParts(addresses: readonly string[]): string[] {
  const parts = addresses.map((address) => /^(?:[^<>]*<)?([^<>@\s]+)@[^<>@\s]+>?$/.exec(address.trim())?.[1]);
  return parts.every((part) => part !== undefined) ? parts : [];
}

/** A selector with the caller's traits put in: keys and values whose trait the caller lacks fall away. */
export function applyTraitsToSelector(selector: LabelSelector, traits: TraitValues): LabelSelector {
  const applied: Record<string, readonly string[]> = {};
  for (const [key, values] of Object.entries(selector)) {
    const [name] = applyTraits(key, traits);
    // A key is one text: of a trait with several values only the first names it, as on the server.
    if (name !== undefined) applied[name] = values.flatMap((value) => applyTraits(value, traits));
  }
  return applied;
}
