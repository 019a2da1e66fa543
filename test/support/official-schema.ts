import { readFileSync } from "node:fs";
import { join } from "node:path";

import { repositoryRoot } from "../../tools/repository";

/** One attribute of the official provider, as test/vectors/official-schema.json has it. */
export interface OfficialAttribute {
  readonly resource: string;
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  readonly sensitive: boolean;
  readonly in_15_3_1: boolean;
}

/** All attributes of the official provider that the vectors hold. */
export function officialAttributes(): readonly OfficialAttribute[] {
  const text = readFileSync(join(repositoryRoot, "test/vectors/official-schema.json"), "utf8");
  return (JSON.parse(text) as { readonly attributes: readonly OfficialAttribute[] }).attributes;
}

/** Where our schema differs from the official one on purpose, and why: by `<resource> <path>`. */
export const differences: Readonly<
  Record<string, { readonly flags: Partial<OfficialAttribute>; readonly reason: string }>
> = {
  "teleport_trusted_cluster spec.tunnel_addr": {
    flags: { computed: true },
    reason: "the leaf fills it in from web_proxy_addr; official: Optional, so an omitted one cannot be read back",
  },
  "teleport_provision_token metadata.expires": {
    flags: { computed: true },
    reason: "it may follow from `ttl`; one that somebody else set is still seen",
  },
  ...Object.fromEntries(
    [
      "join_method",
      "gitlab.domain",
      "kubernetes.type",
      "terraform_cloud.hostname",
      "bound_keypair.onboarding",
      "bound_keypair.recovery",
      "bound_keypair.recovery.limit",
      "bound_keypair.recovery.mode",
    ].map((path) => [
      `teleport_provision_token spec.${path}`,
      {
        flags: { computed: true },
        reason: "the cluster fills it in; official: Optional, so an omitted one cannot be imported",
      },
    ]),
  ),
  ...Object.fromEntries(
    ["spec.bound_keypair.onboarding", "status.bound_keypair"].map((path) => [
      `teleport_provision_token ${path}.registration_secret`,
      { flags: { sensitive: true }, reason: "it is a secret; official: shown in clear" },
    ]),
  ),
};

/** Where every data source of ours differs from the official one on purpose, and why: by path. */
const dataSourceDifferences: Readonly<
  Record<string, { readonly flags: Partial<OfficialAttribute>; readonly reason: string }>
> = {
  metadata: {
    flags: { required: true, optional: false, computed: false },
    reason:
      "it holds the name by which the object is found; official: Optional, and a block without it fails when it is read",
  },
  "metadata.name": {
    flags: { required: true, optional: false, computed: false },
    reason: "the object is found by it; official: not required for tokens, and a block without it finds nothing",
  },
};

/**
 * The flags of an attribute of our data source, by those of the official one, whose data sources have the resources' own schemas: what may be set
 * there may be set here, nothing but the name must be, and all is filled in.
 */
export function dataSourceFlags({
  resource,
  path,
  optional,
  required,
  sensitive,
}: OfficialAttribute): Pick<OfficialAttribute, "required" | "optional" | "computed" | "sensitive"> {
  const flags = { required: false, optional: optional || required, computed: true, sensitive };
  const { sensitive: isSecret = sensitive } = differences[`${resource} ${path}`]?.flags ?? {};
  return { ...flags, sensitive: isSecret, ...dataSourceDifferences[path]?.flags };
}

/** The type as it goes over the wire: the vectors mark durations and times, which are strings there. */
export function officialType(type: string): string {
  return type.replace(/^string \(.*\)$/, "string");
}
