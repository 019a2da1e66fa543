// Two resources of one stack that manage the same thing undo one another's work. What a resource means by a name is only known where it is a literal.
import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

import type { TrustedCluster } from "./generated";

/** The construct paths of all in the stack of `own`, except itself, that `manages` finds to manage the same. */
export function rivalPaths(own: IConstruct, manages: (node: IConstruct) => boolean): string[] {
  const all = TerraformStack.of(own).node.findAll();
  return all.filter((node) => node !== own && manages(node)).map(({ node }) => node.path);
}

/** The type of a Terraform resource, such as `teleport_trust`; undefined for any other construct. */
export function resourceType(node: IConstruct): string | undefined {
  return (node as { readonly terraformResourceType?: string }).terraformResourceType;
}

/**
 * Whether this is the object on a leaf by which it trusts a root.
 *
 * @param leaf the leaf's connection
 * @param rootNames by which the root may be meant
 */
export function isTrustedCluster(node: IConstruct, leaf: string, rootNames: readonly string[]): boolean {
  if (resourceType(node) !== "teleport_trusted_cluster") return false;
  const { clusterInput, metadataInput } = node as TrustedCluster;
  const { name = "" } = (metadataInput ?? {}) as { readonly name?: string };
  return clusterInput === leaf && rootNames.includes(name);
}
