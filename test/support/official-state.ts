import { type OfficialAttribute, officialAttributes } from "./official-schema";

/** Releases of the official provider whose states are known. */
export type OfficialRelease = "15.3.1" | "newest";

const addresses: Readonly<Record<OfficialRelease, string>> = {
  "15.3.1": "registry.terraform.io/gravitational/teleport",
  newest: "terraform.releases.teleport.dev/gravitational/teleport",
};

type Draft = Readonly<Record<string, unknown>>;

function isDraft(value: unknown): value is Draft {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object as a state holds it: every attribute of the release's schema, null where the draft says nothing. */
function whole(attributes: readonly OfficialAttribute[], prefix: string, draft: Draft): Draft {
  const own = attributes.filter(({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes("."));
  const members = own.map(({ path, type }) => {
    const name = path.slice(prefix.length);
    const value = draft[name] ?? null;
    const inner = (each: unknown) => (isDraft(each) ? whole(attributes, `${path}.`, each) : each);
    if (type === "object") return [name, inner(value)] as const;
    return [name, type.endsWith("(object)") && Array.isArray(value) ? value.map(inner) : value] as const;
  });
  const unknown = Object.keys(draft).filter((name) => !members.some(([known]) => known === name));
  if (unknown.length > 0) throw new Error(`the official provider has no ${prefix}${unknown.join(", ")}`);
  return Object.fromEntries(members);
}

/** Paths of attributes that the schema calls sensitive, as Terraform 1.11 writes them. */
function sensitivePaths(attributes: readonly OfficialAttribute[]): unknown[] {
  const sensitive = attributes.filter((attribute) => attribute.sensitive);
  return sensitive.map(({ path }) => path.split(".").map((value) => ({ type: "get_attr", value })));
}

/** A state file as the official provider leaves it behind, and the address under which it knows the provider. */
export function officialState(
  release: OfficialRelease,
  objects: readonly { readonly type: string; readonly name: string; readonly attributes: Draft }[],
  mode: "managed" | "data" = "managed",
): { readonly text: string; readonly provider: string } {
  const provider = addresses[release];
  const known = officialAttributes().filter(({ in_15_3_1 }) => release === "newest" || in_15_3_1);
  const resources = objects.map(({ type, name, attributes }) => ({
    mode,
    type,
    name,
    provider: `provider["${provider}"]`,
    instances: [
      {
        schema_version: 0,
        attributes: whole(
          known.filter(({ resource }) => resource === type),
          "",
          attributes,
        ),
        sensitive_attributes: sensitivePaths(known.filter(({ resource }) => resource === type)),
      },
    ],
  }));
  const lineage = "9a3f6d0e-0f4c-4b57-8e53-0f6a7c1f2b11";
  const state = { version: 4, terraform_version: "1.11.4", serial: 7, lineage, outputs: {}, resources };
  return { text: JSON.stringify(state, undefined, 2), provider };
}
