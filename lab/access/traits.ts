import type { LabelSelector } from "./labels";

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

/** Where a template stands in a text: prefix, `internal` or `external`, name of the trait, suffix. */
const template = /^(.*?)\{\{\s*(internal|external)(?:\.([A-Za-z0-9_:-]+)|\["((?:[^"\\]|\\.)*)"\])\s*\}\}(.*)$/s;

/**
 * A role's text with the caller's traits put in: a text without template is itself; one with a template becomes one text
 * a value, none when the caller has no such trait.
 */
export function applyTraits(text: string, traits: TraitValues): string[] {
  const found = template.exec(text);
  if (found === null) return [text];
  const [, prefix = "", namespace, plain, quoted, suffix = ""] = found;
  const name = plain ?? quoted ?? "";
  if (namespace === "internal" && !internalTraits.has(name)) return [];
  const values = Object.hasOwn(traits, name) ? (traits[name] ?? []) : [];
  return values.filter((value) => value !== "").map((value) => `${prefix}${value}${suffix}`);
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
