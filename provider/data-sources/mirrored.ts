// The data sources of the official provider: each reads one object, with the attributes of the resource that manages it.
import { mirroredDataSource } from "../framework";
import { provisionToken, role, trustedCluster } from "../resources";

const commonDescriptions = {
  "metadata.labels": "Labels of the object itself, those that the cluster sets by itself (`teleport.dev/…`) included.",
  "metadata.expires": "Time at which the cluster removes the object (RFC 3339); null means never.",
  "metadata.revision": "Opaque text that changes with every write.",
};

/** What it reads, and what of the block counts. */
function description(what: string): string {
  return (
    `${what} Only \`metadata.name\` and \`cluster\` count: all the rest is read. What else a block for the official provider must hold ` +
    "(`version`, `spec`) is accepted, and a warning tells where the cluster has something else."
  );
}

/** `teleport_role`: one role of a cluster, with everything that the cluster filled in. */
export const roleDataSource = mirroredDataSource(role, {
  description: description("A role of a Teleport cluster, with what the cluster filled in by itself."),
  without: [],
  descriptions: {
    ...commonDescriptions,
    "spec.options": "How sessions of the role's users behave.",
    "spec.allow.kubernetes_resources": "Kubernetes objects.",
  },
});

/** `teleport_trusted_cluster`: one trust of a leaf, as the leaf has it. Its token is not told. */
export const trustedClusterDataSource = mirroredDataSource(trustedCluster, {
  description: description("The object on a leaf cluster by which it trusts a root."),
  without: ["spec.token_wo_version"],
  descriptions: {
    ...commonDescriptions,
    "spec.token": "Always null: the invitation token, which the cluster would tell in clear, is not read.",
  },
});

/** `teleport_provision_token`: one token, by its name, which is the secret. */
export const provisionTokenDataSource = mirroredDataSource(provisionToken, {
  description: description(
    "A token by which clusters, agents and bots join. Its name is the secret, and state holds it in clear: to look at tokens without knowing " +
      "them, use `teleport_provision_tokens`.",
  ),
  without: ["ttl"],
  descriptions: {
    ...commonDescriptions,
    "metadata.name": "The token itself: who knows the name can join with it.",
    "metadata.expires": "Time at which the token ends (RFC 3339); null means never.",
    status: "Always null: what the cluster writes about a token's use holds a secret, and is not read.",
  },
});
